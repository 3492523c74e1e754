/** Kernels whose result shares its data with the operand: no node is recorded, tfjs counts the references. */
import type { DataType, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { elementType } from '../backend.ts';
import { cast } from '../graph/elementwise.ts';
import type { Named } from './lower.ts';
import { direct, lower } from './lower.ts';

function share(tensor: TensorInfo, shape: readonly number[], backend: OnnxRuntimeBackend): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
}

const identity = direct<{ x: TensorInfo }>('Identity', ({ x }, _attributes, backend) =>
  share(x, x.shape, backend),
);

const reshapeKernel = direct<{ x: TensorInfo }, { shape: number[] }>(
  'Reshape',
  ({ x }, { shape }, backend) => {
    const size = util.sizeFromShape(x.shape);
    const wanted = util.inferFromImplicitShape(shape, size);
    const wantedSize = util.sizeFromShape(wanted);
    util.assert(
      size === wantedSize,
      () =>
        `The new shape (${wanted.join(',')}) has ${wantedSize} elements and the old shape (${x.shape.join(',')}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
    );
    return share(x, wanted, backend);
  },
);

const expandDims = direct<{ input: TensorInfo }, { dim: number }>(
  'ExpandDims',
  ({ input }, { dim }, backend) => {
    const rank = input.shape.length;
    util.assert(
      -(rank + 1) <= dim && dim <= rank,
      () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`,
    );
    const shape = [...input.shape];
    shape.splice(dim < 0 ? rank + dim + 1 : dim, 0, 1);
    return share(input, shape, backend);
  },
);

const castNumbers = lower<Named<'x'>, { dtype: DataType }>('Cast', ({ x }, { dtype }) =>
  dtype === 'complex64' || dtype === 'string' ? null : cast(x, elementType(dtype)),
);

const castKernel = direct<{ x: TensorInfo }, { dtype: DataType }>('Cast', (inputs, attrs, backend) =>
  inputs.x.dtype === attrs.dtype
    ? share(inputs.x, inputs.x.shape, backend)
    : castNumbers.kernelFunc({ inputs, attrs: { ...attrs }, backend }),
);

/** The same value under a data id of its own, as a complex tensor takes its parts along when it goes. */
const again = (tensor: TensorInfo, backend: OnnxRuntimeBackend): TensorInfo =>
  backend.output(backend.lazyValue(tensor));

/** Complex tensors are two real ones; their arithmetic is the CPU backend's. */
const complex = direct<{ real: TensorInfo; imag: TensorInfo }>(
  'Complex',
  ({ real, imag }, _attributes, backend) => backend.complexOutput(again(real, backend), again(imag, backend)),
);

const part = (kernelName: string, name: 'real' | 'imag'): KernelConfig =>
  direct<{ input: TensorInfo }>(kernelName, ({ input }, _attributes, backend) =>
    again(backend.complexParts(input)[name], backend),
  );

export const sharingKernels: KernelConfig[] = [
  identity,
  reshapeKernel,
  expandDims,
  castKernel,
  complex,
  part('Real', 'real'),
  part('Imag', 'imag'),
];
