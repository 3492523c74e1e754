import { createHash } from 'node:crypto';
import type { ModelTensor } from '../../weights/model-tensors.ts';

/** SHA-256 of each frozen tensor, by name: the proof that frozen means frozen. */
export type FreezeProof = Record<string, string>;

/** Hashes the values (little-endian float32 bytes) of tensors. */
export function hashTensors(tensors: readonly ModelTensor[]): FreezeProof {
  return Object.fromEntries(
    tensors.map(({ name, variable }) => {
      const data = variable.read().dataSync();
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** Names of the tensors whose values differ between two proofs. */
export function changedTensors(before: FreezeProof, after: FreezeProof): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

/**
 * The tensors no stage trains: everything in a layer below the deepest cut.
 * Statistics of a frozen BatchNormalization count too.
 */
export function frozenTensors(
  tensors: readonly ModelTensor[],
  trainedLayers: ReadonlySet<string>,
): ModelTensor[] {
  return tensors.filter(({ name, layer }) => name.startsWith('body/') && !trainedLayers.has(layer));
}
