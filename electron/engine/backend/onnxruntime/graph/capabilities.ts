/** What lowerings may or must do differently: because of the execution provider, or of what the graph is for. */
export interface Capabilities {
  /** Whether MaxPool says where the maxima were; WebGPU's does not (ONNX Runtime 1.30). */
  readonly maxPoolIndices: boolean;
  /**
   * Whether to keep clear of what WebGPU computes wrongly without a word (ONNX Runtime 1.30): convolutions whose
   * kernel is as large as an input padded at its end, grouped transposed convolutions with several inputs a group,
   * and slices that run backwards from anywhere but the end.
   */
  readonly webgpuFaults: boolean;
  /** Whether 3x3 convolutions are taken apart into Winograd's products: on CPUs, where they halve the time. */
  readonly winograd: boolean;
}

let current: Capabilities = { maxPoolIndices: true, webgpuFaults: false, winograd: true };

export const capabilities = (): Capabilities => current;

export function setProvider(provider: string): void {
  const cpu = provider === 'cpu';
  current = { maxPoolIndices: cpu, webgpuFaults: !cpu, winograd: cpu };
}

/** Runs `record` such that every convolution stays one operator: in a graph for others to read. */
export function withPlainConvolutions<T>(record: () => T): T {
  const before = current;
  current = { ...current, winograd: false };
  try {
    return record();
  } finally {
    current = before;
  }
}
