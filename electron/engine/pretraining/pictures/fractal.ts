import type { Random } from '../../../../shared/random.ts';
import { integerIn } from '../../../../shared/random.ts';
import { between } from '../../data/sample/noise.ts';
import type { Coverage, Placement } from './canvas.ts';

/** `x' = a x + b y + e`, `y' = c x + d y + f`, chosen with `probability`. */
export interface AffineMap {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
  probability: number;
}

/** An iterated function system: its attractor is a fractal, and what makes a class. */
export type FractalSystem = readonly AffineMap[];

const fewestMaps = 2;
const mostMaps = 4;

/**
 * Draws an iterated function system whose maps all contract, after Anderson & Farrell 2022, "Improving Fractal
 * Pre-training" (https://arxiv.org/abs/2110.03091): each map is a turn, two singular values, a turn and mirrors,
 * and the sum of `s1 + 2 s2` over the maps lies between (5 + n) / 2 and (6 + n) / 2, which makes the attractor
 * neither a few dots nor a blot. The values are drawn within bounds that can always be met, so nothing is rejected.
 */
export function sampleSystem(random: Random): FractalSystem {
  const count = integerIn(random, fewestMaps, mostMaps);
  const factors = shareOut(between(random, (5 + count) / 2, (6 + count) / 2), count, random);
  const maps = factors.map((factor) => sampleMap(factor, random));
  const areas = maps.map(({ a, b, c, d }) => Math.max(Math.abs(a * d - b * c), leastArea));
  const total = areas.reduce((sum, area) => sum + area, 0);
  return maps.map((map, index) => ({ ...map, probability: (areas[index] ?? 0) / total }));
}

/** A map that flattens everything still has to be drawn now and then. */
const leastArea = 0.01;
/** Of `s1 + 2 s2`, as both singular values are below 1. */
const mostFactor = 3;

/** Cuts `total` into `count` parts of 0 to 3 each. */
function shareOut(total: number, count: number, random: Random): number[] {
  const parts: number[] = [];
  let rest = total;
  for (let left = count - 1; left >= 0; left--) {
    const part = between(random, Math.max(0, rest - mostFactor * left), Math.min(mostFactor, rest));
    parts.push(part);
    rest -= part;
  }
  return parts;
}

function sampleMap(factor: number, random: Random): AffineMap {
  const second = between(random, Math.max(0, (factor - 1) / 2), factor / 3);
  const first = factor - 2 * second;
  const [t, p] = [between(random, -Math.PI, Math.PI), between(random, -Math.PI, Math.PI)];
  const [mirrorX, mirrorY] = [random() < 0.5 ? -1 : 1, random() < 0.5 ? -1 : 1];
  const [ct, st, cp, sp] = [Math.cos(t), Math.sin(t), Math.cos(p), Math.sin(p)];
  return {
    a: (ct * first * cp - st * second * sp) * mirrorX,
    b: (-ct * first * sp - st * second * cp) * mirrorY,
    c: (st * first * cp + ct * second * sp) * mirrorX,
    d: (-st * first * sp + ct * second * cp) * mirrorY,
    e: between(random, -1, 1),
    f: between(random, -1, 1),
    probability: 0,
  };
}

/** A system a little off, by which the pictures of a class differ (the weights of Kataoka et al. 2020). */
export function varySystem(system: FractalSystem, by: number, random: Random): FractalSystem {
  const moved = (value: number) => value * (1 + between(random, -by, by));
  return system.map((map) => ({
    ...map,
    a: moved(map.a),
    b: moved(map.b),
    e: moved(map.e),
    f: moved(map.f),
  }));
}

/** Points that lead to the attractor and are not of it. */
const warmUp = 20;
/** Visits after which a pixel counts as covered. */
const visitsToCover = 2;

/**
 * The attractor by the chaos game, fitted into -1..1 and placed on a canvas; and by which map each pixel was last
 * reached, as a share from 0 to 1, for its colours.
 */
export function drawFractal(
  system: FractalSystem,
  points: number,
  size: number,
  place: Placement,
  random: Random,
): { coverage: Coverage; reachedBy: Float32Array } {
  const { xs, ys, maps } = playChaosGame(system, points, random);
  const [middleX, halfX] = spread(xs);
  const [middleY, halfY] = spread(ys);
  const scale = 1 / Math.max(halfX, halfY, 1e-6);
  const coverage = new Float32Array(size * size);
  const reachedBy = new Float32Array(size * size);
  for (let i = 0; i < points; i++) {
    const [x, y] = place(((xs[i] ?? 0) - middleX) * scale, ((ys[i] ?? 0) - middleY) * scale);
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= size || row >= size) continue;
    const at = row * size + column;
    coverage[at] = Math.min(1, (coverage[at] ?? 0) + 1 / visitsToCover);
    reachedBy[at] = (maps[i] ?? 0) / system.length;
  }
  return { coverage, reachedBy };
}

function playChaosGame(system: FractalSystem, points: number, random: Random) {
  const [xs, ys, maps] = [new Float32Array(points), new Float32Array(points), new Uint8Array(points)];
  let [x, y] = [0, 0];
  for (let i = -warmUp; i < points; i++) {
    const chosen = choose(system, random());
    const map = system[chosen] as AffineMap;
    [x, y] = [map.a * x + map.b * y + map.e, map.c * x + map.d * y + map.f];
    if (i < 0) continue;
    [xs[i], ys[i], maps[i]] = [x, y, chosen];
  }
  return { xs, ys, maps };
}

function choose(system: FractalSystem, draw: number): number {
  let sum = 0;
  for (let index = 0; index < system.length; index++) {
    sum += system[index]?.probability ?? 0;
    if (draw < sum) return index;
  }
  return system.length - 1;
}

/** Middle and half width of all but the outermost points, which would make the rest small. */
function spread(values: Float32Array): [middle: number, half: number] {
  const sorted = values.toSorted();
  const low = sorted[Math.floor(values.length * 0.01)] ?? 0;
  const high = sorted[Math.floor(values.length * 0.99)] ?? 0;
  return [(low + high) / 2, (high - low) / 2];
}
