import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createSafetensorsWriter,
  readSafetensors,
  readSafetensorsHeader,
  readSafetensorsRows,
  writeSafetensors,
} from '../../../../electron/engine/tensors/safetensors.ts';
import type { Tensor } from '../../../../electron/engine/tensors/safetensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const everyType: [string, Tensor][] = [
  ['mask', { shape: [3], dtype: 'BOOL', data: new Uint8Array([1, 0, 1]) }],
  ['pixels', { shape: [1, 5], dtype: 'U8', data: new Uint8Array([0, 1, 128, 254, 255]) }],
  ['kernel', { shape: [2, 2], dtype: 'F32', data: new Float32Array([1.5, -0, 3e-38, Infinity]) }],
  ['labels', { shape: [2], dtype: 'I32', data: new Int32Array([-1, 2 ** 31 - 1]) }],
  ['ids', { shape: [1], dtype: 'I64', data: new BigInt64Array([-(2n ** 63n)]) }],
  ['loss', { shape: [], dtype: 'F64', data: new Float64Array([Math.PI]) }],
  ['empty', { shape: [0, 7], dtype: 'F32', data: new Float32Array(0) }],
  ['__proto__', { shape: [1], dtype: 'F32', data: new Float32Array([7]) }],
];

/** A file with a header written by hand, as a stranger's program might. */
async function handmade(name: string, header: unknown, data: Uint8Array): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([length, json, data]));
  return path;
}

describe('safetensors round trip', () => {
  it('gives back every type, shape and value, with the metadata', async () => {
    const path = join(folder, 'all 猫.safetensors');
    await writeSafetensors(path, new Map(everyType), { format: 'pt', note: 'ü' });
    const read = await readSafetensors(path);
    expect(read.metadata).toEqual({ format: 'pt', note: 'ü' });
    expect(read.tensors.size).toBe(everyType.length);
    for (const [name, tensor] of everyType) expect(read.tensors.get(name)).toEqual(tensor);
  });

  it('aligns every tensor to its element size', async () => {
    const path = join(folder, 'aligned.safetensors');
    await writeSafetensors(path, new Map(everyType));
    const { entries } = await readSafetensorsHeader(path);
    expect(entries.get('loss')!.begin % 8).toBe(0);
    expect(entries.get('kernel')!.begin % 4).toBe(0);
  });

  it('reads only the tensors that are named', async () => {
    const path = join(folder, 'named.safetensors');
    await writeSafetensors(path, new Map(everyType));
    const { tensors } = await readSafetensors(path, ['labels']);
    expect([...tensors.keys()]).toEqual(['labels']);
    await expect(readSafetensors(path, ['nope'])).rejects.toMatchObject({ code: 'safetensors.no-tensor' });
  });

  it('writes a matrix piece by piece and reads a band of its rows', async () => {
    const path = join(folder, 'rows.safetensors');
    const writer = await createSafetensorsWriter(path, new Map([['x', { shape: [6, 2], dtype: 'F32' }]]));
    for (let row = 0; row < 6; row += 2)
      await writer.append('x', Float32Array.of(row, row, row + 1, row + 1));
    await expect(writer.append('x', Float32Array.of(1))).rejects.toThrow(/More data/);
    await writer.finish();
    const band = await readSafetensorsRows(path, 'x', 3, 2);
    expect(band).toEqual({ shape: [2, 2], dtype: 'F32', data: Float32Array.of(3, 3, 4, 4) });
  });

  it('leaves the old file alone and no litter when a write is given up', async () => {
    const path = join(folder, 'kept', 'weights.safetensors');
    await writeSafetensors(path, new Map([['a', { shape: [1], dtype: 'F32', data: Float32Array.of(1) }]]));
    const before = await readFile(path);
    const writer = await createSafetensorsWriter(path, new Map([['a', { shape: [2], dtype: 'F32' }]]));
    await expect(writer.finish()).rejects.toThrow(/never written/);
    await writer.discard();
    expect(await readFile(path)).toEqual(before);
    expect(readdirSync(join(folder, 'kept'))).toEqual(['weights.safetensors']);
  });

  it('refuses data that does not fit its shape', async () => {
    const tensor: Tensor = { shape: [3], dtype: 'F32', data: Float32Array.of(1, 2) };
    await expect(writeSafetensors(join(folder, 'no.safetensors'), new Map([['a', tensor]]))).rejects.toThrow(
      /a holds 2/,
    );
  });
});

describe('safetensors of other programs', () => {
  it('widens F16 and BF16 to float32', async () => {
    // 1, -2, 65504 (largest), 2^-24 (smallest subnormal), infinity, NaN; values from the IEEE 754 tables
    const halves = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00]);
    const bfloats = new Uint16Array([0x3f80, 0xc000, 0x7f80]);
    const path = await handmade(
      'half.safetensors',
      {
        h: { dtype: 'F16', shape: [6], data_offsets: [0, 12] },
        b: { dtype: 'BF16', shape: [3], data_offsets: [12, 18] },
      },
      Buffer.concat([Buffer.from(halves.buffer), Buffer.from(bfloats.buffer)]),
    );
    const { tensors } = await readSafetensors(path);
    expect(tensors.get('h')).toEqual({
      shape: [6],
      dtype: 'F32',
      data: Float32Array.of(1, -2, 65504, 2 ** -24, Infinity, NaN),
    });
    expect(tensors.get('b')!.data).toEqual(Float32Array.of(1, -2, Infinity));
  });

  it('lists a type it does not read, and says so only when the tensor is asked for', async () => {
    const path = await handmade(
      'i8.safetensors',
      { q: { dtype: 'I8', shape: [2], data_offsets: [0, 2] } },
      new Uint8Array(2),
    );
    expect((await readSafetensorsHeader(path)).entries.get('q')!.dtype).toBe('I8');
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'safetensors.dtype',
      params: { tensor: 'q' },
    });
  });
});

describe('damaged safetensors', () => {
  const entry = (begin: number, end: number, shape: unknown = [1], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const four = new Uint8Array(4);
  const cases: [string, unknown, Uint8Array, string][] = [
    ['not json', '{"a": ', four, 'safetensors.not-one'],
    ['a list', '[1, 2]', four, 'safetensors.not-one'],
    ['bad utf-8', '{"\udc00": 1}', four, 'safetensors.entry'],
    ['entry is a number', { a: 1 }, four, 'safetensors.entry'],
    ['negative size', { a: entry(0, 4, [-1]) }, four, 'safetensors.entry'],
    ['fractional size', { a: entry(0, 4, [0.5]) }, four, 'safetensors.entry'],
    ['unknown type', { a: entry(0, 4, [1], 'F31') }, four, 'safetensors.dtype'],
    ['inherited name as type', { a: entry(0, 4, [1], 'constructor') }, four, 'safetensors.dtype'],
    ['shape larger than place', { a: entry(0, 4, [2]) }, four, 'safetensors.size'],
    ['product overflows', { a: entry(0, 4, [2 ** 40, 2 ** 40]) }, four, 'safetensors.size'],
    ['end before begin', { a: entry(4, 0) }, four, 'safetensors.size'],
    ['overlap', { a: entry(0, 4), b: entry(0, 4) }, four, 'safetensors.layout'],
    ['hole', { a: entry(4, 8) }, new Uint8Array(8), 'safetensors.layout'],
    ['data missing', { a: entry(0, 4) }, four.subarray(2), 'safetensors.truncated'],
    ['data left over', { a: entry(0, 4) }, new Uint8Array(5), 'safetensors.trailing'],
    ['metadata not text', { __metadata__: { a: 1 } }, new Uint8Array(0), 'safetensors.entry'],
  ];
  it.each(cases)('%s', async (name, header, data, code) => {
    const path = await handmade(`${name}.safetensors`, header, data);
    await expect(readSafetensors(path)).rejects.toMatchObject({ code, params: { path } });
  });

  it('names a missing file, a folder, a short file and an absurd header length', async () => {
    await expect(readSafetensors(join(folder, 'gone'))).rejects.toMatchObject({ code: 'file.missing' });
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'file.unreadable' });
    const short = join(folder, 'short');
    await writeFile(short, 'abc');
    await expect(readSafetensors(short)).rejects.toMatchObject({ code: 'safetensors.truncated' });
    await writeFile(short, Buffer.from('ffffffffffffff7f7b7d', 'hex'));
    await expect(readSafetensors(short)).rejects.toMatchObject({ code: 'safetensors.not-one' });
  });

  it('answers every single cut of a good file with an error', async () => {
    const path = join(folder, 'whole.safetensors');
    await writeSafetensors(path, new Map(everyType));
    const whole = await readFile(path);
    const cut = join(folder, 'cut.safetensors');
    for (let length = 0; length < whole.length; length++) {
      await writeFile(cut, whole.subarray(0, length));
      await expect(readSafetensors(cut), `cut at ${length}`).rejects.toMatchObject({ name: 'GraftError' });
    }
  });
});
