import { ImageError } from './image-error.ts';

/**
 * Windows bitmaps, which sharp does not read: uncompressed 1 to 32 bits, bit fields, RLE4 and RLE8.
 * Transparency is ignored, as most programs do: its byte is often zero in opaque pictures.
 * Layout: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER).
 */
export interface RawImage {
  width: number;
  height: number;
  /** RGB, `[height, width, 3]`, top row first. */
  data: Uint8Array;
}

interface Header {
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  compression: number;
  dataStart: number;
  palette: Uint8Array;
  paletteStep: 3 | 4;
  masks: readonly [red: number, green: number, blue: number];
}

const compressions = { none: 0, rle8: 1, rle4: 2, bitFields: 3, alphaBitFields: 6 };

/**
 * Decodes a bitmap of at most `maxPixels` pixels.
 * @throws ImageError truncated, corrupt, too-many-pixels, unsupported-format
 */
export function decodeBmp(file: Uint8Array, maxPixels: number): RawImage {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const header = readHeader(view, file);
  const { width, height } = header;
  if (width * height > maxPixels) throw new ImageError('too-many-pixels', 'bmp');
  const data = new Uint8Array(width * height * 3);
  if (header.compression === compressions.rle8 || header.compression === compressions.rle4) {
    readRuns(file, header, data);
  } else {
    readRows(view, header, data);
  }
  return { width, height, data };
}

/** Width and height alone, from the header. */
export function bmpSize(file: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(new DataView(file.buffer, file.byteOffset, file.byteLength), file);
  return { width, height };
}

const fileHeaderBytes = 14;

function readHeader(view: DataView, file: Uint8Array): Header {
  if (file.length < fileHeaderBytes + 12) throw new ImageError('truncated', 'bmp');
  const headerBytes = view.getUint32(14, true);
  const core = headerBytes === 12;
  if (file.length < fileHeaderBytes + headerBytes || (!core && headerBytes < 40))
    throw new ImageError('truncated', 'bmp');
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const header = {
    width: core ? view.getUint16(18, true) : view.getInt32(18, true),
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression: core ? compressions.none : view.getUint32(30, true),
    dataStart: view.getUint32(10, true),
    paletteStep: core ? (3 as const) : (4 as const),
  };
  if (header.width <= 0 || header.height === 0) throw new ImageError('corrupt', 'bmp');
  checkKind(header.bits, header.compression);
  return { ...header, palette: readPalette(view, file, headerBytes, header), masks: readMasks(view, header) };
}

function checkKind(bits: number, compression: number): void {
  const allowed: Record<number, readonly number[]> = {
    [compressions.none]: [1, 2, 4, 8, 16, 24, 32],
    [compressions.rle8]: [8],
    [compressions.rle4]: [4],
    [compressions.bitFields]: [16, 32],
    [compressions.alphaBitFields]: [16, 32],
  };
  if (!allowed[compression]?.includes(bits)) throw new ImageError('unsupported-format', 'bmp');
}

function readPalette(
  view: DataView,
  file: Uint8Array,
  headerBytes: number,
  { bits, paletteStep }: Pick<Header, 'bits' | 'paletteStep'>,
): Uint8Array {
  if (bits > 8) return new Uint8Array(0);
  const used = paletteStep === 4 ? view.getUint32(46, true) : 0;
  const colours = used > 0 && used <= 256 ? used : 2 ** bits;
  const start = fileHeaderBytes + headerBytes;
  return file.subarray(start, start + colours * paletteStep);
}

function readMasks(
  view: DataView,
  { bits, compression }: Pick<Header, 'bits' | 'compression'>,
): Header['masks'] {
  if (compression === compressions.bitFields || compression === compressions.alphaBitFields) {
    if (view.byteLength < 66) throw new ImageError('truncated', 'bmp');
    return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)];
  }
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
}

function readRows(view: DataView, header: Header, data: Uint8Array): void {
  const { width, height, bits, dataStart } = header;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  // The padding of the last row is often left out.
  const needed = dataStart + rowBytes * (height - 1) + Math.ceil((width * bits) / 8);
  if (needed > view.byteLength) throw new ImageError('truncated', 'bmp');
  const put = bits <= 8 ? indexedReader(view, header, data) : maskedReader(view, header, data);
  for (let row = 0; row < height; row++) {
    const from = dataStart + (header.topDown ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) put(from, column, (row * width + column) * 3);
  }
}

type PixelReader = (rowStart: number, column: number, to: number) => void;

function indexedReader(view: DataView, header: Header, data: Uint8Array): PixelReader {
  const { bits } = header;
  const mask = 2 ** bits - 1;
  return (rowStart, column, to) => {
    const bit = column * bits;
    const byte = view.getUint8(rowStart + (bit >> 3));
    putColour(header, (byte >> (8 - bits - (bit & 7))) & mask, data, to);
  };
}

function maskedReader(view: DataView, { bits, masks }: Header, data: Uint8Array): PixelReader {
  const channels = masks.map(channelOf);
  return (rowStart, column, to) => {
    const at = rowStart + (column * bits) / 8;
    const value =
      bits === 16
        ? view.getUint16(at, true)
        : bits === 32
          ? view.getUint32(at, true)
          : view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
    for (const [index, { shift, max }] of channels.entries()) {
      data[to + index] = max === 0 ? 0 : Math.round((((value >>> shift) & max) * 255) / max);
    }
  };
}

/** A bit mask as how far to shift right and the largest value, e.g. 0x03e0 as 5 and 31. */
function channelOf(mask: number): { shift: number; max: number } {
  if (mask === 0) return { shift: 0, max: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, max: mask >>> shift };
}

/** Run-length coding: pairs of (count, colours); count 0 escapes to end of line, end, jump, or literal colours. */
function readRuns(file: Uint8Array, header: Header, data: Uint8Array): void {
  const { width, height, bits } = header;
  const half = bits === 4;
  let at = header.dataStart;
  let x = 0;
  let y = 0;
  const next = () => {
    const byte = file[at++];
    if (byte === undefined) throw new ImageError('truncated', 'bmp');
    return byte;
  };
  const put = (colour: number) => {
    const row = header.topDown ? y : height - 1 - y;
    if (x < width && y < height) putColour(header, colour, data, (row * width + x) * 3);
    x++;
  };
  while (y < height) {
    const count = next();
    const code = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(half ? (i % 2 === 0 ? code >> 4 : code & 15) : code);
    } else if (code === 0) {
      x = 0;
      y++;
    } else if (code === 1) {
      return;
    } else if (code === 2) {
      x += next();
      y += next();
    } else {
      const start = at;
      for (let i = 0, byte = 0; i < code; i++) {
        if (!half || i % 2 === 0) byte = next();
        put(half ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      at += (at - start) % 2;
    }
  }
}

/** Palette entries are stored blue, green, red; an index beyond the palette is black. */
function putColour({ palette, paletteStep }: Header, index: number, data: Uint8Array, to: number): void {
  const at = index * paletteStep;
  data[to] = palette[at + 2] ?? 0;
  data[to + 1] = palette[at + 1] ?? 0;
  data[to + 2] = palette[at] ?? 0;
}
