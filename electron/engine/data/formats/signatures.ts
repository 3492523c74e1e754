/** Telling what a file is from its first bytes: names and extensions lie. */

/** Formats that Graft decodes. */
export const decodedFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'bmp'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];

/** Formats that are pictures, but that Graft cannot decode: worth naming in the answer. */
export type KnownFormat = DecodedFormat | 'heic' | 'jxl' | 'jp2' | 'ico' | 'psd' | 'svg';

/** A file in memory that is a picture by its first bytes. */
export interface ImageFile {
  bytes: Buffer;
  format: DecodedFormat;
}

/** How many leading bytes `sniffFormat` looks at. */
export const signatureBytes = 512;

const extensions: Record<KnownFormat, readonly string[]> = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  png: ['png', 'apng'],
  webp: ['webp'],
  gif: ['gif'],
  tiff: ['tif', 'tiff'],
  avif: ['avif'],
  bmp: ['bmp', 'dib'],
  heic: ['heic', 'heif'],
  jxl: ['jxl'],
  jp2: ['jp2', 'j2k', 'jpx'],
  ico: ['ico'],
  psd: ['psd'],
  svg: ['svg'],
};

/** Each file signature as [offset, text in Latin-1, format]; from the formats' specifications. */
const signatures: readonly [number, string, KnownFormat][] = [
  [0, '\xff\xd8\xff', 'jpeg'],
  [0, '\x89PNG\r\n\x1a\n', 'png'],
  [0, 'GIF87a', 'gif'],
  [0, 'GIF89a', 'gif'],
  [0, 'II*\0', 'tiff'],
  [0, 'MM\0*', 'tiff'],
  [0, 'II+\0', 'tiff'],
  [0, 'MM\0+', 'tiff'],
  [0, '\0\0\0\x0cJXL ', 'jxl'],
  [0, '\xff\x0a', 'jxl'],
  [0, '\0\0\0\x0cjP  ', 'jp2'],
  [0, '\xff\x4f\xff\x51', 'jp2'],
  [0, '8BPS', 'psd'],
  [0, '\0\0\x01\0', 'ico'],
];

/** Brands of an ISO base media file (`ftyp`), ISO/IEC 23008-12 and the AVIF specification. */
const brands: Record<string, KnownFormat> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  hevc: 'heic',
  heim: 'heic',
  mif1: 'heic',
  msf1: 'heic',
};

/** The format of a file by its first `signatureBytes` bytes, or null when it is no picture known here. */
export function sniffFormat(start: Uint8Array): KnownFormat | null {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, signatureBytes)).toString(
    'latin1',
  );
  for (const [offset, signature, format] of signatures) {
    if (text.startsWith(signature, offset)) return format;
  }
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp';
  if (text.startsWith('ftyp', 4)) return sniffBrand(text);
  // "BM" alone is too short to trust: the file header's size of the next header must be a known one.
  if (text.startsWith('BM') && text.length > 17 && [12, 40, 52, 56, 64, 108, 124].includes(start[14] ?? 0))
    return 'bmp';
  if (/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/.test(text))
    return 'svg';
  return null;
}

/** Among the compatible brands AVIF wins: `mif1` alone says only "some still image". */
function sniffBrand(text: string): KnownFormat | null {
  const list: string[] = [];
  for (let at = 8; at + 4 <= Math.min(text.length, 64); at += 4) list.push(text.slice(at, at + 4));
  const known = list.map((brand) => brands[brand]).filter((format) => format !== undefined);
  return known.includes('avif') ? 'avif' : (known[0] ?? null);
}

export function isDecoded(format: KnownFormat): format is DecodedFormat {
  return (decodedFormats as readonly string[]).includes(format);
}

/** The extension of a file name in lower case without the dot; '' when there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** The format that an extension promises, or null for an unknown or missing one. */
export function formatOfExtension(extension: string): KnownFormat | null {
  for (const [format, names] of Object.entries(extensions)) {
    if (names.includes(extension)) return format as KnownFormat;
  }
  return null;
}
