/** What the execution provider lacks that lowerings can do without. Set when the provider is chosen. */
export interface Capabilities {
  /** Whether MaxPool says where the maxima were; WebGPU's does not (ONNX Runtime 1.30). */
  readonly maxPoolIndices: boolean;
}

let current: Capabilities = { maxPoolIndices: true };

export const capabilities = (): Capabilities => current;

export function setProvider(provider: string): void {
  current = { maxPoolIndices: provider === 'cpu' };
}
