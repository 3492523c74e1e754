import { availableParallelism } from 'node:os';
import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { FailOnOptions, Sharp } from 'sharp';
import type { BrokenReason } from '../../../../shared/item-reasons.ts';
import { decodeBmp } from './bmp.ts';
import { ImageError } from './image-error.ts';
import { looksWhole } from './looks-whole.ts';
import { isDecoded, sniffFormat } from './signatures.ts';
import type { ImageFile } from './signatures.ts';

// Pictures are decoded side by side, so each needs one thread only; nothing is decoded twice, so nothing is kept.
sharp.concurrency(1);
sharp.cache(false);

/** Larger pictures are refused before decoding: a few kilobytes can claim gigabytes of pixels. */
export const maxPixels = 120_000_000;
/** A file is read whole, so that its hash and its picture come from the same bytes. */
export const maxFileBytes = 512 * 1024 * 1024;
/** A picture that takes longer is given up; a hostile file must not hold the engine. */
export const decodeSeconds = 60;

/** How many pictures to decode side by side: one a processor, and one more that is being read meanwhile. */
export const decodeConcurrency = availableParallelism() + 1;

/**
 * Reads a file that should be a picture and tells its true format.
 * @throws ImageError missing, unreadable, zero-bytes, too-many-bytes, not-an-image, unsupported-format
 */
export async function readImageFile(path: string): Promise<ImageFile> {
  return imageFileOf(await readBounded(path));
}

/**
 * The same for the content of a file.
 * @throws ImageError zero-bytes, too-many-bytes, not-an-image, unsupported-format
 */
export function imageFileOf(content: Uint8Array): ImageFile {
  if (content.byteLength > maxFileBytes) throw new ImageError('too-many-bytes');
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length === 0) throw new ImageError('zero-bytes');
  const format = sniffFormat(bytes);
  if (format === null) throw new ImageError('not-an-image');
  if (!isDecoded(format)) throw new ImageError('unsupported-format', format);
  return { bytes, format };
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new ImageError('too-many-bytes');
    return await readFile(path);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new ImageError(code === 'ENOENT' ? 'missing' : 'unreadable', null, { cause: error });
  }
}

/**
 * A sharp pipeline over the first frame or page. `failOn` as in sharp: how much damage to put up with.
 * @throws ImageError for a bitmap that cannot be decoded; sharp's own errors come later, see `imageErrorOf`
 */
export function openImage({ bytes, format }: ImageFile, failOn: FailOnOptions): Sharp {
  const options = { failOn, limitInputPixels: maxPixels, sequentialRead: true };
  if (format !== 'bmp') return sharp(bytes, options).timeout({ seconds: decodeSeconds });
  const { data, width, height } = decodeBmp(bytes, maxPixels);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** What an error thrown by a pipeline of `openImage` says about the file. */
export function imageErrorOf(error: unknown, file: ImageFile): ImageError {
  if (error instanceof ImageError) return error;
  const { format } = file;
  const message = error instanceof Error ? error.message : String(error);
  const because = (reason: BrokenReason) => new ImageError(reason, format, { cause: error });
  if (/pixel limit/i.test(message)) return because('too-many-pixels');
  const whole = looksWhole(file);
  if (whole !== null) return because(whole ? 'corrupt' : 'truncated');
  if (
    /premature end|truncated|read error|unexpected end|end of (file|stream)|not enough data/i.test(message)
  ) {
    return because('truncated');
  }
  return because(/unsupported|codec|compression/i.test(message) ? 'unsupported-format' : 'corrupt');
}
