import { integerIn, seededRandom } from '../../shared/random.ts';
import type { Random } from '../../shared/random.ts';

/** Seeded damage to a file: the same seed always gives the same bytes. */

const below = (random: Random, limit: number) => integerIn(random, 0, limit - 1);

/** Numbers that break careless arithmetic. */
const nastyNumbers = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const flipBit: Mutation = (bytes, random) => {
  const at = below(random, bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
  return bytes;
};

const setByte: Mutation = (bytes, random) => {
  bytes[below(random, bytes.length)] = below(random, 256);
  return bytes;
};

/** Overwrites 2, 4 or 8 aligned bytes with a nasty number or with a position inside the file. */
const setNumber: Mutation = (bytes, random) => {
  const width = [2, 4, 8][below(random, 3)] ?? 4;
  const at = below(random, Math.floor(bytes.length / width)) * width;
  const nasty = nastyNumbers[below(random, nastyNumbers.length)] ?? 0n;
  const value = random() < 0.5 ? nasty : BigInt(below(random, bytes.length));
  for (let i = 0; i < width; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, below(random, bytes.length));

const copyRange: Mutation = (bytes, random) => {
  const length = 1 + below(random, 64);
  bytes.copy(
    bytes,
    below(random, bytes.length),
    below(random, bytes.length),
    below(random, bytes.length) + length,
  );
  return bytes;
};

const cutOut: Mutation = (bytes, random) => {
  const at = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 64))]);
};

const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  setByte,
  setNumber,
  setNumber,
  setNumber,
  truncate,
  copyRange,
  cutOut,
];

/** One to four mutations of a copy of `original`, drawn from `seed`. */
export function mutate(original: Buffer, seed: number): Buffer {
  const random = seededRandom(seed);
  let bytes: Buffer = Buffer.from(original);
  const count = 1 + below(random, 4);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    bytes = (mutations[below(random, mutations.length)] ?? flipBit)(bytes, random);
  }
  return bytes;
}
