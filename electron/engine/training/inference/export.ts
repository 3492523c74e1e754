import type { Tensor4D } from '@tensorflow/tfjs-core';
import { tensor4d, zeros } from '@tensorflow/tfjs-core';
import { exportOnnx, openOnnx } from '../../backend/index.ts';
import { decodeMany } from '../../data/decode.ts';
import type { EngineResult } from '../../protocol.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { RunControl } from '../control.ts';
import { openedGraph } from '../../weights/graphs/frozen-graph.ts';
import { exportOnGraph } from './export-graph.ts';
import { loadNetwork } from '../network/model-store.ts';
import { probabilities } from '../network/network.ts';
import type { Network } from '../network/network.ts';

/**
 * Writes a run's model as one ONNX file, preprocessing included: input `image` `[batch, size, size, 3]`, RGB, 0 to 255,
 * float32; output `probabilities` `[batch, classes]`. The class names are in its metadata. The file is then run by
 * ONNX Runtime itself on the pictures in `check`, and the largest difference from the model is returned.
 */
export async function exportRun(
  dir: string,
  classes: string[],
  out: string,
  check: string[],
  control: RunControl,
): Promise<EngineResult<'exportOnnx'>> {
  const network = await loadNetwork(dir);
  try {
    const { size, resize } = network.spec.input;
    const metadata = { classes: JSON.stringify(classes), resize, producer: 'Graft' };
    const bytes =
      network.graphFile === null
        ? exportNetwork(network, size, metadata)
        : exportOnGraph(network, network.graphFile, metadata);
    const difference = await largestDifference(network, bytes, check, control);
    await writeBeside(out, bytes);
    return { bytes: bytes.byteLength, checked: check.length, largestDifference: difference };
  } finally {
    network.body.dispose();
    network.head.dispose();
  }
}

function exportNetwork(network: Network, size: number, metadata: Record<string, string>): Uint8Array {
  const example = zeros([1, size, size, 3]);
  const bytes = exportOnnx((image) => probabilities(network, image as Tensor4D), [example], {
    inputNames: ['image'],
    outputNames: ['probabilities'],
    metadata,
  });
  example.dispose();
  return bytes;
}

async function largestDifference(
  network: Network,
  onnx: Uint8Array,
  paths: string[],
  control: RunControl,
): Promise<number> {
  if (paths.length === 0) return 0;
  const { size, resize: mode } = network.spec.input;
  const { pixels } = await decodeMany(paths, { size, mode, signal: control.signal });
  const images = Float32Array.from(pixels);
  const input = tensor4d(images, [paths.length, size, size, 3]);
  const expected = probabilities(network, input);
  const reference = expected.dataSync<'float32'>();
  const exported = runExported(onnx, images, { count: paths.length, size, ...batchOf(network) });
  input.dispose();
  expected.dispose();
  return reference.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (exported[i] ?? NaN))),
    0,
  );
}

/** How many pictures an exported model takes at a time: some imported networks take one. */
function batchOf({ body, graphFile, spec }: Network): { one: boolean; classes: number } {
  const one = graphFile !== null && openedGraph(body).facts.batch === 'one';
  return { one, classes: spec.classes.length };
}

interface Pictures {
  count: number;
  size: number;
  one: boolean;
  classes: number;
}

/** Probabilities `[count, classes]` of pictures `[count, size, size, 3]`, as any other program would get them. */
function runExported(onnx: Uint8Array, images: Float32Array, { count, size, one, classes }: Pictures) {
  const session = openOnnx(onnx, 'the exported model');
  const atOnce = one ? 1 : count;
  const pixels = size * size * 3;
  const probabilities = new Float32Array(count * classes);
  try {
    for (let start = 0; start < count; start += atOnce) {
      const data = images.subarray(start * pixels, (start + atOnce) * pixels);
      const feeds = { image: { shape: [atOnce, size, size, 3], data } };
      const results = session.run(feeds, { probabilities: [atOnce, classes] });
      probabilities.set(results['probabilities'] ?? [], start * classes);
    }
  } finally {
    session.dispose();
  }
  return probabilities;
}
