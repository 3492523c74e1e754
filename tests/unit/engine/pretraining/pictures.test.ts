import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../shared/random.ts';
import { fillPolygon, drawLine } from '../../../../electron/engine/pretraining/pictures/contour.ts';
import { drawFractal, sampleSystem } from '../../../../electron/engine/pretraining/pictures/fractal.ts';
import {
  className,
  families,
  formulaClasses,
  paintFormula,
} from '../../../../electron/engine/pretraining/pictures/formula.ts';
import { drawTexture, sampleTexture } from '../../../../electron/engine/pretraining/pictures/texture.ts';
import { starterPictures } from '../../../../electron/engine/pretraining/starter-recipe.ts';

const size = 48;
const seeds = Array.from({ length: 60 }, (_, seed) => seed);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** Singular values of a map's matrix, the larger first, from its trace and determinant. */
function singularValues({ a, b, c, d }: { a: number; b: number; c: number; d: number }): [number, number] {
  const squares = a * a + b * b + c * c + d * d;
  const root = Math.sqrt(Math.max(0, squares * squares - 4 * (a * d - b * c) ** 2));
  return [Math.sqrt((squares + root) / 2), Math.sqrt(Math.max(0, (squares - root) / 2))];
}

describe('an iterated function system', () => {
  it('contracts in every map, by as much in all as Anderson & Farrell found to give good shapes', () => {
    for (const seed of seeds) {
      const system = sampleSystem(seededRandom(seed));
      const values = system.map(singularValues);
      for (const [first] of values) expect(first).toBeLessThanOrEqual(1 + 1e-9);
      const factor = sum(values.map(([first, second]) => first + 2 * second));
      expect(factor).toBeGreaterThanOrEqual((5 + system.length) / 2 - 1e-9);
      expect(factor).toBeLessThanOrEqual((6 + system.length) / 2 + 1e-9);
      expect(sum(system.map(({ probability }) => probability))).toBeCloseTo(1, 9);
    }
  });

  it('draws something on the canvas that is neither a few dots nor a blot', () => {
    const middle = (x: number, y: number) => [size / 2 + (x * size) / 2, size / 2 + (y * size) / 2] as const;
    for (const seed of seeds) {
      const random = seededRandom(seed);
      const { coverage } = drawFractal(sampleSystem(random), 3 * size * size, size, middle, random);
      const covered = coverage.filter((share) => share > 0).length / coverage.length;
      expect(covered, `seed ${seed}`).toBeGreaterThan(0.01);
      expect(covered, `seed ${seed}`).toBeLessThan(0.9);
    }
  });
});

describe('contours', () => {
  it('fills a polygon with its area', () => {
    const square = [[10, 10], [30.5, 10], [30.5, 25], [10, 25]] as const; // prettier-ignore
    expect(sum(fillPolygon(square, size))).toBeCloseTo(20.5 * 15, 0);
    const triangle = [[4, 40], [44, 40], [24, 6]] as const; // prettier-ignore
    expect(sum(fillPolygon(triangle, size)) / (0.5 * 40 * 34)).toBeCloseTo(1, 1);
  });

  it('draws a line as wide as asked, and none outside the canvas', () => {
    const line = [[8, 24], [40, 24]] as const; // prettier-ignore
    const coverage = drawLine(line, 2, size);
    const column = Array.from({ length: size }, (_, row) => coverage[row * size + 24] ?? 0);
    expect(sum(column)).toBeCloseTo(4, 0);
    expect(sum(drawLine([[-90, -90], [-60, -90]], 2, size))).toBe(0); // prettier-ignore
  });
});

it('textures stay between 0 and 1 and are not flat', () => {
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const values = drawTexture(sampleTexture(random), size, random);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(Math.max(...values) - Math.min(...values), `seed ${seed}`).toBeGreaterThan(0.05);
  }
});

describe('labelled pictures', () => {
  const classes = formulaClasses({ fractal: 2, contour: 2, texture: 2 });

  it('names every class apart, family after family', () => {
    expect(classes.map(className)).toEqual(families.flatMap((family) => [`${family}-000`, `${family}-001`]));
    const names = formulaClasses(starterPictures.classes).map(className);
    const { fractal, contour, texture } = starterPictures.classes;
    expect(new Set(names).size).toBe(fractal + contour + texture);
  });

  it.each(classes.map((one) => [className(one), one] as const))(
    '%s: the same again for the same seed, else another',
    (_, one) => {
      const picture = paintFormula(one, 3, size, 7);
      expect(picture).toHaveLength(size * size * 3);
      expect(sha256(paintFormula(one, 3, size, 7))).toBe(sha256(picture));
      expect(sha256(paintFormula(one, 4, size, 7))).not.toBe(sha256(picture));
      expect(sha256(paintFormula(one, 3, size, 8))).not.toBe(sha256(picture));
    },
  );
});
