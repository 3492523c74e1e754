/** What lowerings may or must do differently: because of the execution provider, or of what the graph is for. */
export interface Capabilities {
  /** Whether MaxPool says where the maxima were; WebGPU's does not (ONNX Runtime 1.30). */
  readonly maxPoolIndices: boolean;
  /** Whether 3x3 convolutions are taken apart into Winograd's products: on CPUs, where they halve the time. */
  readonly winograd: boolean;
}

let current: Capabilities = { maxPoolIndices: true, winograd: true };

export const capabilities = (): Capabilities => current;

export function setProvider(provider: string): void {
  current = { maxPoolIndices: provider === 'cpu', winograd: provider === 'cpu' };
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
