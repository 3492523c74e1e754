import type { Tensor4D } from '@tensorflow/tfjs-core';
import { tensor4d, zeros } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../shared/errors.ts';
import { exportOnnx, runOnnx } from '../backend/index.ts';
import { decodeMany } from '../data/decode.ts';
import type { EngineResult } from '../protocol.ts';
import { writeBeside } from '../tensors/write-beside.ts';
import type { RunControl } from './control.ts';
import { loadNetwork } from './network/model-store.ts';
import { probabilities } from './network/network.ts';
import type { Network } from './network/network.ts';

/**
 * Writes a run's model as one ONNX file, preprocessing included: input `image` `[batch, size, size, 3]`, RGB, 0 to 255,
 * float32; output `probabilities` `[batch, classes]`. The class names are in its metadata. The file is then run by
 * ONNX Runtime itself on the pictures in `check`, and the largest difference from the model is returned.
 */
export async function exportRun(
  dir: string,
  out: string,
  check: string[],
  control: RunControl,
): Promise<EngineResult<'exportOnnx'>> {
  const network = await loadNetwork(dir);
  if (network.graphFile !== null) {
    const detail = 'its backbone is an imported network, which stays a file of its own in the run';
    throw new GraftError('engine.export-unsupported', { detail });
  }
  try {
    const { size, resize } = network.spec.input;
    const example = zeros([1, size, size, 3]);
    const bytes = exportOnnx((image) => probabilities(network, image as Tensor4D), [example], {
      inputNames: ['image'],
      outputNames: ['probabilities'],
      metadata: { classes: JSON.stringify(network.spec.classes), resize, producer: 'Graft' },
    });
    example.dispose();
    const difference = await largestDifference(network, bytes, check, control);
    await writeBeside(out, bytes);
    return { bytes: bytes.byteLength, checked: check.length, largestDifference: difference };
  } finally {
    network.body.dispose();
    network.head.dispose();
  }
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
  const shape: [number, number, number, number] = [paths.length, size, size, 3];
  const input = tensor4d(Float32Array.from(pixels), shape);
  const expected = probabilities(network, input);
  const outputs = { probabilities: [paths.length, network.spec.classes.length] };
  const exported = runOnnx(onnx, { image: { shape, data: Float32Array.from(pixels) } }, outputs);
  const reference = expected.dataSync<'float32'>();
  const difference = (exported['probabilities'] as Float32Array).reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (reference[i] as number))),
    0,
  );
  input.dispose();
  expected.dispose();
  return difference;
}
