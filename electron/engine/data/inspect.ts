import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Metadata } from 'sharp';
import type { BrokenReason, WarningReason } from '../../../shared/item-reasons.ts';
import { bmpSize } from './formats/bmp.ts';
import { ImageError } from './formats/image-error.ts';
import { decodeConcurrency, imageErrorOf, openImage, readImageFile } from './formats/open-image.ts';
import { extensionOf, formatOfExtension } from './formats/signatures.ts';
import type { DecodedFormat, ImageFile, KnownFormat } from './formats/signatures.ts';
import { differenceHash } from './difference-hash.ts';
import { forEachConcurrently } from './concurrently.ts';

/** A picture that can be used. */
export interface UsableImage {
  usable: true;
  /** Pixels, after EXIF orientation. */
  width: number;
  height: number;
  /** What the bytes are, whatever the name says. */
  format: DecodedFormat;
  /** EXIF orientation, 1 to 8; 1 is upright. */
  orientation: number;
  bytes: number;
  sha256: string;
  /** Difference hash of the upright picture, 16 hex digits. */
  dhash: string;
  warnings: WarningReason[];
}

/** A file that gives no picture. `sha256` and `bytes` are there when it could be read. */
export interface UnusableImage {
  usable: false;
  reason: BrokenReason;
  format: KnownFormat | null;
  bytes: number | null;
  sha256: string | null;
}

export type Inspection = UsableImage | UnusableImage;

/** Shorter sides below this are enlarged a lot by any backbone's input. */
export const tinySide = 48;
/** Shorter sides below this hold nothing to see. */
export const smallestSide = 8;
/** Long side over short side from which squeezing or cropping loses most of the picture. */
export const extremeAspect = 5;

/**
 * Looks at one file and decodes it once, since truncation and damage show only then. Never throws for a bad file.
 * Peak memory is the file plus at most 4 million pixels, except for formats that can only be decoded whole.
 */
export async function inspectImage(path: string): Promise<Inspection> {
  let file: ImageFile | null = null;
  let sha256: string | null = null;
  try {
    file = await readImageFile(path);
    sha256 = createHash('sha256').update(file.bytes).digest('hex');
    return { usable: true, ...(await describe(file, basename(path))), bytes: file.bytes.length, sha256 };
  } catch (error) {
    const { reason, format } = file ? imageErrorOf(error, file) : asImageError(error);
    return { usable: false, reason, format, bytes: file?.bytes.length ?? null, sha256 };
  }
}

/**
 * Inspects many files, as many at a time as the machine has processors. `onResult` is called in the order of completion.
 * @throws GraftError cancelled when `signal` fires; files under way are finished first
 */
export async function inspectMany(
  paths: readonly string[],
  onResult: (index: number, inspection: Inspection) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  await forEachConcurrently(paths, decodeConcurrency, signal, async (path, index) => {
    await onResult(index, await inspectImage(path));
  });
}

type Description = Pick<UsableImage, 'width' | 'height' | 'format' | 'orientation' | 'dhash' | 'warnings'>;

async function describe(file: ImageFile, name: string): Promise<Description> {
  const metadata = await readMetadata(file);
  const orientation = metadata.orientation ?? 1;
  const turned = orientation >= 5;
  const width = turned ? metadata.height : metadata.width;
  const height = turned ? metadata.width : metadata.height;
  if (Math.min(width, height) < smallestSide) throw new ImageError('too-small', file.format);
  const { dhash, endMissing } = await decodeOnce(file, { width, height });
  const warnings = warningsOf(file.format, name, metadata, width, height);
  if (endMissing) warnings.push('end-missing');
  return { width, height, format: file.format, orientation, dhash, warnings };
}

type Properties = Pick<
  Metadata,
  'width' | 'height' | 'orientation' | 'space' | 'depth' | 'hasAlpha' | 'pages'
>;

async function readMetadata(file: ImageFile): Promise<Properties> {
  if (file.format === 'bmp') {
    return { ...bmpSize(file.bytes), space: 'srgb', depth: 'uchar', hasAlpha: false };
  }
  return openImage(file, 'none').metadata();
}

/**
 * Decodes strictly; a JPEG that fails is tried once more with an end marker added. If that heals it,
 * only the last bytes are missing and the picture is whole.
 */
async function decodeOnce(file: ImageFile, size: Size): Promise<{ dhash: string; endMissing: boolean }> {
  try {
    return { dhash: await decodeStrictly(file, size), endMissing: false };
  } catch (error) {
    const problem = imageErrorOf(error, file);
    if (file.format !== 'jpeg' || problem.reason !== 'truncated') throw problem;
    const bytes = Buffer.concat([file.bytes, endOfImage]);
    try {
      return { dhash: await decodeStrictly({ ...file, bytes }, size), endMissing: true };
    } catch {
      throw problem;
    }
  }
}

const strayBytes = /corrupt jpeg data: \d+ extraneous bytes[^\n]*/gi;

/** libjpeg's warnings mean damage, but for stray bytes between segments, which some cameras write. */
async function decodeStrictly(file: ImageFile, size: Size): Promise<string> {
  // Other formats warn of unknown tags and profiles too, which say nothing about the picture.
  if (file.format !== 'jpeg') return hashOf(file, size, 'error');
  try {
    return await hashOf(file, size, 'warning');
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const damage = message.replace(strayBytes, '');
    if (damage !== message && !/corrupt|premature/i.test(damage)) return hashOf(file, size, 'error');
    throw error;
  }
}

interface Size {
  width: number;
  height: number;
}

const endOfImage = Buffer.from([0xff, 0xd9]);
/** Up to this many pixels a picture is decoded as it is: reducing it would take longer than it saves. */
const wholePixels = 2_000_000;
const maxDecodedPixels = 4_000_000;

/**
 * Larger pictures are decoded at half their size, which still reads every row: reducing further makes libvips
 * skip the last rows, and with them the damage there. Only pictures over 16 million pixels are reduced more.
 */
async function hashOf(file: ImageFile, size: Size, failOn: 'error' | 'warning'): Promise<string> {
  const pixels = size.width * size.height;
  const scale = Math.min(0.5, Math.sqrt(maxDecodedPixels / pixels));
  const image = openImage(file, failOn).autoOrient().flatten({ background: '#ffffff' });
  if (pixels > wholePixels) image.resize({ ...scaled(size, scale), fit: 'fill', kernel: 'linear' });
  const { data, info } = await image
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return differenceHash({ data, width: info.width, height: info.height, channels: info.channels });
}

function scaled({ width, height }: Size, scale: number): Size {
  return {
    width: Math.max(smallestSide, Math.round(width * scale)),
    height: Math.max(smallestSide, Math.round(height * scale)),
  };
}

function warningsOf(
  format: DecodedFormat,
  name: string,
  properties: Properties,
  width: number,
  height: number,
): WarningReason[] {
  const promised = formatOfExtension(extensionOf(name));
  const several = (properties.pages ?? 1) > 1;
  const found: [boolean, WarningReason][] = [
    [promised !== null && promised !== format, 'wrong-extension'],
    [several && format !== 'tiff', 'animated'],
    [several && format === 'tiff', 'multi-page'],
    [properties.space === 'cmyk', 'cmyk'],
    [properties.depth !== 'uchar', '16-bit'],
    [properties.hasAlpha === true, 'alpha'],
    [Math.min(width, height) < tinySide, 'tiny'],
    [Math.max(width, height) >= extremeAspect * Math.min(width, height), 'extreme-aspect'],
    [(properties.orientation ?? 1) !== 1, 'exif-rotated'],
  ];
  return found.filter(([applies]) => applies).map(([, warning]) => warning);
}

function asImageError(error: unknown): ImageError {
  return error instanceof ImageError ? error : new ImageError('unreadable', null, { cause: error });
}
