/**
 * How kernels are declared: a name and a function from lazy values to lazy values. The rest (tensors in
 * and out, what cannot be lowered, time spent recording) is the same for all of them and stands here.
 */
import type {
  KernelConfig,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { BACKEND_NAME } from '../backend.ts';
import { computeOnCpu } from '../fallback.ts';
import type { Value } from '../graph/value.ts';
import { sizeOf } from '../graph/value.ts';
import { timed } from '../stats.ts';

export type Named<Name extends string> = Readonly<Record<Name, Value>>;

/** Records what a kernel computes; null where this case has no lowering and the CPU backend must do it. */
export type Lowering<Inputs, Attributes> = (inputs: Inputs, attributes: Attributes) => Value | Value[] | null;

/** Element types that ONNX graphs hold. Strings, complex numbers and tensors without elements take the fallback. */
function hasValue(tensor: TensorInfo | undefined): boolean {
  if (!tensor) return true;
  const numeric = tensor.dtype === 'float32' || tensor.dtype === 'int32' || tensor.dtype === 'bool';
  return numeric && tensor.shape.every((length) => length > 0);
}

function toValues(backend: OnnxRuntimeBackend, inputs: NamedTensorInfoMap): unknown {
  const tensors: unknown = inputs;
  if (Array.isArray(tensors)) return (tensors as TensorInfo[]).map((tensor) => backend.lazyValue(tensor));
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(inputs)) if (tensor) values[name] = backend.lazyValue(tensor);
  return values;
}

/** A kernel of the `onnxruntime` backend from its lowering. */
export function lower<Inputs, Attributes = unknown>(
  kernelName: string,
  lowering: Lowering<Inputs, Attributes>,
): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
    const owner = backend as OnnxRuntimeBackend;
    const recorded = Object.values(inputs).every(hasValue)
      ? timed('recordMs', () => lowering(toValues(owner, inputs) as Inputs, attrs as unknown as Attributes))
      : null;
    if (recorded === null) return computeOnCpu(kernelName, inputs, attrs as NamedAttrMap, owner);
    return Array.isArray(recorded) ? recorded.map((value) => owner.output(value)) : owner.output(recorded);
  };
  return { kernelName, backendName: BACKEND_NAME, kernelFunc };
}

/** A kernel that works on tensors themselves, because it shares data or has no ONNX value. */
export function direct<Inputs, Attributes = unknown>(
  kernelName: string,
  run: (inputs: Inputs, attributes: Attributes, backend: OnnxRuntimeBackend) => TensorInfo | TensorInfo[],
): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) =>
    run(inputs as unknown as Inputs, attrs as unknown as Attributes, backend as OnnxRuntimeBackend);
  return { kernelName, backendName: BACKEND_NAME, kernelFunc };
}

/** What tfjs's shape arithmetic wants to see of a value; it never looks behind the data id. */
export function asTensorInfo(value: Value): TensorInfo & { rank: number; size: number } {
  if (value.type === 'int64') throw new Error('Tensors have no 64-bit integers.');
  return {
    dataId: {},
    shape: [...value.shape],
    dtype: value.type,
    rank: value.shape.length,
    size: sizeOf(value.shape),
  };
}
