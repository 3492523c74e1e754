import type { ImageFile } from './signatures.ts';

const jpegEnd = Buffer.from([0xff, 0xd9]);
const jpegScan = Buffer.from([0xff, 0xda]);
const gifTrailer = 0x3b;

/**
 * Whether a damaged file at least has its end, by the format's own marks; null where the format has none that is
 * quick to find. Tells a file that is cut off from one that was changed inside. libvips' messages cannot: its error
 * buffer is shared by all pictures being decoded, so one picture's message may be missing or another's.
 */
export function looksWhole({ bytes, format }: ImageFile): boolean | null {
  switch (format) {
    case 'jpeg':
      // Within a scan 0xff is always followed by 0, so an end mark after the last scan's start is the real one;
      // that of an EXIF thumbnail comes before it.
      return bytes.lastIndexOf(jpegEnd) > bytes.lastIndexOf(jpegScan);
    case 'png':
      return bytes.lastIndexOf('IEND', undefined, 'latin1') >= 0;
    case 'gif':
      return bytes.at(-1) === gifTrailer;
    case 'webp':
      return bytes.length >= 8 && bytes.readUInt32LE(4) + 8 <= bytes.length;
    default:
      return null;
  }
}
