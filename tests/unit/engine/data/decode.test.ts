import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, decodeMany, thumbnail } from '../../../../electron/engine/data/decode.ts';
import { inspectImage, inspectMany } from '../../../../electron/engine/data/inspect.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-decode-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A picture whose quarters are red, green, blue and white, `[height, width, 3]`. */
function quarters(width: number, height: number): Buffer {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!;
      data.set(colour, (y * width + x) * 3);
    }
  }
  return data;
}

const raw = (width: number, height: number) =>
  sharp(quarters(width, height), { raw: { width, height, channels: 3 } });

/** The colour in the middle of each quarter, as letters. */
function corners(pixels: Uint8Array, size: number): string {
  const letter = (x: number, y: number) => {
    const at = (Math.floor(y * size) * size + Math.floor(x * size)) * 3;
    const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
    const low = Math.min(r, g, b);
    const high = Math.max(r, g, b);
    if (high - low < 60) return low > 128 ? 'W' : 'black';
    const middle = (low + high) / 2;
    return (r > middle ? 'R' : '') + (g > middle ? 'G' : '') + (b > middle ? 'B' : '');
  };
  return letter(0.25, 0.25) + letter(0.75, 0.25) + letter(0.25, 0.75) + letter(0.75, 0.75);
}

describe('decoding', () => {
  it.each([
    ['png', (path: string) => raw(40, 40).png().toFile(path)],
    ['jpg', (path: string) => raw(40, 40).jpeg({ quality: 95 }).toFile(path)],
    ['webp', (path: string) => raw(40, 40).webp({ lossless: true }).toFile(path)],
    ['gif', (path: string) => raw(40, 40).gif().toFile(path)],
    ['tiff', (path: string) => raw(40, 40).tiff({ compression: 'lzw' }).toFile(path)],
    ['avif', (path: string) => raw(40, 40).avif({ quality: 90 }).toFile(path)],
    ['palette.png', (path: string) => raw(40, 40).png({ palette: true }).toFile(path)],
    ['16.png', (path: string) => raw(40, 40).toColourspace('rgb16').png().toFile(path)],
  ])('gives the colours of a %s', async (extension, write) => {
    const path = join(folder, `quarters.${extension}`);
    await write(path);
    expect(corners(await decodeImage(path, { size: 32, mode: 'stretch' }), 32)).toBe('RGBW');
    expect(await inspectImage(path)).toMatchObject({ usable: true, width: 40, height: 40 });
  });

  it.each([
    [1, 'RGBW'],
    [2, 'GRWB'],
    [3, 'WBGR'],
    [4, 'BWRG'],
    [5, 'RBGW'],
    [6, 'BRWG'],
    [7, 'WGBR'],
    [8, 'GWRB'],
  ])('turns EXIF orientation %i upright', async (orientation, seen) => {
    const path = join(folder, `exif-${orientation}.png`);
    await raw(40, 20).withMetadata({ orientation }).png().toFile(path);
    expect(corners(await decodeImage(path, { size: 32, mode: 'stretch' }), 32)).toBe(seen);
    const inspection = await inspectImage(path);
    const [width, height] = orientation >= 5 ? [20, 40] : [40, 20];
    expect(inspection).toMatchObject({ width, height, orientation });
  });

  it('crops the middle, or squeezes the whole', async () => {
    const path = join(folder, 'wide.png');
    const left = await sharp({ create: { width: 100, height: 50, channels: 3, background: '#0000ff' } })
      .png()
      .toBuffer();
    await sharp({ create: { width: 200, height: 50, channels: 3, background: '#ff0000' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .png()
      .toFile(path);
    expect(corners(await decodeImage(path, { size: 20, mode: 'stretch' }), 20)).toBe('BRBR');
    const crop = await decodeImage(path, { size: 50, mode: 'crop' });
    expect(crop.filter((value, i) => i % 3 === 0 && value === 255)).toHaveLength(25 * 50);
  });

  it('enlarges bilinearly: between black and white lies grey', async () => {
    const path = join(folder, 'ramp.png');
    await sharp(Buffer.from([0, 255]), { raw: { width: 2, height: 1, channels: 1 } })
      .resize(2, 8, { kernel: 'nearest', fit: 'fill' })
      .png()
      .toFile(path);
    const pixels = await decodeImage(path, { size: 8, mode: 'stretch' });
    const row = [...pixels.subarray(0, 24)].filter((_, i) => i % 3 === 0);
    for (let i = 1; i < 8; i++) expect(row[i]).toBeGreaterThanOrEqual(row[i - 1]!);
    expect(row.some((value) => value > 60 && value < 200)).toBe(true);
  });

  it('keeps 16-bit greys at their brightness', async () => {
    const path = join(folder, 'grey16.png');
    const grey = new Uint16Array(64 * 64).fill(128 * 257);
    await sharp(grey, { raw: { width: 64, height: 64, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(path);
    expect(await inspectImage(path)).toMatchObject({ warnings: ['16-bit'] });
    const pixels = await decodeImage(path, { size: 8, mode: 'stretch' });
    for (const value of pixels) expect(Math.abs(value - 128)).toBeLessThanOrEqual(1);
  });

  it('gives failures by index and goes on, and stops when cancelled', async () => {
    const good = join(folder, 'good.png');
    await raw(16, 16).png().toFile(good);
    await writeFile(join(folder, 'bad.png'), 'no picture');
    const paths = [good, join(folder, 'bad.png'), join(folder, 'gone.png'), good];
    const progress: number[] = [];
    const { pixels, failures } = await decodeMany(paths, {
      size: 4,
      mode: 'stretch',
      onProgress: (done) => progress.push(done),
    });
    expect(failures).toEqual([
      { index: 1, reason: 'not-an-image' },
      { index: 2, reason: 'missing' },
    ]);
    expect(corners(pixels.subarray(3 * 48), 4)).toBe('RGBW');
    expect(progress.at(-1)).toBe(4);
    const cancelled = AbortSignal.abort();
    await expect(decodeMany(paths, { size: 4, mode: 'stretch', signal: cancelled })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('writes thumbnails that fit the size, upright, without enlarging', async () => {
    const source = join(folder, 'turned.jpg');
    await raw(400, 200).withMetadata({ orientation: 6 }).jpeg().toFile(source);
    const out = join(folder, 'thumbs', 'one.webp');
    await thumbnail(source, 100, out);
    expect(await sharp(out).metadata()).toMatchObject({ format: 'webp', width: 50, height: 100 });
    await thumbnail(source, 1000, out);
    expect(await sharp(await readFile(out)).metadata()).toMatchObject({ width: 200, height: 400 });
    expect(readdirSync(join(folder, 'thumbs'))).toEqual(['one.webp']);
  });
});

describe('inspection', () => {
  it.each(['jpg', 'png', 'webp', 'gif', 'tiff'])(
    'finds a %s cut at any length unusable',
    async (extension) => {
      const path = join(folder, `whole.${extension}`);
      const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
      await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } }).toFile(path);
      const whole = await readFile(path);
      expect(await inspectImage(path)).toMatchObject({ usable: true });
      for (const share of [0.02, 0.3, 0.6, 0.9]) {
        await writeFile(path, whole.subarray(0, Math.floor(whole.length * share)));
        expect(await inspectImage(path), `${share} of the bytes`).toMatchObject({ usable: false });
      }
    },
  );

  it('tells a JPEG that is cut off from one that is damaged, however many are inspected at once', async () => {
    const noise = Buffer.from(Array.from({ length: 128 * 128 * 3 }, (_, i) => (i * i) % 253));
    const whole = await sharp(noise, { raw: { width: 128, height: 128, channels: 3 } })
      .jpeg()
      .toBuffer();
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length >> 1, (whole.length >> 1) + 40);
    const kinds = {
      whole,
      damaged,
      cut: whole.subarray(0, whole.length >> 1),
      'no end': whole.subarray(0, -2),
    };
    const paths = Object.keys(kinds).map((name) => join(folder, `${name}.jpg`));
    for (const [index, bytes] of Object.values(kinds).entries()) await writeFile(paths[index]!, bytes);
    const many = Array.from({ length: 25 }, () => paths).flat();
    const found = new Map<string, Set<string>>();
    await inspectMany(many, (index, one) => {
      const outcome = one.usable ? one.warnings.join() : one.reason;
      found.set(many[index]!, (found.get(many[index]!) ?? new Set()).add(outcome));
    });
    expect(paths.map((path) => [...found.get(path)!])).toEqual([
      [''],
      ['corrupt'],
      ['truncated'],
      ['end-missing'],
    ]);
  });

  it('accepts stray bytes between the segments of a JPEG, as some cameras write them', async () => {
    const path = join(folder, 'stray.jpg');
    const whole = await raw(64, 64).jpeg().toBuffer();
    const tables = whole.indexOf(Buffer.from([0xff, 0xc4]));
    const stray = Buffer.concat([
      whole.subarray(0, tables),
      Buffer.from([1, 2, 3, 4]),
      whole.subarray(tables),
    ]);
    await expect(sharp(stray, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow(/extraneous/);
    await writeFile(path, stray);
    expect(await inspectImage(path)).toMatchObject({ usable: true, warnings: [] });
  });

  it('names formats it cannot decode', async () => {
    const path = join(folder, 'drawing.png');
    await writeFile(
      path,
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    expect(await inspectImage(path)).toMatchObject({
      usable: false,
      reason: 'unsupported-format',
      format: 'svg',
    });
    await writeFile(
      path,
      Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')]),
    );
    expect(await inspectImage(path)).toMatchObject({
      usable: false,
      reason: 'unsupported-format',
      format: 'heic',
    });
  });

  it('says that a file is gone, or a folder', async () => {
    expect(await inspectImage(join(folder, 'gone'))).toMatchObject({ usable: false, reason: 'missing' });
    expect(await inspectImage(folder)).toMatchObject({ usable: false, reason: 'unreadable' });
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    const paths = Array.from({ length: 500 }, () => join(folder, 'gone'));
    let seen = 0;
    const run = inspectMany(
      paths,
      () => {
        if (++seen === 3) controller.abort();
      },
      controller.signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toBeLessThan(500);
  });
});

const photos = '../shared/data/cats-vs-dogs/test/cat';
describe.skipIf(!existsSync(photos))('real photos (needs ../shared/data/cats-vs-dogs)', () => {
  it('are all usable, with no warning', async () => {
    const paths = readdirSync(photos)
      .slice(0, 100)
      .map((name) => join(photos, name));
    const notes: string[] = [];
    await inspectMany(paths, (index, found) => {
      if (!found.usable || found.warnings.length > 0) notes.push(`${paths[index]} ${JSON.stringify(found)}`);
    });
    expect(notes).toEqual([]);
  });
});
