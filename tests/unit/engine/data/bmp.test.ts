import { describe, expect, it } from 'vitest';
import { bmpSize, decodeBmp } from '../../../../electron/engine/data/formats/bmp.ts';

interface Parts {
  bits: number;
  compression?: number;
  width?: number;
  height?: number;
  palette?: number[];
  masks?: number[];
  data: number[];
}

/** A bitmap with a 40-byte header, as Microsoft's "Bitmap Storage" lays it out. */
function bmp({
  bits,
  compression = 0,
  width = 2,
  height = 2,
  palette = [],
  masks = [],
  data,
}: Parts): Uint8Array {
  const dataStart = 54 + masks.length * 4 + palette.length;
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(dataStart + data.length, 2);
  header.writeUInt32LE(dataStart, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length / 4, 46);
  const maskBytes = Buffer.from(Uint32Array.from(masks).buffer);
  return Buffer.concat([header, maskBytes, Buffer.from(palette), Buffer.from(data)]);
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];
/** Top row red, green; bottom row blue, white. Files store the bottom row first. */
const picture = [...red, ...green, ...blue, ...white];
const palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];
const pixels = (file: Uint8Array) => [...decodeBmp(file, 1000).data];

describe('bitmaps', () => {
  it('of 24 bits are stored bottom up in blue, green, red, with padded rows', () => {
    const data = [255, 0, 0, 255, 255, 255, 0, 0, /**/ 0, 0, 255, 0, 255, 0, 0, 0];
    expect(pixels(bmp({ bits: 24, data }))).toEqual(picture);
    expect(pixels(bmp({ bits: 24, data: data.slice(0, 14) }))).toEqual(picture);
    const topDown = [...data.slice(8), ...data.slice(0, 8)];
    expect(pixels(bmp({ bits: 24, height: -2, data: topDown }))).toEqual(picture);
  });

  it('of 32 and 16 bits are read by their masks', () => {
    const data32 = [255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0];
    expect(pixels(bmp({ bits: 32, data: data32 }))).toEqual(picture);
    const data16 = [0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07];
    expect(pixels(bmp({ bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f], data: data16 }))).toEqual(
      picture,
    );
    const data15 = [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03];
    expect(pixels(bmp({ bits: 16, data: data15 }))).toEqual(picture);
  });

  it('of 8, 4 and 1 bits go through their palette', () => {
    expect(pixels(bmp({ bits: 8, palette, data: [2, 3, 0, 0, 0, 1, 0, 0] }))).toEqual(picture);
    expect(pixels(bmp({ bits: 4, palette, data: [0x23, 0, 0, 0, 0x01, 0, 0, 0] }))).toEqual(picture);
    const two = palette.slice(0, 8);
    expect(pixels(bmp({ bits: 1, palette: two, data: [0x40, 0, 0, 0, 0x80, 0, 0, 0] }))).toEqual([
      ...green,
      ...red,
      ...red,
      ...green,
    ]);
  });

  it('in run-length coding: runs, literal colours, line ends and jumps', () => {
    const rle8 = [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1];
    expect(pixels(bmp({ bits: 8, compression: 1, palette, data: rle8 }))).toEqual(picture);
    const literal = [0, 4, 2, 3, 2, 2, 0, 0, 1, 0, 1, 1, 0, 1];
    expect(pixels(bmp({ bits: 8, compression: 1, palette, data: literal }))).toEqual(picture);
    const rle4 = [2, 0x23, 0, 2, 0, 1, 0, 1];
    expect(pixels(bmp({ bits: 4, compression: 2, palette, data: rle4 })).slice(6)).toEqual([
      ...blue,
      ...white,
    ]);
  });

  it('are refused when cut, huge or of an unknown kind', () => {
    const whole = bmp({ bits: 24, data: new Array<number>(16).fill(0) });
    for (let length = 0; length < whole.length - 2; length++) {
      expect(() => decodeBmp(whole.subarray(0, length), 1000), `cut at ${length}`).toThrow(/truncated/);
    }
    expect(() => decodeBmp(bmp({ bits: 24, width: 2 ** 30, data: [] }), 1000)).toThrow(/too-many-pixels/);
    expect(() => decodeBmp(bmp({ bits: 8, compression: 4, data: [] }), 1000)).toThrow(/unsupported/);
    expect(() => decodeBmp(bmp({ bits: 24, width: -5, data: [] }), 1000)).toThrow(/corrupt/);
    expect(bmpSize(whole)).toEqual({ width: 2, height: 2 });
  });

  it('survive any bytes: an error of their own or a picture, never a crash', () => {
    let state = 1;
    const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
    for (let round = 0; round < 3000; round++) {
      const file = bmp({
        bits: [1, 4, 8, 16, 24, 32][random() % 6]!,
        compression: random() % 4,
        palette,
        data: [1, 2, 3],
      });
      for (let hit = 0; hit < 3; hit++) file[10 + (random() % (file.length - 10))] = random() & 255;
      try {
        decodeBmp(file, 10_000);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ImageError' });
      }
    }
  });
});
