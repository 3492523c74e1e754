/**
 * Before a device is trusted with a run it must train a small network to the same losses as the CPU, and its speed
 * is measured. A driver may crash the process instead of failing: call this in the engine process, note before that
 * the check began, and take a note without a result for a crash.
 */
import { dispose, getBackend, losses, randomUniform, setBackend, tidy, train } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { BACKEND_NAME, configureSessions, sessionOptions, withStep } from './onnxruntime/index.ts';

export interface DeviceCheck {
  /** As in `DeviceInfo.device`. */
  readonly device: string;
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly reason?: string;
  /** Largest relative difference between a loss here and on the CPU. */
  readonly lossDifference?: number;
  /** Milliseconds of a step of the small network, here and on the CPU. */
  readonly stepMs?: number;
  readonly cpuStepMs?: number;
}

const STEPS = 6;
const BATCH = 16;
const SIZE = 32;
const CLASSES = 4;
const SEED = 11;
/** Relative: single precision, sums in another order, a few steps for the difference to grow. */
export const LOSS_TOLERANCE = 2e-3;

/** Convolution, normalization, pooling, depthwise convolution and a dense layer: what every backbone is made of. */
function smallNetwork(): Sequential {
  const kernelInitializer = initializers.glorotUniform({ seed: SEED });
  return sequential({
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [SIZE, SIZE, 3], kernelInitializer }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: kernelInitializer }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: CLASSES, kernelInitializer }),
    ],
  });
}

interface Trial {
  readonly losses: number[];
  /** Milliseconds of the fastest step after the first two, which compile. */
  readonly stepMs: number;
}

function trial(provider: string): Trial {
  configureSessions({ provider });
  const network = smallNetwork();
  const optimizer = train.adam(0.01);
  const images = randomUniform([BATCH, SIZE, SIZE, 3], -1, 1, 'float32', SEED);
  const targets = randomUniform([BATCH, CLASSES], -1, 1, 'float32', SEED);
  const times: number[] = [];
  const seen = Array.from({ length: STEPS }, () => {
    const start = performance.now();
    const loss = withStep(() =>
      optimizer.minimize(() => {
        const outputs = tidy(() => network.apply(images, { training: true }) as Tensor);
        return losses.meanSquaredError(targets, outputs) as Scalar;
      }, true),
    );
    const [number = NaN] = loss?.dataSync() ?? [];
    times.push(performance.now() - start);
    loss?.dispose();
    return number;
  });
  network.dispose();
  optimizer.dispose();
  dispose([images, targets]);
  return { losses: seen, stepMs: Math.min(...times.slice(2)) };
}

function compare(device: string, here: Trial, cpu: Trial): DeviceCheck {
  const differences = here.losses.map((loss, step) => {
    const expected = cpu.losses[step] ?? NaN;
    return Math.abs(loss - expected) / Math.abs(expected);
  });
  const lossDifference = Math.max(...differences);
  const measured = { device, lossDifference, stepMs: here.stepMs, cpuStepMs: cpu.stepMs };
  // Written so that NaN does not pass.
  if (lossDifference <= LOSS_TOLERANCE) return { ...measured, passed: true };
  const reason = `Its losses differ from the CPU's by ${(lossDifference * 100).toFixed(2)} percent.`;
  return { ...measured, passed: false, reason };
}

/** Trains the same small network on an ONNX Runtime provider and on the CPU. Never throws: a failure is a result. */
export async function checkDevice(device: string): Promise<DeviceCheck> {
  const [backend, options] = [getBackend(), sessionOptions()];
  try {
    await setBackend(BACKEND_NAME);
    return compare(device, trial(device), trial('cpu'));
  } catch (error) {
    return { device, passed: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    configureSessions(options);
    await setBackend(backend);
  }
}
