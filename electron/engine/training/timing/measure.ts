import { randomUniform } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../../shared/errors.ts';
import { bake, unbake } from '../../backend/index.ts';
import type { EngineParams, EngineResult } from '../../protocol.ts';
import { findGraph } from '../../weights/graphs/graph-import.ts';
import { architecture } from '../../zoo/registry.ts';
import type { RunControl } from '../control.ts';
import { deviceLabel } from '../device.ts';
import { featureBatch, weightBytes } from '../inputs/dataset.ts';
import { below, buildNetwork, cutForStage, networkTensors } from '../network/network.ts';
import type { Network, Trainable } from '../network/network.ts';
import { PassTimer } from './pass-timer.ts';

/** Passes are taken until there are this many, or enough and this many ms are over. */
const mostPasses = 12;
const enoughPasses = 3;
const enoughMs = 4000;

/**
 * Times how a frozen backbone goes over a batch of pictures, exactly as a run computes its features: preprocessing,
 * body with its weights baked in, average pooling. The weights are random, which changes nothing of the time; an
 * imported network has its own.
 * @throws GraftError `zoo.unknown`, `zoo.input-too-small`, `zoo.input-fixed`, `weights.not-in-library`, `cancelled`
 */
export async function measureBackbone(
  { libraryDir, arch, alpha, inputSize }: EngineParams<'measure'>,
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<EngineResult<'measure'>> {
  const timer = new PassTimer();
  const graph = await findGraph(libraryDir, arch);
  const body = graph ? { kind: 'graph' as const, hash: graph.hash } : { kind: 'zoo' as const, arch, alpha };
  const { preprocessing } = graph ?? architecture(arch);
  const network = buildNetwork(specOf(body, preprocessing, inputSize), 0, 0, graph?.path);
  const part = cutForStage(network, new Set());
  const weights = weightBytes(network);
  const frozen = networkTensors(network).map(({ variable }) => variable.read());
  const pixels = randomUniform([featureBatch, inputSize, inputSize, 3], 0, 255, 'float32', 1) as Tensor4D;
  bake(frozen);
  try {
    const began = performance.now();
    while (timer.count < mostPasses && (timer.count < enoughPasses || performance.now() - began < enoughMs)) {
      await control.yield();
      if (control.stopped) throw new GraftError('cancelled');
      timer.add(passOnce(network, part, pixels));
      onProgress(timer.count, mostPasses);
    }
  } finally {
    unbake(frozen);
    pixels.dispose();
    network.body.dispose();
    network.head.dispose();
  }
  const pass = timer.result(featureBatch, weights);
  if (!pass) throw new GraftError('internal', { detail: 'a backbone without a pass' });
  return { ...pass, device: deviceLabel() };
}

type Spec = Network['spec'];

function specOf(body: Spec['body'], preprocessing: Spec['preprocessing'], size: number): Spec {
  return {
    version: 1,
    body,
    input: { size, resize: 'stretch' },
    preprocessing,
    head: { pooling: 'avg', hidden: [], dropout: 0 },
    classes: ['0', '1'],
  };
}

/** ms of one pass, read back. */
function passOnce(network: Network, part: Trainable, pixels: Tensor4D): number {
  const began = performance.now();
  const output = below(network, part, pixels);
  output.dataSync();
  output.dispose();
  return performance.now() - began;
}
