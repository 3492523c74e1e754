import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectImage } from '../../../../../electron/engine/data/inspect.ts';
import { generateSample, paint, sampleSize } from '../../../../../electron/engine/data/sample/generate.ts';
import type { SampleCounts, SampleDomain } from '../../../../../electron/engine/data/sample/generate.ts';
import { glyphNames } from '../../../../../electron/engine/data/sample/glyphs.ts';
import { collectScan } from '../../../../../electron/engine/data/scan.ts';
import type { Split } from '../../../../../shared/contract/projects.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'graft-sample-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const counts: SampleCounts = {
  source: { train: 3, validation: 1, test: 1 },
  target: { train: 2, validation: 1, test: 2 },
};
const sampleDir = () => join(dir, 'sample');

describe('the sample’s files', () => {
  it('are two domains of split folders of ten classes, every picture usable and without a warning', async () => {
    const progress: [number, number][] = [];
    const folders = await generateSample(sampleDir(), {
      seed: 1,
      counts,
      onProgress: (...step) => progress.push(step),
    });
    expect(progress.at(-1)).toEqual([100, 100]);
    expect(folders).toEqual({ source: join(sampleDir(), 'source'), target: join(sampleDir(), 'target') });
    for (const domain of ['source', 'target'] as const) {
      const scan = await collectScan(folders[domain], { kind: 'auto' });
      expect(scan.classes).toEqual([...glyphNames]);
      expect(scan.skipped).toEqual([]);
      for (const split of ['train', 'validation', 'test'] as const) {
        const ofSplit = scan.entries.filter((entry) => entry.split === split);
        expect(ofSplit).toHaveLength(10 * counts[domain][split]);
      }
      for (const { path } of scan.entries) {
        const size = { width: sampleSize, height: sampleSize };
        expect(await inspectImage(path)).toMatchObject({
          usable: true,
          warnings: [],
          format: 'png',
          ...size,
        });
      }
    }
    expect((await readdir(sampleDir())).sort()).toEqual(['graft-sample.json', 'source', 'target']);
  });

  it('are left as they are when they are there already, and replaced for another seed', async () => {
    const picture = join(sampleDir(), 'target', 'test', '7', '0001.png');
    await generateSample(sampleDir(), { seed: 1, counts });
    const [first, before] = [await readFile(picture), await stat(picture)];
    await generateSample(sampleDir(), { seed: 1, counts });
    expect((await stat(picture)).mtimeMs).toBe(before.mtimeMs);
    await generateSample(sampleDir(), { seed: 2, counts });
    expect(await readFile(picture)).not.toEqual(first);
    await generateSample(sampleDir(), { seed: 1, counts });
    expect(await readFile(picture)).toEqual(first);
  });

  it('never replace somebody’s own folders', async () => {
    await mkdir(join(sampleDir(), 'source'), { recursive: true });
    await writeFile(join(sampleDir(), 'source', 'mine.txt'), 'mine');
    await expect(generateSample(sampleDir(), { seed: 1, counts })).rejects.toMatchObject({
      code: 'sample.occupied',
    });
    expect(await readFile(join(sampleDir(), 'source', 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('leave nothing behind when cancelled or when the folder cannot be made', async () => {
    const cancelled = generateSample(sampleDir(), { seed: 1, counts, signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(sampleDir())).toEqual([]);
    await writeFile(join(dir, 'file'), '');
    await expect(generateSample(join(dir, 'file'), { seed: 1, counts })).rejects.toMatchObject({
      code: 'file.unwritable',
    });
  });
});

/** Pictures of every class, with their class index. */
function pictures(
  domain: SampleDomain,
  split: Split,
  perClass: number,
): { pixels: Uint8Array; label: number }[] {
  return glyphNames.flatMap((name, label) =>
    Array.from({ length: perClass }, (_, index) => ({
      pixels: paint({ domain, split, name, index }, 1),
      label,
    })),
  );
}

/** Mean difference between the largest and smallest channel: 0 for grey pictures. */
function colourfulness(pixels: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return sum / (pixels.length / 3);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the sample’s pictures', () => {
  it('depend on seed, domain, split, class and number, and on nothing else', () => {
    const place = { domain: 'target', split: 'train', name: '3', index: 5 } as const;
    expect(paint(place, 1)).toEqual(paint(place, 1));
    const others = [
      paint(place, 2),
      paint({ ...place, split: 'test' }, 1),
      paint({ ...place, index: 6 }, 1),
      paint({ ...place, name: '8' }, 1),
      paint({ ...place, domain: 'source' }, 1),
    ];
    const different = new Set(others.map((pixels) => Buffer.from(pixels).toString('base64')));
    different.add(Buffer.from(paint(place, 1)).toString('base64'));
    expect(different.size).toBe(6);
  });

  it('are grey print on white in the source, coloured on textured paper in the target', () => {
    for (const { pixels } of pictures('source', 'train', 5)) {
      expect(colourfulness(pixels)).toBe(0);
      expect(pixels[0]).toBeGreaterThan(210);
      const dark = pixels.filter((value) => value < 130).length / pixels.length;
      expect(dark).toBeGreaterThan(0.015);
      expect(dark).toBeLessThan(0.4);
    }
    const target = pictures('target', 'train', 5);
    expect(mean(target.map(({ pixels }) => colourfulness(pixels)))).toBeGreaterThan(25);
    for (const { pixels } of target) expect(new Set(pixels).size).toBeGreaterThan(40);
  });

  it('can be told apart in print by the nearest mean picture, which fails on the hand-drawn ones', () => {
    const printed = pictures('source', 'train', 20);
    const means = glyphNames.map((_, label) => {
      const sum = new Float64Array(sampleSize * sampleSize * 3);
      for (const one of printed) {
        if (one.label === label) for (let i = 0; i < sum.length; i++) sum[i]! += one.pixels[i]! / 20;
      }
      return sum;
    });
    const accuracy = (domain: SampleDomain) => {
      const test = pictures(domain, 'test', 8);
      const right = test.filter(({ pixels, label }) => {
        const distances = means.map((template) =>
          template.reduce((sum, value, i) => sum + (value - pixels[i]!) ** 2, 0),
        );
        return distances.indexOf(Math.min(...distances)) === label;
      });
      return right.length / test.length;
    };
    expect(accuracy('source')).toBeGreaterThan(0.4);
    expect(accuracy('target')).toBeLessThan(0.3);
  });
});
