import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { augmentationSchema, guideAugmentation } from '../../../../../shared/recipe/augmentation.ts';
import {
  applyDraws,
  drawMix,
  drawPicture,
  mixPixels,
  mixTargets,
} from '../../../../../electron/engine/training/inputs/augmentation.ts';

beforeAll(() => setBackend('cpu'));

const size = 8;
const none = augmentationSchema.parse({});
/** Pixel (x, y) is 16 y + x in every channel. */
const ramp = () =>
  tensor4d(
    Float32Array.from(
      { length: size * size * 3 },
      (_, i) => 16 * Math.floor(i / 3 / size) + (Math.floor(i / 3) % size),
    ),
    [1, size, size, 3],
  );
const at = (values: ArrayLike<number>, x: number, y: number) => values[(y * size + x) * 3] as number;

describe('drawPicture', () => {
  it('changes nothing when everything is off', () => {
    expect(drawPicture(none, size, 3)).toEqual({
      affine: [1, 0, 0, 0, 1, 0],
      brightness: 1,
      contrast: 1,
      saturation: 1,
      erased: [0, 0, 0, 0],
    });
  });

  it('depends on its seed alone, and on that it does', () => {
    expect(drawPicture(guideAugmentation, 150, 5)).toEqual(drawPicture(guideAugmentation, 150, 5));
    expect(drawPicture(guideAugmentation, 150, 5)).not.toEqual(drawPicture(guideAugmentation, 150, 6));
  });

  it('stays within the settings over many draws, and reaches them', () => {
    const draws = Array.from({ length: 2000 }, (_, seed) =>
      drawPicture({ ...none, rotation: 50, shift: 0.2 }, 100, seed),
    );
    const angles = draws.map(({ affine: [a = 0, , , c = 0] }) => (Math.atan2(c, a) * 180) / Math.PI);
    expect(Math.max(...angles)).toBeLessThanOrEqual(50);
    expect(Math.max(...angles)).toBeGreaterThan(49);
    expect(Math.min(...angles)).toBeLessThan(-49);
    const flips = Array.from({ length: 2000 }, (_, seed) =>
      drawPicture({ ...none, flipHorizontal: true }, 100, seed),
    );
    const flipped = flips.filter(({ affine }) => (affine[0] as number) < 0).length;
    // Three standard deviations of 2000 fair coins are 67.
    expect(Math.abs(flipped - 1000)).toBeLessThan(67);
  });

  it('keeps the middle in place under rotation, shear and zoom', () => {
    const { affine } = drawPicture({ ...guideAugmentation, shift: 0 }, 101, 12);
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = affine;
    expect(a * 50 + b * 50 + c).toBeCloseTo(50, 9);
    expect(d * 50 + e * 50 + f).toBeCloseTo(50, 9);
  });
});

describe('applyDraws', () => {
  it('mirrors a picture exactly', () => {
    const draw = { ...drawPicture(none, size, 0), affine: [-1, 0, size - 1, 0, 1, 0] };
    const mirrored = applyDraws(ramp(), [draw], none).dataSync();
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) expect(at(mirrored, x, y)).toBe(16 * y + (size - 1 - x));
  });

  it('fills what comes from outside with the nearest edge', () => {
    const draw = { ...drawPicture(none, size, 0), affine: [1, 0, 3, 0, 1, 0] };
    const shifted = applyDraws(ramp(), [draw], none).dataSync();
    expect(at(shifted, 2, 1)).toBe(16 + 5);
    expect(at(shifted, 7, 1)).toBe(16 + 7);
  });

  it('erases the box it drew and nothing else', () => {
    const draw = { ...drawPicture(none, size, 0), erased: [2, 1, 5, 3] as [number, number, number, number] };
    const values = applyDraws(ramp(), [draw], { ...none, erasing: 1 }).dataSync();
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const inside = x >= 2 && x < 5 && y >= 1 && y < 3;
        expect(at(values, x, y)).toBe(inside ? 127.5 : 16 * y + x);
      }
  });

  it('takes all colour out at saturation 0', () => {
    const red = tensor4d([200, 0, 0], [1, 1, 1, 3]);
    const draw = { ...drawPicture(none, 1, 0), saturation: 0 };
    const [r = 0, g = 0, b = 0] = applyDraws(red, [draw], { ...none, saturation: 1 }).dataSync();
    expect(r).toBeCloseTo(0.299 * 200, 3);
    expect([g, b].every((value) => Math.abs(value - r) < 1e-3)).toBe(true);
  });
});

describe('mixup and cutmix', () => {
  it('mixes targets as it mixes pictures, so that each row still sums to 1', () => {
    for (const settings of [
      { ...none, mixup: 0.4 },
      { ...none, cutmix: 1 },
    ]) {
      const mix = drawMix(settings, 4, size, 9);
      if (!mix) throw new Error('nothing was drawn');
      expect([...mix.partners].every((partner, row) => partner !== row)).toBe(true);
      const target = mixTargets(Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1), 2, mix);
      for (let row = 0; row < 4; row++)
        expect((target[2 * row] as number) + (target[2 * row + 1] as number)).toBeCloseTo(1, 6);
      // A picture of ones and its partner of zeros: the mean left is the share.
      const pixels = tensor4d(
        Float32Array.from({ length: 4 * size * size * 3 }, (_, i) =>
          Math.floor(i / (size * size * 3)) === 0 ? 1 : 0,
        ),
        [4, size, size, 3],
      );
      const first = mixPixels(pixels, mix)
        .dataSync<'float32'>()
        .subarray(0, size * size * 3);
      expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(
        mix.shares[0] as number,
        5,
      );
    }
  });

  it('is not drawn when both are off', () => {
    expect(drawMix(none, 4, size, 1)).toBeNull();
  });
});
