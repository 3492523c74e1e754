import { tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { exportOnnx } from '../../backend/index.ts';
import type { Forward } from '../../backend/index.ts';
import { featureMap, openedGraph } from '../../weights/graphs/frozen-graph.ts';
import { readGraphFile } from '../../weights/graphs/graph-file.ts';
import { joinNetworks } from '../../weights/graphs/join.ts';
import { preprocess } from '../../zoo/preprocessing.ts';
import { pool } from '../network/network.ts';
import type { Network } from '../network/network.ts';
import { headOutput } from './answers.ts';

/**
 * A model on an imported network as one ONNX file: what Graft does before and after it is recorded, and the network
 * itself stands between them as it came.
 * @throws GraftError engine.export-unsupported
 */
export function exportOnGraph(
  network: Network,
  path: string,
  temperature: number,
  metadata: Record<string, string>,
): Uint8Array {
  const { facts, cut } = openedGraph(network.body);
  const { size } = network.spec.input;
  const batch = facts.batch === 'any' ? 'dynamic' : 'fixed';
  const record = (forward: Forward, shape: number[], input: string, output: string) => {
    const example = zeros(shape);
    const bytes = exportOnnx(forward, [example], { inputNames: [input], outputNames: [output], batch });
    example.dispose();
    return { bytes, input: { own: input, joined: input }, output: { own: output, joined: output } };
  };
  const before = (image: Tensor) => {
    const pixels = preprocess(image as Tensor4D, network.spec.preprocessing);
    return facts.layout === 'NHWC' ? pixels : transpose(pixels, [0, 3, 1, 2]);
  };
  const after = (features: Tensor) =>
    tidy(() => {
      const pooled = pool(featureMap(features, facts.channelsLast), network.spec.head.pooling);
      return headOutput(network, pooled, temperature);
    });
  const body = {
    bytes: readGraphFile(path).bytes,
    input: { own: facts.input, joined: 'pixels' },
    output: { own: facts.cut, joined: 'features' },
  };
  return joinNetworks(
    [
      record(before, [1, size, size, 3], 'image', 'pixels'),
      body,
      record(after, [1, ...cut.slice(1)], 'features', 'probabilities'),
    ],
    metadata,
  );
}
