import { basename, dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { io, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, loadLayersModel, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { GraftError } from '../../../../shared/errors.ts';
import type { ModelCard } from '../../../../shared/contract/documents/exports.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import { preprocessingAsConvolution } from '../../zoo/preprocessing.ts';
import type { Network } from '../network/network.ts';
import type { Exporter } from './exporter.ts';

/** The size TensorFlow.js itself cuts weights to, so that browsers can cache them. */
const shardBytes = 4 * 2 ** 20;

/**
 * A TensorFlow.js layers model: `<out>` is its model.json, its weights lie in shards beside it. Pixels 0 to 255 go in,
 * probabilities come out. Every layer is one of TensorFlow.js' own: `tf.loadLayersModel` is all it takes.
 * @throws GraftError export.no-tfjs for a model on an imported network
 */
export const tfjsExporter: Exporter = {
  async write(network, card, out) {
    if (network.graphFile !== null) throw new GraftError('export.no-tfjs', {});
    const whole = wholeModel(network, card.temperature);
    let artifacts: io.ModelArtifacts | undefined;
    await whole.save(
      io.withSaveHandler((saved) => {
        artifacts = saved;
        return Promise.resolve({ modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved) });
      }),
    );
    if (!artifacts) throw new Error('TensorFlow.js handed nothing over to be saved');
    return writeArtifacts(artifacts, card, out);
  },
  async open(out, network) {
    const loaded = await loadLayersModel({ load: () => readArtifacts(out) });
    const { size } = network.spec.input;
    return {
      run: (pixels) =>
        tidy(() => {
          const answer = loaded.predict(tensor4d(pixels, [1, size, size, 3])) as Tensor;
          return Float32Array.from(answer.dataSync());
        }),
      dispose: () => loaded.dispose(),
    };
  },
};

/** Preprocessing, backbone, pooling, head, temperature and softmax as one model. It shares the network's weights. */
function wholeModel({ spec, body, head }: Network, temperature: number): LayersModel {
  const { size } = spec.input;
  const image = input({ shape: [size, size, 3], name: 'image' });
  const scaling = layers.conv2d({
    name: 'preprocessing',
    filters: 3,
    kernelSize: 1,
    trainable: false,
  });
  let x = scaling.apply(image) as SymbolicTensor;
  const { kernel, bias } = preprocessingAsConvolution(spec.preprocessing);
  const values = [tensor4d(kernel, [1, 1, 3, 3]), tensor1d(bias)];
  scaling.setWeights(values);
  values.forEach((value) => value.dispose());
  x = body.apply(x) as SymbolicTensor;
  const pooling =
    spec.head.pooling === 'avg'
      ? layers.globalAveragePooling2d({ name: 'pooling' })
      : layers.flatten({ name: 'pooling' });
  x = head.apply(pooling.apply(x)) as SymbolicTensor;
  if (temperature !== 1)
    x = layers.rescaling({ name: 'temperature', scale: 1 / temperature }).apply(x) as SymbolicTensor;
  x = layers.activation({ name: 'probabilities', activation: 'softmax' }).apply(x) as SymbolicTensor;
  return model({ inputs: image, outputs: x, name: 'graft' });
}

/** model.json last: where it stands, its shards stand too. */
async function writeArtifacts(artifacts: io.ModelArtifacts, card: ModelCard, out: string): Promise<string[]> {
  const weights = new Uint8Array(io.CompositeArrayBuffer.join(artifacts.weightData));
  const stem = basename(out).replace(/\.json$/i, '');
  const count = Math.max(1, Math.ceil(weights.byteLength / shardBytes));
  const names = Array.from({ length: count }, (_, n) => `${stem}.group1-shard${n + 1}of${count}.bin`);
  for (const [n, name] of names.entries())
    await writeBeside(join(dirname(out), name), weights.subarray(n * shardBytes, (n + 1) * shardBytes));
  const document = {
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: card.madeBy,
    modelTopology: artifacts.modelTopology,
    userDefinedMetadata: { graft: card },
    weightsManifest: [{ paths: names, weights: artifacts.weightSpecs }],
  };
  await writeBeside(out, JSON.stringify(document));
  return [out, ...names.map((name) => join(dirname(out), name))];
}

const writtenSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.literal('float32') }),
      ),
    }),
  ]),
});

/** What this exporter wrote, as TensorFlow.js takes it. */
async function readArtifacts(out: string): Promise<io.ModelArtifacts> {
  const { modelTopology, weightsManifest } = writtenSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  const [{ paths, weights }] = weightsManifest;
  const shards = await Promise.all(paths.map((name) => readFile(join(dirname(out), name))));
  const data = Uint8Array.from(Buffer.concat(shards));
  return { modelTopology, weightSpecs: weights, weightData: data.buffer };
}
