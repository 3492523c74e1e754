import type { Random } from '../../../../shared/random.ts';
import { integerIn } from '../../../../shared/random.ts';
import { between, valueNoise, wobble } from '../../data/sample/noise.ts';
import { drawSegment } from './contour.ts';
import { clamp, largestTurn } from './canvas.ts';

/** What makes a class of textures. Lengths are shares of the picture's side, angles radians. */
export type Texture =
  | { kind: 'waves'; gratings: { cycles: number; angle: number; height: number }[]; sharpness: number }
  | { kind: 'cells'; cells: number; jitter: number; show: 'distance' | 'edge' | 'cell' }
  | {
      kind: 'grain';
      cells: number;
      octaves: number;
      persistence: number;
      stretch: number;
      fold: 'none' | 'ridge' | 'marble';
    }
  | { kind: 'spots'; across: number; radius: number; hollow: boolean; stagger: number; jitter: number }
  | {
      kind: 'fur';
      strokes: number;
      length: number;
      bend: number;
      spread: number;
      thickness: number;
      direction: number;
    };

const kinds = ['waves', 'cells', 'grain', 'spots', 'fur'] as const;

export function sampleTexture(random: Random): Texture {
  const kind = kinds[integerIn(random, 0, kinds.length - 1)] ?? 'waves';
  return samplers[kind](random);
}

const oneOf = <Item>(items: readonly [Item, ...Item[]], random: Random): Item =>
  items[integerIn(random, 0, items.length - 1)] ?? items[0];

const samplers: Record<Texture['kind'], (random: Random) => Texture> = {
  waves: (random) => ({
    kind: 'waves',
    gratings: Array.from({ length: integerIn(random, 1, 3) }, () => ({
      cycles: between(random, 2.5, 14),
      angle: between(random, 0, Math.PI),
      height: between(random, 0.4, 1),
    })),
    sharpness: oneOf([1, 2, 6], random),
  }),
  cells: (random) => ({
    kind: 'cells',
    cells: integerIn(random, 3, 10),
    jitter: between(random, 0.1, 1),
    show: oneOf(['distance', 'edge', 'cell'], random),
  }),
  grain: (random) => ({
    kind: 'grain',
    cells: integerIn(random, 2, 12),
    octaves: integerIn(random, 1, 4),
    persistence: between(random, 0.35, 0.95),
    stretch: between(random, 1, 5),
    fold: oneOf(['none', 'ridge', 'marble'], random),
  }),
  spots: (random) => ({
    kind: 'spots',
    across: integerIn(random, 3, 11),
    radius: between(random, 0.2, 0.46),
    hollow: random() < 0.35,
    stagger: oneOf([0, 0.5], random),
    jitter: between(random, 0, 0.3),
  }),
  fur: (random) => ({
    kind: 'fur',
    strokes: integerIn(random, 60, 260),
    length: between(random, 0.08, 0.4),
    bend: between(random, 0, 2.5),
    spread: between(random, 0.05, 0.7),
    thickness: between(random, 0.006, 0.025),
    direction: between(random, 0, 2 * Math.PI),
  }),
};

/** One appearance of a texture, turned, moved and bent at random: values from 0 to 1, `[size, size]`. */
export function drawTexture(texture: Texture, size: number, random: Random): Float32Array {
  if (texture.kind === 'fur') return drawFur(texture, size, random);
  const valueAt = painterOf(texture, size, random);
  const angle = between(random, -largestTurn, largestTurn);
  const zoom = between(random, 0.85, 1.2);
  const [cos, sin] = [Math.cos(angle) * zoom, Math.sin(angle) * zoom];
  const [bendX, bendY] = [wobble(random), wobble(random)];
  const bend = between(random, 0, 0.05);
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [u, v] = [column / size - 0.5, row / size - 0.5];
      const x = cos * u - sin * v + bend * bendX(v + 0.5);
      const y = sin * u + cos * v + bend * bendY(u + 0.5);
      values[row * size + column] = clamp(valueAt(x, y));
    }
  }
  return values;
}

type ValueAt = (x: number, y: number) => number;

function painterOf(texture: Exclude<Texture, { kind: 'fur' }>, size: number, random: Random): ValueAt {
  switch (texture.kind) {
    case 'waves':
      return paintWaves(texture, random);
    case 'cells':
      return paintCells(texture, random);
    case 'grain':
      return paintGrain(texture, size, random);
    case 'spots':
      return paintSpots(texture, random);
  }
}

function paintWaves({ gratings, sharpness }: Texture & { kind: 'waves' }, random: Random): ValueAt {
  const total = gratings.reduce((sum, { height }) => sum + height, 0);
  const waves = gratings.map(({ cycles, angle, height }) => ({
    x: 2 * Math.PI * cycles * Math.cos(angle),
    y: 2 * Math.PI * cycles * Math.sin(angle),
    phase: between(random, 0, 2 * Math.PI),
    height: height / total,
  }));
  return (x, y) => {
    const sum = waves.reduce(
      (value, wave) => value + wave.height * Math.sin(wave.x * x + wave.y * y + wave.phase),
      0,
    );
    return 0.5 + 0.5 * Math.tanh(sharpness * sum);
  };
}

/** A number from 0 to 1 that belongs to a place of a lattice. */
function latticeValue(column: number, row: number, salt: number): number {
  let mixed = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1) ^ salt;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

const salt = (random: Random): number => Math.floor(random() * 2 ** 31);

/** Cellular texture (Worley 1996): the distances to the nearest two of scattered points. */
function paintCells({ cells, jitter, show }: Texture & { kind: 'cells' }, random: Random): ValueAt {
  const [saltX, saltY, saltTone] = [salt(random), salt(random), salt(random)];
  return (u, v) => {
    const [x, y] = [u * cells, v * cells];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    let [nearest, second, tone] = [9, 9, 0];
    for (let j = row - 1; j <= row + 1; j++) {
      for (let i = column - 1; i <= column + 1; i++) {
        const px = i + 0.5 + jitter * (latticeValue(i, j, saltX) - 0.5);
        const py = j + 0.5 + jitter * (latticeValue(i, j, saltY) - 0.5);
        const distance = Math.hypot(px - x, py - y);
        if (distance < nearest) [second, nearest, tone] = [nearest, distance, latticeValue(i, j, saltTone)];
        else if (distance < second) second = distance;
      }
    }
    if (show === 'cell') return tone;
    return show === 'edge' ? (second - nearest) * 3 : nearest * 1.3;
  };
}

/** Sums of value noise of rising frequency; `ridge` and `marble` fold it into lines and veins (Perlin 1985). */
function paintGrain(texture: Texture & { kind: 'grain' }, size: number, random: Random): ValueAt {
  const { cells, octaves, persistence, stretch, fold } = texture;
  const side = 2 * size;
  const sum = new Float32Array(side * side);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const height = persistence ** octave;
    const noise = valueNoise(side, cells * 2 ** (octave + 1), random, stretch);
    noise.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + height * value));
    total += height;
  }
  return (x, y) => {
    const column = Math.min(side - 1, Math.max(0, Math.round((x / 1.8 + 0.5) * side)));
    const row = Math.min(side - 1, Math.max(0, Math.round((y / 1.8 + 0.5) * side)));
    const value = (sum[row * side + column] ?? 0) / total;
    if (fold === 'ridge') return 1 - 2.2 * Math.abs(value);
    if (fold === 'marble') return 0.5 + 0.5 * Math.sin(9 * value + 12 * x);
    return 0.5 + 0.8 * value;
  };
}

function paintSpots(
  { across, radius, hollow, stagger, jitter }: Texture & { kind: 'spots' },
  random: Random,
): ValueAt {
  const [saltX, saltY] = [salt(random), salt(random)];
  const [shiftX, shiftY] = [random(), random()];
  return (u, v) => {
    const y = v * across + shiftY;
    const row = Math.floor(y);
    const x = u * across + shiftX + (row % 2 === 0 ? 0 : stagger);
    const column = Math.floor(x);
    const dx = x - column - 0.5 + jitter * (latticeValue(column, row, saltX) - 0.5);
    const dy = y - row - 0.5 + jitter * (latticeValue(column, row, saltY) - 0.5);
    const distance = Math.hypot(dx, dy);
    const inside = clamp((radius - distance) * 9 + 0.5);
    return hollow ? inside - clamp((radius * 0.55 - distance) * 9 + 0.5) : inside;
  };
}

/** Pieces a hair is drawn in. */
const hairPieces = 3;

/** Short strokes that follow a slowly turning direction, each in a tone of its own. */
function drawFur(texture: Texture & { kind: 'fur' }, size: number, random: Random): Float32Array {
  const { strokes, length, bend, spread, thickness } = texture;
  const values = new Float32Array(size * size).fill(between(random, 0.1, 0.4));
  const direction = texture.direction + between(random, -largestTurn, largestTurn);
  const [turnX, turnY] = [wobble(random), wobble(random)];
  const hair = new Float32Array(size * size);
  for (let stroke = 0; stroke < strokes; stroke++) {
    let [x, y] = [random(), random()];
    const tone = between(random, 0.2, 1);
    hair.fill(0);
    for (let piece = 0; piece < hairPieces; piece++) {
      const angle = direction + bend * (turnX(x) + turnY(y)) * 0.5 + spread * (random() - 0.5);
      const step = length / hairPieces;
      const [nextX, nextY] = [x + step * Math.cos(angle), y + step * Math.sin(angle)];
      drawSegment(hair, [x * size, y * size], [nextX * size, nextY * size], thickness * size, size);
      [x, y] = [nextX, nextY];
    }
    hair.forEach((share, i) => {
      if (share > 0) values[i] = (values[i] ?? 0) + (tone - (values[i] ?? 0)) * share;
    });
  }
  return values;
}
