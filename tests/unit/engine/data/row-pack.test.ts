import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRowPack } from '../../../../electron/engine/data/cache/row-pack.ts';
import type { RowPack } from '../../../../electron/engine/data/cache/row-pack.ts';
import { openFeatureCache } from '../../../../electron/engine/data/feature-cache.ts';
import type { FeatureKey } from '../../../../electron/engine/data/feature-cache.ts';

let dir: string;
let packs: RowPack[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'graft-pack-'));
  packs = [];
});
afterEach(async () => {
  await Promise.all(packs.map((pack) => pack.close()));
  await rm(dir, { recursive: true, force: true });
});

const width = 4;
const hashOf = (item: number) => createHash('sha256').update(String(item)).digest('hex');
const rowOf = (item: number) => Float32Array.of(item, item + 0.5, -item, 1 / (item + 1));

async function openPack(key: Record<string, string | number> = { a: 1 }): Promise<RowPack> {
  const pack = await openRowPack(dir, key, width * 4);
  packs.push(pack);
  return pack;
}

async function add(pack: RowPack, items: number[]): Promise<void> {
  await pack.append(items.map(hashOf), items.map(rowOf));
}

/** Reads items and checks each that is there; returns the items that are missing. */
async function missingOf(pack: RowPack, items: number[]): Promise<number[]> {
  const out = new Float32Array(items.length * width);
  const missing = [...(await pack.read(items.map(hashOf), out))];
  for (const [row, item] of items.entries()) {
    const expected = missing.includes(row) ? new Float32Array(width) : rowOf(item);
    expect(out.subarray(row * width, (row + 1) * width)).toEqual(expected);
  }
  return missing.map((row) => items[row]!);
}

const segments = async () => (await readdir(dir)).sort();

describe('a row pack', () => {
  it('gives rows back in any order, twice if asked, and names what it lacks', async () => {
    const pack = await openPack();
    await add(pack, [1, 2, 3]);
    await add(pack, [4, 5]);
    expect(await missingOf(pack, [5, 9, 1, 3, 3, 2, 8, 4])).toEqual([9, 8]);
  });

  it('writes nothing before the first row, and keeps rows over a restart in few files', async () => {
    const first = await openPack();
    expect(await missingOf(first, [1])).toEqual([1]);
    expect(await segments()).toEqual([]);
    for (let item = 0; item < 50; item++) await add(first, [item]);
    await first.close();
    packs = [];
    const second = await openPack();
    expect(second.size).toBe(50);
    expect(await missingOf(second, [49, 0, 25, 50])).toEqual([50]);
    await add(second, [50]);
    expect(await segments()).toHaveLength(2);
  });

  it('takes overlapping appends, and writes a row once', async () => {
    const pack = await openPack();
    await Promise.all([add(pack, [1, 2, 2]), add(pack, [2, 3]), add(pack, [1])]);
    expect(pack.size).toBe(3);
    const { length } = await readFile(join(dir, (await segments())[0]!));
    await add(pack, [3, 1]);
    expect(await readFile(join(dir, (await segments())[0]!))).toHaveLength(length);
  });

  it('keeps packs of different keys apart, whatever the order of their fields', async () => {
    await add(await openPack({ a: 1, b: 'x' }), [1]);
    expect((await openPack({ b: 'x', a: 1 })).has(hashOf(1))).toBe(true);
    expect((await openPack({ a: 2, b: 'x' })).has(hashOf(1))).toBe(false);
  });

  it('lets two processes write at once, each its own file', async () => {
    const [one, two] = [await openPack(), await openPack()];
    await Promise.all([add(one, [1, 2]), add(two, [2, 3])]);
    const later = await openPack();
    expect(await missingOf(later, [1, 2, 3])).toEqual([]);
    expect(await segments()).toHaveLength(2);
  });

  it('cut at any byte gives whole rows or none, never a torn one', async () => {
    const pack = await openPack();
    await add(pack, [1, 2]);
    await add(pack, [3]);
    const path = join(dir, (await segments())[0]!);
    const whole = await readFile(path);
    let complete = 0;
    for (let length = whole.length; length >= 0; length--) {
      await writeFile(path, whole.subarray(0, length));
      const torn = await openRowPack(dir, { a: 1 }, width * 4);
      const missing = await missingOf(torn, [1, 2, 3]);
      expect([[], [3], [1, 2, 3]]).toContainEqual(missing);
      if (missing.length === 0) complete++;
      await torn.close();
    }
    expect(complete).toBe(1);
  });

  it('drops a row whose bytes have changed, and gives the others', async () => {
    const pack = await openPack();
    await add(pack, [1, 2, 3]);
    const path = join(dir, (await segments())[0]!);
    const bytes = await readFile(path);
    bytes[bytes.length - 2 * width * 4 + 1]! ^= 1;
    await writeFile(path, bytes);
    const again = await openPack();
    expect(await missingOf(again, [1, 2, 3])).toEqual([2]);
    expect(again.has(hashOf(2))).toBe(false);
    await add(again, [2]);
    expect(await missingOf(again, [1, 2, 3])).toEqual([]);
  });

  it('goes on after garbage at the end, and ignores files that are not its own', async () => {
    await add(await openPack(), [1]);
    const [name = ''] = await segments();
    await appendFile(join(dir, name), 'garbage that is longer than a header');
    await writeFile(join(dir, name.replace('0000', '0001')), 'not a pack');
    await writeFile(join(dir, name.replace('0000', '0002')), '');
    const pack = await openPack();
    expect(await missingOf(pack, [1])).toEqual([]);
    await add(pack, [2]);
    expect(await missingOf(await openPack(), [1, 2])).toEqual([]);
  });

  it('whose file is emptied while it is open reports its rows as missing', async () => {
    const pack = await openPack();
    await add(pack, [1, 2]);
    await truncate(join(dir, (await segments())[0]!), 10);
    expect(await missingOf(pack, [1, 2])).toEqual([1, 2]);
  });

  it('refuses rows of the wrong size and names that are no hashes', async () => {
    const pack = await openPack();
    await expect(async () => pack.append([hashOf(1)], [new Float32Array(3)])).rejects.toThrow(
      /12 bytes, not 16/,
    );
    await expect(async () => pack.append(['abc'], [rowOf(1)])).rejects.toThrow(/SHA-256/);
    await expect(pack.read([hashOf(1)], new Float32Array(1))).rejects.toThrow(/Room for 4/);
  });

  it.skipIf(process.getuid?.() === 0)(
    'says where it may not write (needs a user other than root)',
    async () => {
      const pack = await openPack();
      await chmod(dir, 0o500);
      await expect(add(pack, [1])).rejects.toMatchObject({ code: 'file.unwritable' });
      await chmod(dir, 0o700);
    },
  );
});

describe('the feature cache', () => {
  const key: FeatureKey = {
    size: 160,
    mode: 'stretch',
    architecture: 'mobilenet_v2',
    preprocessing: 'tf',
    weightsHash: 'abc',
    layer: 'out_relu',
  };

  it('tells features apart by everything they depend on', async () => {
    const cache = await openFeatureCache(dir, key, 8);
    await cache.append([hashOf(1)], [new Float32Array(8)]);
    await cache.close();
    const others: [Partial<FeatureKey>, number][] = [
      [{ size: 224 }, 8],
      [{ mode: 'crop' }, 8],
      [{ architecture: 'vgg16' }, 8],
      [{ preprocessing: 'caffe' }, 8],
      [{ weightsHash: 'abd' }, 8],
      [{ layer: 'block_13' }, 8],
      [{ variant: 'flip' }, 8],
      [{}, 9],
    ];
    for (const [change, rowWidth] of others) {
      const other = await openFeatureCache(dir, { ...key, ...change }, rowWidth);
      expect(other.has(hashOf(1)), JSON.stringify(change)).toBe(false);
    }
    const same = await openFeatureCache(dir, { ...key }, 8);
    expect(same.has(hashOf(1))).toBe(true);
    await same.close();
  });

  it('loads 5,000 rows of 1,280 numbers in well under a second', async () => {
    const count = 5000;
    const rowWidth = 1280;
    const hashes = Array.from({ length: count }, (_, item) => hashOf(item));
    const cache = await openFeatureCache(dir, key, rowWidth);
    const rows = hashes.map((_, item) => new Float32Array(rowWidth).fill(item));
    for (let start = 0; start < count; start += 128) {
      await cache.append(hashes.slice(start, start + 128), rows.slice(start, start + 128));
    }
    await cache.close();
    const begun = performance.now();
    const again = await openFeatureCache(dir, key, rowWidth);
    const out = new Float32Array(count * rowWidth);
    const shuffled = [...hashes].reverse();
    expect(await again.read(shuffled, out)).toHaveLength(0);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(out[0]).toBe(count - 1);
    expect(out.at(-1)).toBe(0);
    await again.close();
  });
});
