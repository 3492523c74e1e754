import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FreezingProof, LayerProof } from '../../../../shared/contract/runs/runs.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { ModelTensor } from '../../weights/model-tensors.ts';
import type { Block } from '../../zoo/network.ts';

/** SHA-256 of each tensor, by name. */
export type TensorHashes = Record<string, string>;

/** Hashes the values (little-endian float32 bytes) of tensors. */
export function hashTensors(tensors: readonly ModelTensor[]): TensorHashes {
  return Object.fromEntries(
    tensors.map((tensor) => [tensor.name, createHash('sha256').update(bytesOf(tensor)).digest('hex')]),
  );
}

function bytesOf({ variable }: ModelTensor): Uint8Array {
  const data = variable.read().dataSync();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A layer of body or head with the bytes of its tensors, one after the other. */
interface LayerState {
  /** As it stands in names of tensors: `body/<layer>`. */
  key: string;
  layer: string;
  bytes: Uint8Array[];
}

/**
 * All values of a network as they are now. They are kept, and not only their hashes, because the proof also says how
 * many of them changed: as many bytes as the network has weights.
 */
export function stateOf(tensors: readonly ModelTensor[]): LayerState[] {
  const layers = new Map<string, LayerState>();
  for (const tensor of tensors) {
    const key = tensor.name.slice(0, tensor.name.lastIndexOf('/'));
    const state = layers.get(key) ?? { key, layer: tensor.layer, bytes: [] };
    state.bytes.push(bytesOf(tensor).slice());
    layers.set(key, state);
  }
  return [...layers.values()];
}

/**
 * The proof that frozen means frozen: of each layer with weights, statistics of batch normalization included, the
 * SHA-256 of its values before and after, and how many of them differ in any bit.
 */
export function proveFreezing(
  before: readonly LayerState[],
  tensors: readonly ModelTensor[],
  trained: ReadonlySet<string>,
  blocks: readonly Block[],
): FreezingProof {
  const blockOf = new Map(
    blocks.flatMap(({ name, layers }) => layers.map((layer) => [layer, name] as const)),
  );
  const byKey = new Map(before.map((state) => [state.key, state]));
  const layers = stateOf(tensors).map(({ key, layer, bytes }): LayerProof => {
    const earlier = byKey.get(key)?.bytes ?? [];
    const isHead = key.startsWith('head/');
    return {
      layer,
      block: isHead ? 'head' : (blockOf.get(layer) ?? ''),
      frozen: !isHead && !trained.has(layer),
      values: bytes.reduce((sum, part) => sum + part.byteLength / wordBytes, 0),
      before: hashOf(earlier),
      after: hashOf(bytes),
      changed: bytes.reduce((sum, part, index) => sum + changedWords(earlier[index], part), 0),
    };
  });
  return { version: 1, layers };
}

const wordBytes = 4;

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Words of 32 bits that differ; compared as bits, so that a NaN equals itself. */
function changedWords(before: Uint8Array | undefined, after: Uint8Array): number {
  const now = wordsOf(after);
  if (!before || before.byteLength !== after.byteLength) return now.length;
  const then = wordsOf(before);
  let changed = 0;
  for (let i = 0; i < now.length; i++) if (then[i] !== now[i]) changed++;
  return changed;
}

const wordsOf = (bytes: Uint8Array) =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / wordBytes);

/** The frozen layers whose values are not what they were. */
export function brokenFreezing({ layers }: FreezingProof): LayerProof[] {
  return layers.filter(({ frozen, before, after }) => frozen && before !== after);
}

/** File of the proof in a run's folder. */
export const freezingFile = 'freezing.json';

export async function saveFreezing(runDir: string, proof: FreezingProof): Promise<void> {
  await writeBeside(join(runDir, freezingFile), JSON.stringify(proof));
}

/**
 * The tensors no stage trains: everything in a layer that none names.
 * Statistics of a frozen BatchNormalization count too.
 */
export function frozenTensors(
  tensors: readonly ModelTensor[],
  trainedLayers: ReadonlySet<string>,
): ModelTensor[] {
  return tensors.filter(({ name, layer }) => name.startsWith('body/') && !trainedLayers.has(layer));
}
