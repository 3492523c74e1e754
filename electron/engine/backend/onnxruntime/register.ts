/** Registers the backend and every kernel with tfjs. Importing this module twice does nothing more. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { getKernelsForBackend, registerBackend, registerKernel } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { BACKEND_NAME, OnnxRuntimeBackend } from './backend.ts';
import { computeOnCpu } from './fallback.ts';
import { arrangementKernels } from './kernels/arrangement.ts';
import { binaryKernels } from './kernels/binary.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { imagingKernels } from './kernels/imaging.ts';
import { indexingKernels } from './kernels/indexing.ts';
import { direct } from './kernels/lower.ts';
import { normalizationKernels } from './kernels/normalization.ts';
import { poolingKernels } from './kernels/pooling.ts';
import { reductionKernels } from './kernels/reduction.ts';
import { sharingKernels } from './kernels/sharing.ts';
import { unaryKernels } from './kernels/unary.ts';

/** Same as the tfjs CPU backend's: neither is ever preferred without being asked for. */
const PRIORITY = 1;

export const loweredKernels: KernelConfig[] = [
  ...arrangementKernels,
  ...binaryKernels,
  ...convolutionKernels,
  ...imagingKernels,
  ...indexingKernels,
  ...normalizationKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...sharingKernels,
  ...unaryKernels,
];

/** Kernels of tfjs's CPU backend that have no lowering here: strings, sparse and ragged tensors, FFT, boxes. */
function fallbackKernels(): KernelConfig[] {
  const lowered = new Set(loweredKernels.map(({ kernelName }) => kernelName));
  return getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((kernelName) => !lowered.has(kernelName))
    .map((kernelName) =>
      direct(kernelName, (inputs, attrs, backend) =>
        computeOnCpu(
          kernelName,
          inputs as Parameters<typeof computeOnCpu>[1],
          attrs as Parameters<typeof computeOnCpu>[2],
          backend,
        ),
      ),
    );
}

for (const kernel of [...loweredKernels, ...fallbackKernels()]) registerKernel(kernel);
registerBackend(BACKEND_NAME, () => new OnnxRuntimeBackend(), PRIORITY);
