import { createHash } from 'node:crypto';
import { tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../../shared/errors.ts';
import type { Augmentation } from '../../../../shared/recipe/augmentation.ts';
import { rowBudget } from '../../../../shared/recipe/estimate.ts';
import { derivedSeed } from '../../../../shared/random.ts';
import type { Split } from '../../../../shared/contract/projects.ts';
import { bake, unbake } from '../../backend/index.ts';
import { decodeEach } from '../../data/decode.ts';
import { openFeatureCache } from '../../data/feature-cache.ts';
import type { FeatureKey } from '../../data/feature-cache.ts';
import type { RowPack } from '../../data/cache/row-pack.ts';
import { loadPixels as loadCachedPixels, openPixelCache } from '../../data/pixel-cache.ts';
import type { DatasetItem, Places } from '../../protocol.ts';
import { parametersOfGraph } from '../../weights/graphs/frozen-graph.ts';
import { modelTensors } from '../../weights/model-tensors.ts';
import { augmentPixels } from './batch.ts';
import type { RunControl } from '../control.ts';
import { hashTensors } from '../network/freezing.ts';
import { below } from '../network/network.ts';
import type { Network, Trainable } from '../network/network.ts';
import type { PassTimer } from '../timing/pass-timer.ts';
import type { Reporter } from '../reporter.ts';
import type { Rows, Variants } from './rows.ts';

/** Pictures decoded ahead of the frozen part, and how many of them it takes at a time. */
const chunkSize = 128;
export const featureBatch = 32;

/** The pictures of a run with what each stage needs of them. */
export interface Dataset {
  items: DatasetItem[];
  /** Class index per item, -1 where unknown. */
  labels: Int32Array;
  /** Items that gave no picture; they take no part. */
  failed: { id: number; reason: string }[];
  /** Of the frozen part, over the items it was computed for; null while nothing was computed. */
  imagesPerSecond: number | null;
  /** Readable, labelled items of a split, as positions. */
  positions(split: Split): Int32Array;
  /** What enters a stage's trainable part, for every item: computed once, then cached on disk. */
  rowsAt(part: Trainable, augmentation: Augmentation | null): Promise<Rows>;
  dispose(): void;
}

export function createDataset(
  items: DatasetItem[],
  network: Network,
  places: Places,
  control: RunControl,
  reporter: Reporter,
  timer?: PassTimer,
): Dataset {
  const labels = Int32Array.from(items, (item) => item.classIndex);
  const failed = new Map<number, string>();
  const computed = { images: 0, seconds: 0 };
  const context: Loading = {
    items,
    network,
    places,
    control,
    reporter,
    failed,
    computed,
    timer,
    pixels: null,
  };
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
        (position) => items[position]?.split === split && labels[position] !== -1 && !failed.has(position),
      ),
    async rowsAt(part, augmentation) {
      const rows = await loadRows(context, part, augmentation);
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
  /** Where passes of the whole frozen body are booked. */
  timer: PassTimer | undefined;
  /** All pixels, once a stage needed them. */
  pixels: Rows | null;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

async function loadRows(loading: Loading, part: Trainable, augmentation: Augmentation | null): Promise<Rows> {
  const { items } = loading;
  const training = augmentation
    ? items.filter(({ split }) => split === 'train').length * augmentation.variants
    : 0;
  const fits = (items.length + training) * sizeOf(part.cutShape) * 4 <= rowBudget;
  if (part.below === null || !fits) return (loading.pixels ??= await loadPixels(loading));
  const weightsHash = hashBelow(part);
  const rows = await loadFeatures(loading, part, weightsHash);
  if (!augmentation) return rows;
  return { ...rows, variants: await loadVariants(loading, part, augmentation, weightsHash) };
}

async function loadPixels(loading: Loading): Promise<Rows> {
  const { items, network, reporter } = loading;
  const { size, resize: mode } = network.spec.input;
  const shape = [size, size, 3];
  const bytes = items.length * sizeOf(shape);
  if (bytes > rowBudget)
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

/** Bytes of a network's body as float32. */
export function weightBytes({ body }: Network): number {
  const imported = body.layers.reduce((sum, layer) => sum + (parametersOfGraph(layer) ?? 0), 0);
  return modelTensors(body).reduce((sum, { shape }) => sum + sizeOf(shape), imported) * 4;
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

async function loadFeatures(loading: Loading, part: Trainable, weightsHash: string): Promise<Rows> {
  const { items } = loading;
  loading.reporter.phase('features', items.length);
  const positions = Int32Array.from(items.keys());
  const data = await cachedRows(loading, part, { positions, variant: null, weightsHash });
  return { kind: 'features', count: items.length, shape: part.cutShape, data };
}

/** The training pictures' features under `variants` draws of the augmentation each. */
async function loadVariants(
  loading: Loading,
  part: Trainable,
  settings: Augmentation,
  weightsHash: string,
): Promise<Variants> {
  const { items, reporter } = loading;
  const positions = Int32Array.from(items.keys()).filter((position) => items[position]?.split === 'train');
  const rowOf = new Int32Array(items.length).fill(-1);
  positions.forEach((position, row) => (rowOf[position] = row));
  const data: Float32Array[] = [];
  for (let number = 0; number < settings.variants; number++) {
    reporter.phase('features', positions.length);
    data.push(await cachedRows(loading, part, { positions, variant: { settings, number }, weightsHash }));
  }
  return { rowOf, data };
}

/** Which rows to compute: items, as they are or as one draw of the augmentation makes them. */
interface Wanted {
  positions: Int32Array;
  variant: { settings: Augmentation; number: number } | null;
  /** Of the frozen part; one for all variants. */
  weightsHash: string;
}

/** Rows of `wanted.positions`, in their order: from the cache, and computed where it has none. */
async function cachedRows(loading: Loading, part: Trainable, wanted: Wanted): Promise<Float32Array> {
  const { items, places, network, reporter } = loading;
  const width = sizeOf(part.cutShape);
  const data = new Float32Array(wanted.positions.length * width);
  const cache = await openFeatureCache(places.cacheDir, featureKey(network, part, wanted), width);
  const hashes = Array.from(wanted.positions, (position) => (items[position] as DatasetItem).sha256);
  const missing = await cache.read(hashes, data);
  if (missing.length > 0) await computeFeatures(loading, part, cache, wanted, missing, data);
  await cache.close();
  reporter.advance(wanted.positions.length);
  return data;
}

/** Hash over every tensor below the cut. */
function hashBelow(part: Trainable): string {
  const proof = part.below ? hashTensors(modelTensors(part.below)) : {};
  return createHash('sha256').update(JSON.stringify(proof)).digest('hex');
}

/** Everything the features at a cut depend on besides the pictures. */
function featureKey({ spec }: Network, part: Trainable, { variant, weightsHash }: Wanted): FeatureKey {
  return {
    size: spec.input.size,
    mode: spec.input.resize,
    architecture: spec.body.kind === 'zoo' ? spec.body.arch : spec.body.kind,
    preprocessing: spec.preprocessing,
    weightsHash,
    layer: part.cut,
    variant: variant && JSON.stringify({ ...variant.settings, variants: undefined, number: variant.number }),
  };
}

/**
 * Decodes ahead while the frozen part works, and stores each chunk as soon as it is there.
 * `missing` are rows of `data`, and so places in `wanted.positions`.
 */
async function computeFeatures(
  loading: Loading,
  part: Trainable,
  cache: RowPack,
  wanted: Wanted,
  missing: Int32Array,
  data: Float32Array,
): Promise<void> {
  const { reporter, computed, items, failed } = loading;
  const width = sizeOf(part.cutShape);
  const rowOf = (row: number) => data.subarray(row * width, (row + 1) * width);
  const itemOf = (row: number) => items[wanted.positions[row] as number] as DatasetItem;
  const frozen = part.below ? modelTensors(part.below).map(({ variable }) => variable.read()) : [];
  bake(frozen);
  try {
    let next = decodeChunk(loading, wanted, missing, 0);
    for (let start = 0; start < missing.length; start += chunkSize) {
      const waiting = performance.now();
      const chunk = await next;
      reporter.moveTo('decode', (performance.now() - waiting) / 1000);
      next = decodeChunk(loading, wanted, missing, start + chunkSize);
      next.catch(() => undefined);
      const began = performance.now();
      await computeChunk(loading, part, wanted, chunk, rowOf);
      computed.seconds += (performance.now() - began) / 1000;
      computed.images += chunk.rows.length;
      const whole = chunk.rows.filter((row) => !failed.has(wanted.positions[row] as number));
      await cache.append(
        Array.from(whole, (row) => itemOf(row).sha256),
        Array.from(whole, rowOf),
      );
      reporter.advance(wanted.positions.length - missing.length + start + chunk.rows.length);
    }
  } finally {
    unbake(frozen);
  }
}

interface Chunk {
  /** Places in `wanted.positions`. */
  rows: Int32Array;
  pixels: Uint8Array;
}

async function decodeChunk(
  loading: Loading,
  wanted: Wanted,
  missing: Int32Array,
  start: number,
): Promise<Chunk> {
  const rows = missing.slice(start, start + chunkSize);
  const { size } = loading.network.spec.input;
  // Room for a full last batch: every batch has the same shape, or it would be compiled again.
  const room = Math.ceil(rows.length / featureBatch) * featureBatch;
  const pixels = new Uint8Array(room * size * size * 3);
  await decodePositions(
    loading,
    rows.map((row) => wanted.positions[row] as number),
    pixels,
  );
  return { rows, pixels };
}

async function computeChunk(
  loading: Loading,
  part: Trainable,
  wanted: Wanted,
  chunk: Chunk,
  rowOf: (row: number) => Float32Array,
): Promise<void> {
  const { network, control } = loading;
  const { size } = network.spec.input;
  const width = sizeOf(part.cutShape);
  const bytes = size * size * 3;
  for (let start = 0; start < chunk.rows.length; start += featureBatch) {
    await control.yield();
    if (control.stopped) throw new GraftError('cancelled');
    const rows = chunk.rows.subarray(start, start + featureBatch);
    const began = performance.now();
    const output = tidy(() => {
      const pixels = Float32Array.from(chunk.pixels.subarray(start * bytes, (start + featureBatch) * bytes));
      const input = tensor4d(pixels, [featureBatch, size, size, 3]);
      return below(network, part, vary(loading, input, wanted, rows));
    });
    const values = output.dataSync<'float32'>();
    output.dispose();
    if (part.above === null && !wanted.variant) loading.timer?.add(performance.now() - began);
    rows.forEach((row, at) => rowOf(row).set(values.subarray(at * width, (at + 1) * width)));
  }
}

/** Each picture's draw depends on its content and the variant's number, as its place in the cache does. */
function vary(
  loading: Loading,
  pixels: Tensor4D,
  { positions, variant }: Wanted,
  rows: Int32Array,
): Tensor4D {
  if (!variant) return pixels;
  const seeds = Array.from({ length: featureBatch }, (_, at) => {
    const item = loading.items[positions[rows[at] ?? 0] ?? 0] as DatasetItem;
    return derivedSeed(variant.number, Number.parseInt(item.sha256.slice(0, 8), 16));
  });
  return augmentPixels(pixels, variant.settings, seeds);
}
