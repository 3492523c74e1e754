import { reshape, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { initializers, input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { GraftError } from '../../../../shared/errors.ts';
import { openOnnx } from '../../backend/index.ts';
import type { OnnxSession } from '../../backend/index.ts';
import type { Block } from '../../zoo/network.ts';
import { readGraphFacts, readGraphFile } from './graph-file.ts';
import type { GraphFacts } from './graph-file.ts';
import { inputShape } from './inspect.ts';
import { parseOnnx } from './onnx-model.ts';
import { inferShapes } from './shapes.ts';

/** Name of the one block and the one layer of such a network. */
export const NETWORK = 'network';

/** What leaves a network at its cut, as `[height, width, channels]`: vectors and tokens are maps of their own kind. */
export function featureShape(cut: readonly number[], channelsLast: boolean): number[] {
  const [, a = 1, b = 1, c = 1] = cut;
  if (cut.length === 2) return [1, 1, a];
  if (cut.length === 3) return [a, 1, b];
  return channelsLast ? [a, b, c] : [b, c, a];
}

/** What leaves at the cut, `[batch, …]`, as a feature map `[batch, height, width, channels]`. */
export function featureMap(cut: Tensor, channelsLast: boolean): Tensor4D {
  const turned = cut.rank === 4 && !channelsLast ? transpose(cut, [0, 2, 3, 1]) : cut;
  const [height = 1, width = 1, channels = 1] = featureShape(cut.shape, channelsLast);
  return reshape(turned, [cut.shape[0] ?? 1, height, width, channels]);
}

interface Opened {
  facts: GraphFacts;
  session: OnnxSession;
  sha256: Buffer;
  size: number;
  /** Shape at the cut for one picture. */
  cut: number[];
}

/**
 * A whole network as one layer that never learns: preprocessed pixels `[batch, size, size, 3]` to features
 * `[batch, height, width, channels]`. Its one weight is the SHA-256 of its file, a byte in each of 32 places: what is
 * frozen is hashed before and after a run, and this stands for all of it.
 */
class FrozenGraph extends layers.Layer {
  static readonly className = 'FrozenGraph';
  readonly #opened: Opened;
  /** Weights up to the cut. */
  readonly parameters: number;

  constructor(opened: Opened) {
    super({ name: NETWORK, trainable: false });
    this.#opened = opened;
    this.parameters = opened.facts.params;
  }

  /** What is known of the network, and the shape at its cut for one picture. */
  get opened(): Pick<Opened, 'facts' | 'cut'> {
    return this.#opened;
  }

  override build(): void {
    const { sha256 } = this.#opened;
    const content = this.addWeight(
      'content',
      [sha256.length],
      'float32',
      initializers.zeros(),
      undefined,
      false,
    );
    content.write(tensor([...sha256]));
    this.built = true;
  }

  override computeOutputShape(): (number | null)[] {
    const { cut, facts } = this.#opened;
    return [null, ...featureShape(cut, facts.channelsLast)];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const pictures = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    return tidy(() => this.#run(pictures));
  }

  #run(pictures: Tensor4D): Tensor {
    const { facts, session, cut, size } = this.#opened;
    const [count] = pictures.shape;
    const arranged = facts.layout === 'NHWC' ? pictures : transpose(pictures, [0, 3, 1, 2]);
    const values = arranged.dataSync<'float32'>();
    const atOnce = facts.batch === 'any' ? count : 1;
    const [pixels, width] = [values.length / count, cut.reduce((product, side) => product * side, 1)];
    const features = new Float32Array(count * width);
    for (let start = 0; start < count; start += atOnce) {
      const data = values.subarray(start * pixels, (start + atOnce) * pixels);
      const feeds = { [facts.input]: { shape: inputShape(facts.layout, atOnce, size), data } };
      const result = session.run(feeds, { [facts.cut]: [atOnce, ...cut.slice(1)] })[facts.cut];
      if (result) features.set(result, start * width);
    }
    return featureMap(tensor(features, [count, ...cut.slice(1)]), facts.channelsLast);
  }

  override dispose(): ReturnType<layers.Layer['dispose']> {
    const result = super.dispose();
    if (result.refCountAfterDispose === 0) this.#opened.session.dispose();
    return result;
  }
}

/** The imported network that a model is. @throws Error for any other model */
export function openedGraph(body: LayersModel): Pick<Opened, 'facts' | 'cut'> {
  const layer = body.getLayer(NETWORK);
  if (!(layer instanceof FrozenGraph)) throw new Error(`${body.name} is no imported network`);
  return layer.opened;
}

/** Weights of a layer that stands for a whole network; null for any other. */
export function parametersOfGraph(layer: LayersModel['layers'][number]): number | null {
  return layer instanceof FrozenGraph ? layer.parameters : null;
}

/**
 * Opens a network of the library for pictures of a size: a model of one frozen layer, in one block.
 * @throws GraftError zoo.input-fixed, weights.*
 */
export function openFrozenGraph(
  path: string,
  size: number,
): { model: LayersModel; blocks: Block[]; featureLayer: string } {
  const facts = readGraphFacts(path);
  if (facts.fixedSize && facts.size !== size)
    throw new GraftError('zoo.input-fixed', { id: facts.sourceName, size: facts.size, received: size });
  const { bytes, sha256 } = readGraphFile(path);
  const shape = inputShape(facts.layout, 1, size);
  const cut = inferShapes(parseOnnx(bytes, path), { name: facts.input, shape }).get(facts.cut);
  if (!cut) throw new GraftError('weights.no-cut', { path, cut: facts.cut, known: '-' });
  const layer = new FrozenGraph({ facts, session: openOnnx(bytes, path), sha256, size, cut });
  const pictures = input({ shape: [size, size, 3], name: 'input_1' });
  const outputs = layer.apply(pictures) as SymbolicTensor;
  return {
    model: model({ inputs: pictures, outputs, name: `graph_${size}` }),
    blocks: [{ name: NETWORK, layers: [NETWORK] }],
    featureLayer: NETWORK,
  };
}
