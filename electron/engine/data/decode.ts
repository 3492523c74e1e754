import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { BrokenReason } from '../../../shared/item-reasons.ts';
import { writeBeside } from '../tensors/write-beside.ts';
import { forEachConcurrently } from './concurrently.ts';
import { ImageError } from './formats/image-error.ts';
import { decodeConcurrency, imageErrorOf, openImage, readImageFile } from './formats/open-image.ts';
import type { ImageFile } from './formats/signatures.ts';

/** `stretch` ignores the aspect ratio, as Keras' image loaders do; `crop` takes the largest centred square. */
export type ResizeMode = 'stretch' | 'crop';

/** Goes up whenever the same file would give other pixels; part of every cache key. */
export const decoderVersion = 1;

export interface DecodeOptions {
  /** Side of the square result in pixels. */
  size: number;
  mode: ResizeMode;
}

export interface DecodeManyOptions extends DecodeOptions {
  concurrency?: number;
  signal?: AbortSignal;
  /** What each file's bytes hashed to at inspection; a file that has changed since fails as `changed`. */
  sha256?: readonly string[];
  /** Called as pictures are done, at most every `progressInterval` ms, and once at the end. */
  onProgress?: (done: number, total: number) => void;
}

/** A file that gave no pixels; its place in the result is black. */
export interface DecodeFailure {
  index: number;
  reason: BrokenReason;
}

export interface DecodedBatch {
  /** uint8 RGB, `[paths.length, size, size, 3]`. */
  pixels: Uint8Array;
  failures: DecodeFailure[];
}

/**
 * One picture as 8-bit sRGB, `[size, size, 3]`: turned upright by its EXIF tag, CMYK and wide-gamut colours
 * converted by their profile, 16 bits scaled to 8, grey spread over three channels, transparency put on white.
 * Bilinear, averaging over the area when reducing. Damage that still gives a picture is put up with, as
 * inspection has judged the file before.
 * @throws ImageError when there is no picture to be had
 */
export async function decodeImage(path: string, options: DecodeOptions): Promise<Uint8Array> {
  return decodeFile(await readImageFile(path), options);
}

/** The same as `decodeImage` for a file that is in memory already. */
export async function decodeFile(file: ImageFile, { size, mode }: DecodeOptions): Promise<Uint8Array> {
  try {
    const { data, info } = await openImage(file, 'none')
      .autoOrient()
      .resize({ width: size, height: size, fit: mode === 'crop' ? 'cover' : 'fill', kernel: 'linear' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels === 3) return data;
    if (info.channels === 1) return spreadGrey(data);
    throw new ImageError('corrupt', file.format);
  } catch (error) {
    throw imageErrorOf(error, file);
  }
}

/** Milliseconds between progress reports. */
const progressInterval = 100;

/**
 * Decodes many pictures side by side into one array. A file that fails is reported by its index, not thrown.
 * @throws GraftError cancelled
 */
export async function decodeMany(
  paths: readonly string[],
  options: DecodeManyOptions,
): Promise<DecodedBatch> {
  const bytesEach = options.size * options.size * 3;
  const pixels = new Uint8Array(paths.length * bytesEach);
  const failures = await decodeEach(paths, options, (index, image) => pixels.set(image, index * bytesEach));
  return { pixels, failures };
}

/**
 * Decodes many pictures side by side and hands each over when it is done, so that they need not lie in memory together.
 * @throws GraftError cancelled
 */
export async function decodeEach(
  paths: readonly string[],
  options: DecodeManyOptions,
  onImage: (index: number, image: Uint8Array) => void,
): Promise<DecodeFailure[]> {
  const { concurrency = decodeConcurrency, signal, onProgress, sha256 } = options;
  const failures: DecodeFailure[] = [];
  let done = 0;
  let reported = performance.now();
  await forEachConcurrently(paths, concurrency, signal, async (path, index) => {
    try {
      const file = await readImageFile(path);
      if (sha256 && hashOf(file.bytes) !== sha256[index]) throw new ImageError('changed', file.format);
      onImage(index, await decodeFile(file, options));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      failures.push({ index, reason: error.reason });
    }
    done++;
    if (performance.now() - reported < progressInterval && done < paths.length) return;
    reported = performance.now();
    onProgress?.(done, paths.length);
  });
  return failures.sort((a, b) => a.index - b.index);
}

/**
 * Writes a small upright WebP whose longer side is at most `size` pixels; never enlarges. Written beside and renamed.
 * @throws ImageError when there is no picture; GraftError file.unwritable
 */
export async function thumbnail(path: string, size: number, out: string): Promise<void> {
  await writeBeside(out, await thumbnailBytes(path, size));
}

/**
 * The same small picture as bytes of a WebP.
 * @throws ImageError when there is no picture
 */
export async function thumbnailBytes(path: string, size: number): Promise<Buffer> {
  const file = await readImageFile(path);
  try {
    return await openImage(file, 'none')
      .autoOrient()
      .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: thumbnailQuality, effort: 1 })
      .toBuffer();
  } catch (error) {
    throw imageErrorOf(error, file);
  }
}

const thumbnailQuality = 78;

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function spreadGrey(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] ?? 0, 3 * i, 3 * i + 3);
  return rgb;
}
