import type { RowPack } from './cache/row-pack.ts';
import { openRowPack } from './cache/row-pack.ts';
import { turnedHash } from './difference-hash.ts';
import { decodeEach, decoderVersion } from './decode.ts';
import type { CachedItem } from './pixel-cache.ts';

/** What is measured of a picture, in the order of a stored row. */
export const measureNames = [
  'brightness',
  'contrast',
  'sharpness',
  'saturation',
  'warmth',
  'greenness',
] as const;
export type MeasureName = (typeof measureNames)[number];

/** Pictures are compared at the size a network sees them: a small one that was enlarged is blurred there too. */
const side = 224;
/** Goes up whenever the same pixels would give other numbers. */
const measuresVersion = 2;
/** Pictures kept at a time; what was measured before a crash is there. */
const chunk = 256;

/**
 * Measures of a picture of 8-bit RGB, `[size, size, 3]`:
 * brightness and contrast (mean and standard deviation of the luma of ITU-R BT.601, 0 to 1), sharpness (log10 of
 * 1 + the variance of its Laplacian; Pech-Pacheco et al. 2000), saturation (largest less smallest channel, 0 to 1),
 * warmth (red less blue) and greenness (green less the mean of red and blue), -1 to 1.
 */
export function measurePicture(rgb: Uint8Array, size: number): Record<MeasureName, number> {
  const luma = new Float64Array(size * size);
  const sums = { luma: 0, squares: 0, red: 0, green: 0, blue: 0, saturation: 0 };
  for (let at = 0; at < luma.length; at++) {
    const [red, green, blue] = [rgb[3 * at] ?? 0, rgb[3 * at + 1] ?? 0, rgb[3 * at + 2] ?? 0];
    const value = 0.299 * red + 0.587 * green + 0.114 * blue;
    luma[at] = value;
    sums.luma += value;
    sums.squares += value * value;
    sums.red += red;
    sums.green += green;
    sums.blue += blue;
    sums.saturation += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  const share = 1 / (255 * luma.length);
  const mean = sums.luma / luma.length;
  return {
    brightness: sums.luma * share,
    contrast: Math.sqrt(Math.max(0, sums.squares / luma.length - mean * mean)) / 255,
    sharpness: Math.log10(1 + laplacianVariance(luma, size)),
    saturation: sums.saturation * share,
    warmth: (sums.red - sums.blue) * share,
    greenness: (sums.green - (sums.red + sums.blue) / 2) * share,
  };
}

/** Over the pixels that have all four neighbours. */
function laplacianVariance(luma: Float64Array, size: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1, at = y * size + 1; x < size - 1; x++, at++) {
      const around = luma[at - size]! + luma[at + size]! + luma[at - 1]! + luma[at + 1]!;
      const value = around - 4 * luma[at]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (size - 2) ** 2;
  return Math.max(0, squares / count - (sum / count) ** 2);
}

/** The 64 bits of the turned hash, 16 in each of four numbers. */
const hashParts = 4;
const rowWidth = measureNames.length + hashParts;

/** Opens the cache in the project's cache folder: float32, `measureNames` and then the parts of the hash. */
function openMeasureCache(cacheDir: string): Promise<RowPack> {
  const key = { side, decoder: decoderVersion, version: measuresVersion };
  return openRowPack(`${cacheDir}/measures`, key, rowWidth * Float32Array.BYTES_PER_ELEMENT);
}

export interface MeasureOptions {
  signal?: AbortSignal;
  onProgress?: (done: number) => void;
}

export interface MeasuredPictures {
  /** `[items.length, measureNames.length]`; NaN where a file gives no picture. */
  measures: Float32Array;
  /** Hash of each picture turned by a right angle; '' where there is none. */
  turned: string[];
}

/**
 * Measures of many pictures: from the cache, else decoded and kept there.
 * @throws GraftError cancelled
 */
export async function measurePictures(
  cacheDir: string,
  items: readonly CachedItem[],
  { signal, onProgress }: MeasureOptions = {},
): Promise<MeasuredPictures> {
  const out = new Float32Array(items.length * rowWidth);
  const cache = await openMeasureCache(cacheDir);
  const hashes = items.map(({ sha256 }) => sha256);
  const missing = await cache.read(hashes, out);
  try {
    for (let start = 0; start < missing.length; start += chunk) {
      onProgress?.(items.length - missing.length + start);
      await measureChunk(cache, items, missing.subarray(start, start + chunk), out, signal);
    }
  } finally {
    await cache.close();
  }
  onProgress?.(items.length);
  return unpacked(out);
}

function unpacked(rows: Float32Array): MeasuredPictures {
  const count = rows.length / rowWidth;
  const measures = new Float32Array(count * measureNames.length);
  const turned: string[] = [];
  for (let item = 0; item < count; item++) {
    const row = rows.subarray(item * rowWidth, (item + 1) * rowWidth);
    measures.set(row.subarray(0, measureNames.length), item * measureNames.length);
    const parts = Array.from(row.subarray(measureNames.length));
    turned.push(
      parts.some(Number.isNaN) ? '' : parts.map((part) => part.toString(16).padStart(4, '0')).join(''),
    );
  }
  return { measures, turned };
}

async function measureChunk(
  cache: RowPack,
  items: readonly CachedItem[],
  rows: Int32Array,
  out: Float32Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = Array.from(rows, (row) => items[row]!);
  for (const row of rows) out.fill(NaN, row * rowWidth, (row + 1) * rowWidth);
  const options = {
    size: side,
    mode: 'stretch' as const,
    signal,
    sha256: wanted.map(({ sha256 }) => sha256),
  };
  const failed = await decodeEach(
    wanted.map(({ path }) => path),
    options,
    (index, image) => {
      const measures = measurePicture(image, side);
      const hash = turnedHash({ data: image, width: side, height: side, channels: 3 });
      const parts = (hash.match(/.{4}/g) ?? []).map((part) => Number.parseInt(part, 16));
      out.set([...measureNames.map((name) => measures[name]), ...parts], rows[index]! * rowWidth);
    },
  );
  const bad = new Set(failed.map(({ index }) => index));
  const kept = [...rows.keys()].filter((index) => !bad.has(index));
  // A cache that cannot be written is no reason to stop: the numbers are there, only not kept.
  await cache
    .append(
      kept.map((index) => wanted[index]!.sha256),
      kept.map((index) => out.subarray(rows[index]! * rowWidth, (rows[index]! + 1) * rowWidth)),
    )
    .catch(() => undefined);
}
