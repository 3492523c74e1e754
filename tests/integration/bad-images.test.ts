import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, decodeMany } from '../../electron/engine/data/decode.ts';
import { hashDistance, mirroredHash } from '../../electron/engine/data/difference-hash.ts';
import { inspectMany } from '../../electron/engine/data/inspect.ts';
import type { Inspection, UsableImage } from '../../electron/engine/data/inspect.ts';
import { collectScan } from '../../electron/engine/data/scan.ts';
import type { Scan } from '../../electron/engine/data/scan.ts';

const folder = '../shared/data/bad-images';

/** What a person should be told of every file that is not an ordinary photo: `broken: reason` or its warnings. */
const expected: Record<string, string> = {
  'cat/animated.gif': 'animated',
  'cat/bitmap.bmp': '',
  'cat/bomb-20000x20000.png': 'broken: too-many-pixels',
  'cat/cmyk.jpg': 'cmyk',
  'cat/corrupt-middle.jpg': 'broken: corrupt',
  'cat/exif-orientation-2-mirrored.jpg': 'exif-rotated',
  'cat/gray-16bit.png': '16-bit',
  'cat/html-error-page.jpg': 'broken: not-an-image',
  'cat/one-pixel.png': 'broken: too-small',
  'cat/palette-transparent.png': 'alpha',
  'cat/png-inside.jpg': 'wrong-extension',
  'cat/source-cat.2433.jpg': 'tiny',
  'cat/truncated-half.jpg': 'broken: truncated',
  'cat/zero-byte.jpg': 'broken: zero-bytes',
  'dog/exif-orientation-6.jpg': 'exif-rotated',
  'dog/jpeg-inside.png': 'wrong-extension',
  'dog/one-pixel.jpg': 'broken: too-small',
  'dog/panorama-12000x50.jpg': 'extreme-aspect',
  'dog/rgba-transparent.png': 'alpha',
  'dog/source-dog.4367.jpg': 'tiny, extreme-aspect',
  'dog/text-inside.jpg': 'broken: not-an-image',
  'dog/truncated-header.jpg': 'broken: truncated',
  'dog/truncated-last-2-bytes.jpg': 'end-missing',
  'dog/webp-inside.jpg': 'wrong-extension',
  'dog/zero-byte.png': 'broken: zero-bytes',
};

/** Files that never become items. */
const leftAside: Record<string, string> = {
  'README.md': 'not-an-image',
  'cat/desktop.ini': 'system-file',
  'dog/._good-01.jpg': 'system-file',
  'dog/folder-named.jpg': 'nested-folder',
  'real-conflicts/border-terrier': 'nested-folder',
  'real-conflicts/english-foxhound': 'nested-folder',
  'real-conflicts/rhodesian-ridgeback': 'nested-folder',
  'real-conflicts/shih-tzu': 'nested-folder',
};

describe.skipIf(!existsSync(folder))('a folder full of bad images (needs ../shared/data/bad-images)', () => {
  let scan: Scan;
  const inspections = new Map<string, Inspection>();
  const nameOf = (path: string) => path.slice(folder.length + 1);
  const usable = (name: string): UsableImage => {
    const inspection = inspections.get(name);
    if (!inspection?.usable) throw new Error(`${name} is not usable`);
    return inspection;
  };
  const pixelsOf = (name: string, size: number) => decodeImage(join(folder, name), { size, mode: 'stretch' });

  beforeAll(async () => {
    scan = await collectScan(folder, { kind: 'auto' });
    const paths = scan.entries.map(({ path }) => path);
    await inspectMany(paths, (index, inspection) => {
      inspections.set(nameOf(paths[index]!), inspection);
    });
  });

  it('is listed without missing a file: every one is an entry or left aside with its reason', () => {
    const aside = Object.fromEntries(scan.skipped.map(({ path, reason }) => [nameOf(path), reason]));
    expect(aside).toEqual(leftAside);
    const onDisk = ['cat', 'dog'].flatMap((label) =>
      readdirSync(join(folder, label)).map((name) => `${label}/${name}`),
    );
    const accounted = [...inspections.keys(), ...Object.keys(aside)];
    expect(onDisk.filter((name) => !accounted.includes(name))).toEqual([]);
    expect(scan.classes).toEqual(['cat', 'dog']);
  });

  it('gives every file the outcome written down above, and every other file none', () => {
    const outcomes = Object.fromEntries(
      [...inspections].map(([name, inspection]) => [
        name,
        inspection.usable ? inspection.warnings.join(', ') : `broken: ${inspection.reason}`,
      ]),
    );
    const all = Object.fromEntries([...inspections.keys()].map((name) => [name, expected[name] ?? '']));
    expect(outcomes).toEqual(all);
    for (const name of Object.keys(expected)) expect(outcomes, name).toHaveProperty([name]);
  });

  it('reports true formats, sizes after turning, and byte counts', () => {
    expect(usable('cat/png-inside.jpg').format).toBe('png');
    expect(usable('cat/bitmap.bmp')).toMatchObject({ format: 'bmp', width: 120, height: 120 });
    expect(usable('dog/exif-orientation-6.jpg')).toMatchObject({ width: 500, height: 480, orientation: 6 });
    for (const [name, { bytes }] of inspections) {
      if (bytes !== null) expect(bytes, name).toBe(statSync(join(folder, name)).size);
    }
  });

  it('knows exact copies by their hash, across classes too', () => {
    const sameBytes = [
      ['cat/conflict-same-bytes.jpg', 'dog/conflict-same-bytes.jpg'],
      ['cat/dup-original.jpg', 'cat/dup-exact-copy.jpg'],
      ['dog/source-dog.2027.jpg', 'dog/source-dog.3082.jpg'],
    ] as const;
    for (const [a, b] of sameBytes) expect(usable(a).sha256).toBe(usable(b).sha256);
    const hashes = new Set([...inspections.values()].flatMap(({ sha256 }) => sha256 ?? []));
    const readable = [...inspections.values()].filter(({ sha256 }) => sha256 !== null);
    expect(hashes.size).toBe(readable.length - sameBytes.length);
  });

  it('finds recompressed, mirrored and natural near-duplicates by difference hash', () => {
    const original = usable('cat/dup-original.jpg').dhash;
    expect(hashDistance(original, usable('cat/dup-near-recompressed.jpg').dhash)).toBeLessThanOrEqual(3);
    const mirrored = usable('cat/dup-near-resized-mirrored.jpg').dhash;
    expect(hashDistance(original, mirrored)).toBeGreaterThan(10);
    expect(hashDistance(mirroredHash(original), mirrored)).toBeLessThanOrEqual(5);
    const natural = hashDistance(
      usable('cat/source-cat.4126.jpg').dhash,
      usable('cat/source-cat.4575.jpg').dhash,
    );
    expect(natural).toBeLessThanOrEqual(6);
    expect(hashDistance(original, usable('cat/good-01.jpg').dhash)).toBeGreaterThan(16);
  });

  it('decodes every usable file, and reports the others by index', async () => {
    const paths = scan.entries.map(({ path }) => path);
    const size = 32;
    const { pixels, failures } = await decodeMany(paths, { size, mode: 'crop' });
    const failed = new Set(failures.map(({ index }) => nameOf(paths[index]!)));
    for (const [name, { usable: good }] of inspections) if (good) expect(failed, name).not.toContain(name);
    for (const name of ['cat/bomb-20000x20000.png', 'dog/zero-byte.png', 'cat/html-error-page.jpg']) {
      expect(failed).toContain(name);
    }
    const bytesEach = size * size * 3;
    for (const { index } of failures) {
      expect(pixels.subarray(index * bytesEach, (index + 1) * bytesEach).every((value) => value === 0)).toBe(
        true,
      );
    }
  });

  it('shows 16-bit grey as a picture, not as white, and grey JPEG in three equal channels', async () => {
    for (const name of ['cat/gray-16bit.png', 'dog/gray-8bit.jpg']) {
      const pixels = await pixelsOf(name, 64);
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      expect(mean).toBeGreaterThan(60);
      expect(mean).toBeLessThan(200);
      for (let i = 0; i < pixels.length; i += 3) {
        expect(pixels[i]).toBe(pixels[i + 1]);
        expect(pixels[i]).toBe(pixels[i + 2]);
      }
    }
  });

  it('puts transparency on white', async () => {
    const pixels = await pixelsOf('dog/rgba-transparent.png', 64);
    expect([...pixels.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  it('turns inverted CMYK into its true colours: a ginger cat on a pink rug, red over green over blue', async () => {
    const pixels = await pixelsOf('cat/cmyk.jpg', 64);
    const mean = (channel: number) =>
      pixels.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / (pixels.length / 3);
    expect(mean(0)).toBeGreaterThan(mean(1) + 15);
    expect(mean(1)).toBeGreaterThan(mean(2) + 5);
  });
});
