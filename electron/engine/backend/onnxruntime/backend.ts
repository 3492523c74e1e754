/**
 * The tfjs backend: it keeps data ids and their lazy values, and computes everything alive in one run
 * when a value is read or a step ends.
 */
import type { BackendValues, DataType, NumericDataType, TensorInfo } from '@tensorflow/tfjs-core';
import { DataStorage, KernelBackend, engine, util } from '@tensorflow/tfjs-core';
import { reclaim, release } from './buffers.ts';
import { evaluate } from './evaluate.ts';
import { literalData } from './graph/encode.ts';
import { reshape } from './graph/shaping.ts';
import type { ElementType, NumberArray, Value } from './graph/value.ts';
import { known } from './graph/value.ts';
import { timed } from './stats.ts';
import { VariableMemory } from './variables.ts';

export const BACKEND_NAME = 'onnxruntime';

/** What stands behind a tfjs data id. */
interface TensorData {
  readonly dtype: DataType;
  refCount: number;
  /** Null for strings and complex numbers, which ONNX graphs do not hold. */
  value: Value | null;
  strings: Uint8Array[] | null;
  complexTensorInfos: { real: TensorInfo; imag: TensorInfo } | null;
}

type DataId = TensorInfo['dataId'];

export function elementType(dtype: DataType): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`Tensors of type ${dtype} have no ONNX value.`);
}

function typedArray(values: BackendValues, dtype: NumericDataType): NumberArray {
  const expected = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, complex64: Float32Array }[
    dtype
  ];
  if (values instanceof expected) return values as NumberArray;
  return expected.from(values as unknown as ArrayLike<number>);
}

export class OnnxRuntimeBackend extends KernelBackend {
  readonly #tensors = new DataStorage<TensorData>(this, engine());
  /** Tensors alive whose numbers are not computed yet, in the order of their making. */
  readonly #pending = new Set<TensorData>();
  readonly #variables = new VariableMemory((dataId) => this.storedValue(dataId));

  #store(data: TensorData): DataId {
    const dataId = {};
    this.#tensors.set(dataId, data);
    if (data.value) {
      data.value.holders++;
      if (data.value.node) this.#pending.add(data);
    }
    return dataId;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const data: TensorData = { dtype, refCount: 1, value: null, strings: null, complexTensorInfos: null };
    if (dtype === 'string') data.strings = values as Uint8Array[];
    else if (dtype !== 'complex64') data.value = known(elementType(dtype), shape, typedArray(values, dtype));
    return this.#store(data);
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const moved = this.#tensors.get(this.write(values, shape, dtype));
    this.#tensors.set(dataId, { ...moved, refCount });
  }

  /** A tensor for a recorded value. */
  output(value: Value): TensorInfo {
    const dtype = value.type === 'int64' ? 'int32' : value.type;
    const data: TensorData = { dtype, refCount: 1, value, strings: null, complexTensorInfos: null };
    return { dataId: this.#store(data), shape: [...value.shape], dtype };
  }

  /** A complex tensor of two real ones, whose reference counts the caller has raised. */
  complexOutput(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const data: TensorData = {
      dtype: 'complex64',
      refCount: 1,
      value: null,
      strings: null,
      complexTensorInfos: { real, imag },
    };
    return { dataId: this.#store(data), shape: real.shape, dtype: 'complex64' };
  }

  complexParts(tensor: TensorInfo): { real: TensorInfo; imag: TensorInfo } {
    const parts = this.#tensors.get(tensor.dataId).complexTensorInfos;
    if (!parts) throw new Error(`A tensor of type ${tensor.dtype} has no real and imaginary part.`);
    return parts;
  }

  /** The lazy value of a tensor, in the tensor's shape (tensors of several shapes may share a data id). */
  lazyValue(tensor: TensorInfo): Value {
    const { value } = this.#tensors.get(tensor.dataId);
    if (!value) throw new Error(`Tensors of type ${tensor.dtype} have no ONNX value.`);
    return reshape(value, tensor.shape);
  }

  /** The value stored under a data id, whatever shape its tensors have; null when this backend has none. */
  storedValue(dataId: DataId): Value | null {
    return this.#tensors.has(dataId) ? this.#tensors.get(dataId).value : null;
  }

  override incRef(dataId: DataId): void {
    this.#tensors.get(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    if (this.#tensors.has(dataId)) this.#tensors.get(dataId).refCount--;
  }

  override refCount(dataId: DataId): number {
    return this.#tensors.has(dataId) ? this.#tensors.get(dataId).refCount : 0;
  }

  override numDataIds(): number {
    return this.#tensors.numDataIds();
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#tensors.has(dataId)) return true;
    const data = this.#tensors.get(dataId);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    this.#tensors.delete(dataId);
    this.#pending.delete(data);
    if (data.complexTensorInfos) {
      this.disposeData(data.complexTensorInfos.real.dataId, true);
      this.disposeData(data.complexTensorInfos.imag.dataId, true);
    }
    if (data.value && --data.value.holders === 0) this.#unheld(data.value);
    return true;
  }

  #unheld(value: Value): void {
    release(value);
    // Recorded nodes may still read a frozen tensor; it then becomes an ordinary input.
    if (!value.baked) return;
    if (this.#pending.size > 0) value.data = value.baked.read();
    value.baked.release();
    value.baked = null;
  }

  /**
   * Computes every tensor alive in one run. Throws GraftError `engine.graph-failed` when the graph cannot
   * be compiled or run; variables then have the values of the last flush that worked.
   */
  flush(): void {
    if (this.#pending.size === 0) return this.#variables.remember();
    const pending = [...this.#pending];
    this.#pending.clear();
    const values = pending.flatMap(({ value }) => (value?.node ? [value] : []));
    try {
      evaluate(values);
    } catch (error) {
      this.#abandon(values, error);
      throw error;
    }
    this.#variables.remember();
    reclaim();
  }

  /** What could not be computed says so when it is read; variables go back to what they were. */
  #abandon(values: readonly Value[], error: unknown): void {
    for (const value of values) {
      value.node = null;
      value.failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#variables.restore((dataId, before) => {
      before.holders++;
      this.#tensors.get(dataId).value = before;
    });
  }

  /** The numbers of a value, computing everything alive first if need be. Not to be written to. */
  numbers(value: Value): NumberArray {
    if (value.node) this.flush();
    if (value.node) evaluate([value]);
    if (value.failure) throw value.failure;
    const data = value.data ?? value.baked?.read() ?? (value.literal ? literalData(value) : null);
    if (!data) throw new Error('A tensor was read after its memory was given back.');
    return data;
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, strings, complexTensorInfos } = this.#tensors.get(dataId);
    if (strings) return strings;
    if (complexTensorInfos) return this.#readComplex(complexTensorInfos);
    if (!value) throw new Error('This tensor has no values.');
    return timed('readMs', () => {
      const data = this.numbers(value);
      // The caller may keep the array: its buffer must never be used for another result.
      value.pooled = false;
      return data as BackendValues;
    });
  }

  #readComplex({ real, imag }: { real: TensorInfo; imag: TensorInfo }): Float32Array {
    const reals = this.readSync(real.dataId) as Float32Array;
    const imaginaries = this.readSync(imag.dataId) as Float32Array;
    const interleaved = new Float32Array(2 * reals.length);
    reals.forEach((number, index) => (interleaved[2 * index] = number));
    imaginaries.forEach((number, index) => (interleaved[2 * index + 1] = number));
    return interleaved;
  }

  override read(dataId: DataId): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  /** Kernel milliseconds of `f`, everything it records being computed. */
  override time(f: () => void): Promise<{ kernelMs: number }> {
    this.flush();
    const start = util.now();
    f();
    this.flush();
    return Promise.resolve({ kernelMs: util.now() - start });
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override dispose(): void {
    this.#pending.clear();
  }
}
