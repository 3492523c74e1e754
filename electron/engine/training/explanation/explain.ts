import { tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import type { EngineMethods, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { decodeInto } from '../inference/predict.ts';
import { loadNetwork } from '../network/model-store.ts';
import { buildNetwork, probabilities } from '../network/network.ts';
import type { Network } from '../network/network.ts';
import { gradCam } from './grad-cam.ts';

type Params = z.output<EngineMethods['explain']['params']>;
type Explained = EngineResult<'explain'>;

/** Of the weights drawn for the sanity check; any would do. */
const RANDOM_SEED = 2018;

/**
 * Says where a run's network looked in each picture, and where one of the same form with random weights would have:
 * maps that agree depend on nothing that was learned (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292).
 * @throws GraftError `model.*` when the run has no usable model
 */
export async function explain(dir: string, params: Params, control: RunControl): Promise<Explained> {
  const network = await loadNetwork(dir);
  try {
    const { size, resize } = network.spec.input;
    const pixels = new Float32Array(params.images.length * size * size * 3);
    const failed = await Promise.all(
      params.images.map((image, row) => decodeInto(network, image, pixels, row)),
    );
    await control.yield();
    const input = tensor4d(pixels, [params.images.length, size, size, 3]);
    try {
      const p = rowsOf(probabilities(network, input));
      const classOf = p.map((row) => params.classIndex ?? row.indexOf(Math.max(...row)));
      const [maps, shape] = mapsOf(network, input, classOf);
      await control.yield();
      const random = withRandomWeights(network, input, classOf);
      const pictures = maps.map((map, row) => ({
        failed: failed[row] ?? null,
        classIndex: classOf[row]!,
        probabilities: p[row]!,
        map,
        random: random[row]!,
      }));
      return { ...shape, resize, pictures, randomised: network.graphFile === null ? 'network' : 'head' };
    } finally {
      input.dispose();
    }
  } finally {
    dispose(network);
  }
}

/** The same maps from a network of the same form that has learned nothing. An imported body keeps its weights. */
function withRandomWeights(network: Network, input: Tensor4D, classOf: number[]): number[][] {
  const random = buildNetwork(network.spec, RANDOM_SEED, RANDOM_SEED, network.graphFile);
  try {
    return mapsOf(random, input, classOf)[0];
  } finally {
    dispose(random);
  }
}

function mapsOf(
  network: Network,
  input: Tensor4D,
  classOf: number[],
): [maps: number[][], shape: { height: number; width: number }] {
  const cam = gradCam(network, input, classOf);
  const [, height, width] = cam.shape;
  const values = cam.dataSync<'float32'>();
  cam.dispose();
  const area = height * width;
  const maps = classOf.map((_, row) => Array.from(values.subarray(row * area, (row + 1) * area)));
  return [maps, { height, width }];
}

function rowsOf(tensor: Tensor2D): number[][] {
  const [rows, columns] = tensor.shape;
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
}

function dispose({ body, head }: Network): void {
  body.dispose();
  head.dispose();
}
