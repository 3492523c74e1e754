import type { Random } from '../../../../shared/random.ts';

/** A number from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

/** A normal deviate, mean 0 and standard deviation 1 (Box and Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A slow random curve over [0, 1]: a sum of a few waves, with values about -1 to 1. */
export function wobble(random: Random): (t: number) => number {
  const waves = [1, 2, 3.3].map((frequency) => ({
    frequency: frequency * between(random, 0.7, 1.3),
    phase: random() * 2 * Math.PI,
    height: between(random, 0.2, 1) / frequency,
  }));
  return (t) =>
    waves.reduce(
      (sum, { frequency, phase, height }) => sum + height * Math.sin(2 * Math.PI * frequency * t + phase),
      0,
    );
}

/**
 * Smooth random values about -1 to 1, `[size, size]`: a lattice of random numbers with `cells` cells a side
 * ("value noise"), blended smoothly between its points. `stretch` above 1 draws the grain out sideways.
 */
export function valueNoise(size: number, cells: number, random: Random, stretch = 1): Float32Array {
  const across = Math.max(1, Math.round(cells / stretch));
  const columns = across + 2;
  const lattice = Float32Array.from({ length: columns * (cells + 2) }, () => random() * 2 - 1);
  const noise = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const [row, down] = latticePlace(y, size, cells);
    for (let x = 0; x < size; x++) {
      const [column, right] = latticePlace(x, size, across);
      const at = row * columns + column;
      const upper = mix(lattice[at] ?? 0, lattice[at + 1] ?? 0, right);
      const lower = mix(lattice[at + columns] ?? 0, lattice[at + columns + 1] ?? 0, right);
      noise[y * size + x] = mix(upper, lower, down);
    }
  }
  return noise;
}

function latticePlace(pixel: number, size: number, cells: number): readonly [cell: number, within: number] {
  const place = ((pixel + 0.5) / size) * cells;
  const cell = Math.floor(place);
  const t = place - cell;
  return [cell, t * t * (3 - 2 * t)];
}

const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
