import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceHash,
  hashDistance,
  mirroredHash,
  turnedHash,
  turnedMirroredHash,
} from '../../../../electron/engine/data/difference-hash.ts';
import { nearDuplicates } from '../../../../electron/engine/data/near-duplicates.ts';
import { seededRandom } from '../../../../shared/random.ts';

const anyHash = fc.stringMatching(/^[0-9a-f]{16}$/);

/** Hashes among which some lie close together. */
const relatedHashes = fc
  .tuple(
    fc.array(anyHash, { minLength: 1, maxLength: 8 }),
    fc.array(fc.tuple(fc.nat(), fc.array(fc.nat({ max: 63 }), { maxLength: 6 })), { maxLength: 30 }),
  )
  .map(([seeds, changes]) => [
    ...seeds,
    ...changes.map(([which, bits]) => bits.reduce(flip, seeds[which % seeds.length]!)),
  ]);

function flip(hash: string, bit: number): string {
  const flipped = BigInt(`0x${hash}`) ^ (1n << BigInt(bit));
  return flipped.toString(16).padStart(16, '0');
}

/** The definition, written out: connected components of "within the distance". */
function bruteForce(hashes: string[], distance: number, mirrored: boolean): number[][] {
  const group = hashes.map((_, index) => index);
  const usable = (hash: string) => /[1-9a-f]/.test(hash);
  for (let pass = 0; pass < hashes.length; pass++) {
    for (const [i, a] of hashes.entries()) {
      for (const [j, b] of hashes.entries()) {
        if (!usable(a) || !usable(b)) continue;
        const near =
          hashDistance(a, b) <= distance || (mirrored && hashDistance(mirroredHash(a), b) <= distance);
        if (near) group[i] = group[j] = Math.min(group[i]!, group[j]!);
      }
    }
  }
  return [...new Set(group)]
    .map((root) => hashes.flatMap((_, index) => (group[index] === root ? [index] : [])))
    .filter((members) => members.length > 1);
}

describe('near-duplicates', () => {
  it('are exactly the pictures joined by small differences', () => {
    fc.assert(
      fc.property(
        relatedHashes,
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        (hashes, distance, mirrored) => {
          expect(nearDuplicates(hashes, { distance, mirrored })).toEqual(
            bruteForce(hashes, distance, mirrored),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leave out pictures without a hash and of one flat colour', () => {
    expect(nearDuplicates(['', '', '0000000000000000', '0000000000000000'])).toEqual([]);
  });

  it('are found among 100,000 in seconds', () => {
    const random = seededRandom(5);
    const word = () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    const hashes = Array.from({ length: 100_000 }, () => word() + word());
    for (let copy = 0; copy < 100; copy++) hashes[copy + 50_000] = flip(flip(hashes[copy]!, copy % 64), 7);
    const begun = process.cpuUsage();
    const groups = nearDuplicates(hashes);
    expect(groups).toEqual(Array.from({ length: 100 }, (_, copy) => [copy, copy + 50_000]));
    // Processor time, so that a busy machine does not fail it; comparing all pairs would take minutes.
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(10);
  });
});

describe('the difference hash', () => {
  it('counts differing bits', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
  });

  it('mirrors twice to itself', () => {
    fc.assert(
      fc.property(anyHash, (hash) => {
        expect(mirroredHash(mirroredHash(hash))).toBe(hash);
      }),
    );
  });
});

describe('the hash of the turned picture', () => {
  const random = seededRandom(3);
  const side = 72;
  const grey = Uint8Array.from({ length: 64 }, () => Math.floor(256 * random()));
  const pixel = (x: number, y: number) => grey[Math.floor(y / 9) * 8 + Math.floor(x / 9)] ?? 0;
  const picture = (of: (x: number, y: number) => number) => ({
    data: Uint8Array.from({ length: side * side }, (_, at) => of(at % side, Math.floor(at / side))),
    width: side,
    height: side,
    channels: 1,
  });

  it('is the hash of the picture with rows and columns changed about, and known of the mirrored picture', () => {
    const upright = picture(pixel);
    expect(turnedHash(upright)).toBe(differenceHash(picture((x, y) => pixel(y, x))));
    const mirrored = picture((x, y) => pixel(side - 1 - x, y));
    expect(turnedHash(mirrored)).toBe(turnedMirroredHash(turnedHash(upright)));
  });

  it('keeps pictures apart that agree along the rows alone, and joins a copy, mirrored or not', () => {
    const hash = 'e0e0e0e0e0e0f0e0';
    const turned = '00ff00ff00ff00ff';
    expect(nearDuplicates([hash, hash], { turned: [turned, 'f0f0f0f0f0f0f0f0'] })).toEqual([]);
    expect(nearDuplicates([hash, hash], { turned: [turned, '00ff00ff00ff00f0'] })).toEqual([[0, 1]]);
    const mirror = [mirroredHash(hash), turnedMirroredHash(turned)] as const;
    expect(nearDuplicates([hash, mirror[0]], { turned: [turned, mirror[1]] })).toEqual([[0, 1]]);
    expect(nearDuplicates([hash, hash], { turned: [turned, ''] })).toEqual([[0, 1]]);
  });
});
