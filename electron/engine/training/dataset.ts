import { createHash } from 'node:crypto';
import { tensor4d } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../shared/errors.ts';
import type { Split } from '../../../shared/contract/projects.ts';
import { bake, unbake } from '../backend/index.ts';
import { decodeEach } from '../data/decode.ts';
import { openFeatureCache } from '../data/feature-cache.ts';
import type { FeatureKey } from '../data/feature-cache.ts';
import type { RowPack } from '../data/cache/row-pack.ts';
import { loadPixels as loadCachedPixels, openPixelCache } from '../data/pixel-cache.ts';
import type { DatasetItem, Places } from '../protocol.ts';
import { modelTensors } from '../weights/model-tensors.ts';
import type { RunControl } from './control.ts';
import { hashTensors } from './freezing.ts';
import { below } from './network.ts';
import type { Network, Trainable } from './network.ts';
import type { Reporter } from './reporter.ts';
import type { Rows } from './rows.ts';

/** Rows of a stage are held in memory up to this many bytes; beyond, the frozen part runs in every step. */
const memoryBudget = 4 * 2 ** 30;
/** Pictures decoded ahead of the frozen part, and how many of them it takes at a time. */
const chunkSize = 128;
const featureBatch = 32;

/** The pictures of a run with what each stage needs of them. */
export interface Dataset {
  items: DatasetItem[];
  /** Class index per item, -1 where unknown. */
  labels: Int32Array;
  /** Items that gave no picture; they take no part. */
  failed: { id: number; reason: string }[];
  /** Of the frozen part, over the items it was computed for; null while nothing was computed. */
  imagesPerSecond: number | null;
  /** Readable items of a split, as positions. */
  positions(split: Split): Int32Array;
  /** What enters a stage's trainable part, for every item: computed once, then cached on disk. */
  rowsAt(part: Trainable): Promise<Rows>;
  dispose(): void;
}

export function createDataset(
  items: DatasetItem[],
  network: Network,
  places: Places,
  control: RunControl,
  reporter: Reporter,
): Dataset {
  const labels = Int32Array.from(items, (item) => item.classIndex);
  const failed = new Map<number, string>();
  const computed = { images: 0, seconds: 0 };
  const context: Loading = { items, network, places, control, reporter, failed, computed, pixels: null };
  return {
    items,
    labels,
    get failed() {
      return [...failed].map(([position, reason]) => ({ id: items[position]?.id ?? -1, reason }));
    },
    get imagesPerSecond() {
      return computed.images > 0 ? computed.images / Math.max(computed.seconds, 1e-3) : null;
    },
    positions: (split) =>
      Int32Array.from(items.keys()).filter(
        (position) => items[position]?.split === split && !failed.has(position),
      ),
    async rowsAt(part) {
      const rows = await loadRows(context, part);
      if (failed.size === items.length)
        throw new GraftError('run.no-readable-items', { count: items.length });
      return rows;
    },
    dispose: () => (context.pixels = null),
  };
}

interface Loading {
  items: DatasetItem[];
  network: Network;
  places: Places;
  control: RunControl;
  reporter: Reporter;
  failed: Map<number, string>;
  computed: { images: number; seconds: number };
  /** All pixels, once a stage needed them. */
  pixels: Rows | null;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

async function loadRows(loading: Loading, part: Trainable): Promise<Rows> {
  const fits = loading.items.length * sizeOf(part.cutShape) * 4 <= memoryBudget;
  if (part.below !== null && fits) return loadFeatures(loading, part);
  return (loading.pixels ??= await loadPixels(loading));
}

async function loadPixels(loading: Loading): Promise<Rows> {
  const { items, network, reporter } = loading;
  const { size, resize: mode } = network.spec.input;
  const shape = [size, size, 3];
  const bytes = items.length * sizeOf(shape);
  if (bytes > memoryBudget)
    throw new GraftError('run.too-many-pixels', {
      count: items.length,
      size,
      gigabytes: (bytes / 2 ** 30).toFixed(1),
    });
  reporter.phase('decode', items.length);
  const data = new Uint8Array(bytes);
  const cache = await openPixelCache(loading.places.cacheDir, { size, mode });
  const options = {
    size,
    mode,
    signal: loading.control.signal,
    onProgress: (done: number) => reporter.advance(done),
  };
  const failures = await loadCachedPixels(cache, items, options, data);
  await cache.close();
  for (const { index, reason } of failures) loading.failed.set(index, reason);
  return { kind: 'pixels', count: items.length, shape, data };
}

/** Decodes items into `out`, `[positions.length, size, size, 3]`. Those that fail are remembered. */
async function decodePositions(
  { items, network, control, failed }: Loading,
  positions: Int32Array,
  out: Uint8Array,
): Promise<void> {
  const { size, resize: mode } = network.spec.input;
  const bytes = size * size * 3;
  const wanted = Array.from(positions, (position) => items[position] as DatasetItem);
  const failures = await decodeEach(
    wanted.map(({ path }) => path),
    { size, mode, signal: control.signal, sha256: wanted.map(({ sha256 }) => sha256) },
    (index, image) => out.set(image, index * bytes),
  );
  for (const { index, reason } of failures) failed.set(positions[index] as number, reason);
}

async function loadFeatures(loading: Loading, part: Trainable): Promise<Rows> {
  const { items, reporter } = loading;
  const width = sizeOf(part.cutShape);
  reporter.phase('features', items.length);
  const data = new Float32Array(items.length * width);
  const cache = await openFeatureCache(loading.places.cacheDir, featureKey(loading.network, part), width);
  const missing = await cache.read(
    items.map(({ sha256 }) => sha256),
    data,
  );
  if (missing.length > 0) await computeFeatures(loading, part, cache, missing, data);
  await cache.close();
  reporter.advance(items.length);
  return { kind: 'features', count: items.length, shape: part.cutShape, data };
}

/** Everything the features at a cut depend on besides the pictures. */
function featureKey({ spec }: Network, part: Trainable): FeatureKey {
  const proof = part.below ? hashTensors(modelTensors(part.below)) : {};
  return {
    size: spec.input.size,
    mode: spec.input.resize,
    architecture: spec.body.kind === 'zoo' ? spec.body.arch : spec.body.kind,
    preprocessing: spec.preprocessing,
    weightsHash: createHash('sha256').update(JSON.stringify(proof)).digest('hex'),
    layer: part.cut,
  };
}

/** Decodes ahead while the frozen part works, and stores each chunk as soon as it is there. */
async function computeFeatures(
  loading: Loading,
  part: Trainable,
  cache: RowPack,
  missing: Int32Array,
  data: Float32Array,
): Promise<void> {
  const { reporter, computed, items, failed } = loading;
  const width = sizeOf(part.cutShape);
  const frozen = part.below ? modelTensors(part.below).map(({ variable }) => variable.read()) : [];
  bake(frozen);
  try {
    let next = decodeChunk(loading, missing, 0);
    for (let start = 0; start < missing.length; start += chunkSize) {
      const waiting = performance.now();
      const chunk = await next;
      reporter.moveTo('decode', (performance.now() - waiting) / 1000);
      next = decodeChunk(loading, missing, start + chunkSize);
      next.catch(() => undefined);
      const began = performance.now();
      await computeChunk(loading, part, chunk, data);
      computed.seconds += (performance.now() - began) / 1000;
      computed.images += chunk.positions.length;
      const whole = chunk.positions.filter((position) => !failed.has(position));
      await cache.append(
        Array.from(whole, (position) => (items[position] as DatasetItem).sha256),
        Array.from(whole, (position) => data.subarray(position * width, (position + 1) * width)),
      );
      reporter.advance(items.length - missing.length + start + chunk.positions.length);
    }
  } finally {
    unbake(frozen);
  }
}

interface Chunk {
  positions: Int32Array;
  pixels: Uint8Array;
}

async function decodeChunk(loading: Loading, missing: Int32Array, start: number): Promise<Chunk> {
  const positions = missing.slice(start, start + chunkSize);
  const { size } = loading.network.spec.input;
  // Room for a full last batch: every batch has the same shape, or it would be compiled again.
  const rows = Math.ceil(positions.length / featureBatch) * featureBatch;
  const pixels = new Uint8Array(rows * size * size * 3);
  await decodePositions(loading, positions, pixels);
  return { positions, pixels };
}

async function computeChunk(
  loading: Loading,
  part: Trainable,
  chunk: Chunk,
  data: Float32Array,
): Promise<void> {
  const { network, control } = loading;
  const { size } = network.spec.input;
  const width = sizeOf(part.cutShape);
  const bytes = size * size * 3;
  for (let start = 0; start < chunk.positions.length; start += featureBatch) {
    await control.yield();
    if (control.stopped) throw new GraftError('cancelled');
    const pixels = Float32Array.from(chunk.pixels.subarray(start * bytes, (start + featureBatch) * bytes));
    const input = tensor4d(pixels, [featureBatch, size, size, 3]);
    const output = below(network, part, input);
    const values = output.dataSync<'float32'>();
    input.dispose();
    output.dispose();
    for (let row = 0; row < Math.min(featureBatch, chunk.positions.length - start); row++) {
      data.set(
        values.subarray(row * width, (row + 1) * width),
        (chunk.positions[start + row] as number) * width,
      );
    }
  }
}
