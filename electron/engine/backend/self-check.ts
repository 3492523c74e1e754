/**
 * Before a device is trusted it must train a small network to the same losses as the CPU, and its speed is
 * measured. A driver may crash the process instead of failing, so the lab runs this in a process of its own.
 */
import { dispose, getBackend, losses, randomUniform, setBackend, tidy, train } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { DeviceMeasurement, DeviceTarget } from '../../../shared/contract/index.ts';
import type { DeviceReason } from '../../../shared/device-reasons.ts';
import {
  BACKEND_NAME,
  bundledProviders,
  configureSessions,
  sessionOptions,
  withStep,
} from './onnxruntime/index.ts';
import { loadTensorflow } from './tensorflow.ts';
import { loadedSoftwareDriver } from './vulkan-driver.ts';

interface Work {
  readonly batch: number;
  /** Side of the square images, in pixels. */
  readonly size: number;
  /** Filters of its two convolutions. */
  readonly filters: readonly [number, number];
  readonly steps: number;
}

/** Small enough for a software adapter: only its losses count. */
const losswork: Work = { batch: 16, size: 32, filters: [8, 8], steps: 6 };
/** Large enough (about 2 GFLOP a step) that a graphics processor can show what it is worth. */
const speedwork: Work = { batch: 16, size: 64, filters: [16, 32], steps: 5 };
/** Steps that compile and are not timed. */
const WARM_UP = 2;
/** A device this many times slower than the CPU on the small work is not asked to do the large one. */
const HOPELESS = 4;
const CLASSES = 4;
const SEED = 11;
/** Relative: single precision, sums in another order, a few steps for the difference to grow. */
export const LOSS_TOLERANCE = 2e-3;

/** Convolution, normalization, pooling, depthwise convolution and a dense layer: what every backbone is made of. */
function smallNetwork({ size, filters: [first, second] }: Work): Sequential {
  const kernelInitializer = initializers.glorotUniform({ seed: SEED });
  return sequential({
    layers: [
      layers.conv2d({ filters: first, kernelSize: 3, inputShape: [size, size, 3], kernelInitializer }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.conv2d({ filters: second, kernelSize: 3, kernelInitializer }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: kernelInitializer }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: CLASSES, kernelInitializer }),
    ],
  });
}

interface Trial {
  readonly losses: number[];
  /** Milliseconds of the fastest step after those that compile. */
  readonly stepMs: number;
}

/** Trains the network of `work` on whatever tfjs computes with now. */
function trial(work: Work): Trial {
  const network = smallNetwork(work);
  const optimizer = train.adam(0.01);
  const images = randomUniform([work.batch, work.size, work.size, 3], -1, 1, 'float32', SEED);
  const targets = randomUniform([work.batch, CLASSES], -1, 1, 'float32', SEED);
  const times: number[] = [];
  const seen = Array.from({ length: work.steps }, () => {
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
  return { losses: seen, stepMs: Math.min(...times.slice(WARM_UP)) };
}

async function trialOn({ backend, device }: DeviceTarget, work: Work): Promise<Trial> {
  if (backend === BACKEND_NAME) configureSessions({ provider: device });
  await setBackend(backend);
  return trial(work);
}

/** Largest relative difference between losses; NaN where one of them is. */
function largestDifference(here: readonly number[], cpu: readonly number[]): number {
  return Math.max(
    ...here.map((loss, step) => {
      const expected = cpu[step] ?? NaN;
      return Math.abs(loss - expected) / Math.abs(expected);
    }),
  );
}

const percent = (fraction: number): string => (fraction * 100).toPrecision(2);

function differs(difference: number): DeviceReason {
  const params = { difference: percent(difference), tolerance: percent(LOSS_TOLERANCE) };
  return { code: 'losses', params };
}

const notMeasured: DeviceMeasurement = {
  passed: false,
  reason: null,
  lossDifference: null,
  tolerance: LOSS_TOLERANCE,
  stepMs: null,
  cpuStepMs: null,
  softwareDriver: null,
};

async function measure(target: DeviceTarget): Promise<DeviceMeasurement> {
  const cpu: DeviceTarget = { backend: BACKEND_NAME, device: 'cpu' };
  let [here, there] = [await trialOn(target, losswork), await trialOn(cpu, losswork)];
  const lossDifference = largestDifference(here.losses, there.losses);
  // Written so that NaN does not pass.
  const passed = lossDifference <= LOSS_TOLERANCE;
  if (passed && here.stepMs < there.stepMs * HOPELESS) {
    [here, there] = [await trialOn(target, speedwork), await trialOn(cpu, speedwork)];
  }
  return {
    ...notMeasured,
    passed,
    reason: passed ? null : differs(lossDifference),
    lossDifference: Number.isFinite(lossDifference) ? lossDifference : null,
    stepMs: here.stepMs,
    cpuStepMs: there.stepMs,
    softwareDriver: target.device === 'webgpu' ? loadedSoftwareDriver() : null,
  };
}

/** Why a device cannot even begin the check; null when it can. */
function obstacle({ backend, device }: DeviceTarget): DeviceReason | null {
  if (backend === BACKEND_NAME) {
    return bundledProviders().includes(device) ? null : { code: 'not-bundled', params: {} };
  }
  const attempt = loadTensorflow();
  if (!attempt.loaded) return { code: 'not-loaded', params: { detail: attempt.reason } };
  return attempt.gpu ? null : { code: 'no-cuda', params: {} };
}

/** The part of a library's message that a person can use: its last sentence, without the place in the source. */
function detailOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const firstLine = message.trim().split('\n')[0] ?? message;
  return firstLine.replace(/^\/\S+\.(cc|cpp|h):\d+ .*? was false\.\s*/, '');
}

/** Trains the same small network on a device and on the CPU. Never throws: a failure is a result. */
export async function checkDevice(target: DeviceTarget): Promise<DeviceMeasurement> {
  const [backend, options] = [getBackend(), sessionOptions()];
  try {
    const reason = obstacle(target);
    return reason ? { ...notMeasured, reason } : await measure(target);
  } catch (error) {
    return { ...notMeasured, reason: { code: 'error', params: { detail: detailOf(error) } } };
  } finally {
    configureSessions(options);
    // A fresh process has none yet.
    await setBackend(backend || BACKEND_NAME);
  }
}
