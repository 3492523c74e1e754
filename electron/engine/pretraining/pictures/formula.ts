import { derivedSeed, seededRandom } from '../../../../shared/random.ts';
import type { Random } from '../../../../shared/random.ts';
import { between } from '../../data/sample/noise.ts';
import {
  blend,
  contrastingLightness,
  createCanvas,
  near,
  paintOver,
  randomColour,
  randomPlacement,
} from './canvas.ts';
import type { Canvas, Coverage } from './canvas.ts';
import { drawContour, sampleContour, varyContour } from './contour.ts';
import { drawFractal, sampleSystem, varySystem } from './fractal.ts';
import { paintBackground, photograph, strewPatches } from './scene.ts';
import { drawTexture, sampleTexture } from './texture.ts';

/**
 * Labelled pictures from formulas alone (formula-driven supervised learning, Kataoka et al. 2020,
 * https://arxiv.org/abs/2101.08515): the class is the formula, and its pictures differ in place, turn, size, colour,
 * light and what lies behind.
 */
export const families = ['fractal', 'contour', 'texture'] as const;
export type Family = (typeof families)[number];

export interface FormulaClass {
  family: Family;
  number: number;
}

/** All classes, family after family, with as many of each as asked for. */
export function formulaClasses(counts: Record<Family, number>): FormulaClass[] {
  return families.flatMap((family) =>
    Array.from({ length: counts[family] }, (_, number) => ({ family, number })),
  );
}

/** The name of a class, and of its folder. */
export const className = ({ family, number }: FormulaClass): string =>
  `${family}-${String(number).padStart(3, '0')}`;

/**
 * Picture `index` of a class as 8-bit RGB, `[size, size, 3]`. It depends on nothing but its class, index and the seed.
 */
export function paintFormula(which: FormulaClass, index: number, size: number, seed: number): Uint8Array {
  const classSeed = derivedSeed(seed, families.indexOf(which.family), which.number);
  const random = seededRandom(derivedSeed(classSeed, 1, index));
  const canvas = createCanvas(size);
  const [lightness, behind] = contrastingLightness(random);
  paintBackground(canvas, behind, random);
  strewPatches(canvas, mostPatches, random);
  painters[which.family](canvas, lightness, seededRandom(classSeed), random);
  return photograph(canvas, random);
}

const mostPatches = 2;
/** How far the numbers of a formula are off in a picture, as a share. */
const variation = 0.12;

type Painter = (canvas: Canvas, lightness: number, ofClass: Random, random: Random) => void;

const painters: Record<Family, Painter> = {
  fractal(canvas, lightness, ofClass, random) {
    const system = sampleSystem(ofClass);
    const { size } = canvas;
    const scale = between(random, 0.75, 1.3);
    const place = randomPlacement(size, scale, random);
    const points = Math.round(size * size * scale * pointsPerPixel);
    const { coverage, reachedBy } = drawFractal(
      varySystem(system, variation / 2, random),
      points,
      size,
      place,
      random,
    );
    const [first, last] = [randomColour(random, lightness), randomColour(random, lightness)];
    paintOver(canvas, coverage, (pixel) => blend(first, last, reachedBy[pixel] ?? 0));
  },
  contour(canvas, lightness, ofClass, random) {
    const shape = sampleContour(ofClass);
    const place = randomPlacement(canvas.size, between(random, 0.75, 1.35), random);
    const first = randomColour(random, lightness);
    const second = randomColour(random);
    const rings = drawContour(varyContour(shape, variation, random), canvas.size, place);
    rings.forEach((ring, depth) => paintRing(canvas, ring, depth % 2 === 0 ? first : second, random));
  },
  texture(canvas, lightness, ofClass, random) {
    const tones = drawTexture(sampleTexture(ofClass), canvas.size, random);
    const below = randomColour(random, 1 - lightness);
    const above = randomColour(random, lightness);
    paintOver(canvas, textureWindow(canvas.size, random), (pixel) => blend(below, above, tones[pixel] ?? 0));
  },
};

const pointsPerPixel = 1.2;

/** Flat, or in two near tones, so that a shape is not its colour. */
function paintRing(
  canvas: Canvas,
  ring: Coverage,
  colour: ReturnType<typeof randomColour>,
  random: Random,
): void {
  if (random() < 0.8) return paintOver(canvas, ring, () => colour);
  const tones = drawTexture(sampleTexture(random), canvas.size, random);
  const other = near(colour, 0.3, random);
  paintOver(canvas, ring, (pixel) => blend(colour, other, tones[pixel] ?? 0));
}

/** Where a texture shows: everywhere, or inside a large shape. */
function textureWindow(size: number, random: Random): Coverage {
  if (random() < 0.75) return new Float32Array(size * size).fill(1);
  const shape = { ...sampleContour(random), filled: true, rings: 1 };
  const place = randomPlacement(size, between(random, 1.1, 1.7), random);
  return drawContour(shape, size, place)[0] ?? new Float32Array(size * size).fill(1);
}
