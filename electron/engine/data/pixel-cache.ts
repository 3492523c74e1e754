import { join } from 'node:path';
import { openRowPack } from './cache/row-pack.ts';
import type { RowPack } from './cache/row-pack.ts';
import { decodeEach, decoderVersion } from './decode.ts';
import type { DecodeFailure, DecodeManyOptions, DecodeOptions } from './decode.ts';

/** A picture by its place on disk and what its bytes hashed to when it was inspected. */
export interface CachedItem {
  path: string;
  sha256: string;
}

/** Opens the cache of decoded pixels at one size, uint8 `[size, size, 3]` a row, in the project's cache folder. */
export function openPixelCache(cacheDir: string, { size, mode }: DecodeOptions): Promise<RowPack> {
  return openRowPack(join(cacheDir, 'pixels'), { size, mode, decoder: decoderVersion }, size * size * 3);
}

/** Pictures appended at a time; what was decoded before a crash is kept. */
const chunk = 256;

/**
 * Fills `out`, `[items.length, size, size, 3]`, from the cache, and decodes and keeps what it lacks.
 * A cache that cannot be written is no reason to stop: the pixels are there, only not kept.
 * @returns the items that gave no picture, by index
 * @throws GraftError cancelled
 */
export async function loadPixels(
  cache: RowPack,
  items: readonly CachedItem[],
  options: DecodeManyOptions,
  out: Uint8Array,
): Promise<DecodeFailure[]> {
  const bytes = options.size * options.size * 3;
  const row = (index: number) => out.subarray(index * bytes, (index + 1) * bytes);
  const missing = await cache.read(
    items.map(({ sha256 }) => sha256),
    out,
  );
  const failures: DecodeFailure[] = [];
  let writable = true;
  for (let start = 0; start < missing.length; start += chunk) {
    const indices = [...missing.subarray(start, start + chunk)];
    const wanted = indices.map((index) => items[index] as CachedItem);
    const failed = await decodeEach(
      wanted.map(({ path }) => path),
      { ...options, sha256: wanted.map(({ sha256 }) => sha256), onProgress: undefined },
      (at, image) => row(indices[at] as number).set(image),
    );
    const bad = new Set(failed.map(({ index }) => index));
    for (const { index, reason } of failed) failures.push({ index: indices[index] as number, reason });
    const kept = indices.filter((_, at) => !bad.has(at));
    writable &&= await cache
      .append(
        kept.map((index) => (items[index] as CachedItem).sha256),
        kept.map(row),
      )
      .then(
        () => true,
        () => false,
      );
    options.onProgress?.(items.length - missing.length + start + indices.length, items.length);
  }
  return failures;
}
