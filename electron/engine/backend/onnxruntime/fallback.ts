/**
 * What is not lowered is computed by tfjs's own CPU kernels on read values, so that nothing in the tfjs
 * API is missing. It is slow (it reads, hence flushes), so every use is counted by name.
 */
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { OnnxRuntimeBackend } from './backend.ts';
import { stats } from './stats.ts';

/** The CPU backend by itself: tfjs's registry may have none, or another instance. */
let cpu: MathBackendCPU | null = null;

function toCpu(tensor: TensorInfo, from: OnnxRuntimeBackend, to: MathBackendCPU): TensorInfo {
  const { shape, dtype } = tensor;
  if (dtype !== 'complex64') {
    // Some CPU kernels ask for the rank, which tensors have and their infos have not.
    const info = {
      dataId: to.write(from.readSync(tensor.dataId), shape, dtype),
      shape,
      dtype,
      rank: shape.length,
    };
    return info;
  }
  const { real, imag } = from.complexParts(tensor);
  const info = to.makeTensorInfo(shape, 'complex64');
  to.data.get(info.dataId).complexTensorInfos = { real: toCpu(real, from, to), imag: toCpu(imag, from, to) };
  return info;
}

function fromCpu(tensor: TensorInfo, from: MathBackendCPU, to: OnnxRuntimeBackend): TensorInfo {
  const { shape, dtype } = tensor;
  if (dtype !== 'complex64') {
    return { dataId: to.write(from.readSync(tensor.dataId), shape, dtype), shape, dtype };
  }
  const parts = from.data.get(tensor.dataId).complexTensorInfos;
  if (!parts) throw new Error('A complex tensor of the CPU backend has no parts.');
  return to.complexOutput(fromCpu(parts.real, from, to), fromCpu(parts.imag, from, to));
}

/** Tensors in every shape a kernel takes them: by name, in a list, or lists by name. */
function mapTensors(inputs: unknown, map: (tensor: TensorInfo) => TensorInfo): unknown {
  if (Array.isArray(inputs)) return inputs.map((item: unknown) => mapTensors(item, map));
  if (inputs === null || typeof inputs !== 'object') return inputs;
  if ('dataId' in inputs) return map(inputs as TensorInfo);
  return Object.fromEntries(Object.entries(inputs).map(([name, item]) => [name, mapTensors(item, map)]));
}

/** Runs tfjs's CPU kernel of this name on the tensors' numbers. */
export function computeOnCpu(
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
  backend: OnnxRuntimeBackend,
): TensorInfo | TensorInfo[] {
  const kernel = getKernel(kernelName, 'cpu');
  if (!kernel)
    throw new Error(`The kernel ${kernelName} is known neither to this backend nor to tfjs's CPU backend.`);
  stats.fallbacks[kernelName] = (stats.fallbacks[kernelName] ?? 0) + 1;
  cpu ??= new MathBackendCPU();
  const owner = cpu;
  const copies: TensorInfo[] = [];
  const copied = mapTensors(inputs, (tensor) => {
    const copy = toCpu(tensor, backend, owner);
    copies.push(copy);
    return copy;
  });
  const computed = kernel.kernelFunc({ inputs: copied as NamedTensorInfoMap, backend: owner, attrs });
  const outputs = Array.isArray(computed) ? computed : [computed];
  const results = outputs.map((tensor) => fromCpu(tensor, owner, backend));
  for (const tensor of [...copies, ...outputs]) owner.disposeData(tensor.dataId, true);
  return Array.isArray(computed) ? results : (results[0] as TensorInfo);
}
