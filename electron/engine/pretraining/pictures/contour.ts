import type { Random } from '../../../../shared/random.ts';
import { integerIn } from '../../../../shared/random.ts';
import { between } from '../../data/sample/noise.ts';
import type { Coverage, Placement } from './canvas.ts';

/**
 * What makes a class of contours, after the radial contours of Kataoka et al. 2022, "Replacing Labeled Real-Image
 * Datasets with Auto-Generated Contours" (https://arxiv.org/abs/2206.09132): a closed line whose distance from its
 * middle is a sum of waves, drawn some times one inside the other.
 */
export interface ContourShape {
  /** Waves of the radius around the middle: how many to a turn, how high, where they begin. */
  waves: readonly { frequency: number; height: number; phase: number }[];
  /** Corners of the line; few make a polygon, many a curve. */
  corners: number;
  rings: number;
  /** Each ring's size as a share of the one around it, and its turn against it in radians. */
  shrink: number;
  twist: number;
  filled: boolean;
  /** Of a line, as a share of the shape's radius. */
  thickness: number;
}

const longestWave = 9;

export function sampleContour(random: Random): ContourShape {
  const waves = Array.from({ length: integerIn(random, 1, 3) }, () => {
    const frequency = integerIn(random, 1, longestWave);
    return {
      frequency,
      height: between(random, 0.1, 0.5) / Math.sqrt(frequency),
      phase: between(random, 0, 6.3),
    };
  });
  return {
    waves,
    corners: random() < 0.4 ? integerIn(random, 3, 9) : 48,
    rings: integerIn(random, 1, 4),
    shrink: between(random, 0.45, 0.85),
    twist: between(random, -0.5, 0.5),
    filled: random() < 0.5,
    thickness: between(random, 0.05, 0.16),
  };
}

/** A contour a little off, by which the pictures of a class differ. */
export function varyContour(shape: ContourShape, by: number, random: Random): ContourShape {
  const moved = (value: number) => value * (1 + between(random, -by, by));
  return {
    ...shape,
    waves: shape.waves.map((wave) => ({
      ...wave,
      height: moved(wave.height),
      phase: wave.phase + between(random, -by, by),
    })),
    shrink: Math.min(moved(shape.shrink), 0.92),
    twist: moved(shape.twist),
    thickness: moved(shape.thickness),
  };
}

/** The rings of a placed contour from the outermost inwards, each as what it covers. */
export function drawContour(shape: ContourShape, size: number, place: Placement): Coverage[] {
  return Array.from({ length: shape.rings }, (_, ring) => {
    const line = ringPoints(shape, ring).map(([x, y]) => place(x, y));
    if (shape.filled) return fillPolygon(line, size);
    const [right] = [place(1, 0)];
    const [middle] = [place(0, 0)];
    const unit = Math.hypot(right[0] - middle[0], right[1] - middle[1]);
    return drawLine(line, Math.max(0.6, (shape.thickness * unit) / 2), size);
  });
}

type Point = readonly [x: number, y: number];

function ringPoints({ waves, corners, shrink, twist }: ContourShape, ring: number): Point[] {
  const scale = shrink ** ring;
  return Array.from({ length: corners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / corners;
    const radius = waves.reduce(
      (sum, { frequency, height, phase }) => sum + height * Math.cos(frequency * angle + phase),
      0.65,
    );
    const turned = angle + twist * ring;
    return [scale * radius * Math.cos(turned), scale * radius * Math.sin(turned)];
  });
}

/** Rows of a pixel at which a polygon is tested; its edge is as smooth. */
const rowSamples = 3;

/** Even-odd filling, smooth along both axes. */
export function fillPolygon(line: readonly Point[], size: number): Coverage {
  const coverage = new Float32Array(size * size);
  for (let sample = 0; sample < size * rowSamples; sample++) {
    const y = (sample + 0.5) / rowSamples;
    const row = Math.floor(y) * size;
    const crossings = crossingsAt(line, y);
    for (let i = 0; i + 1 < crossings.length; i += 2)
      coverSpan(coverage, row, size, crossings[i] ?? 0, crossings[i + 1] ?? 0);
  }
  return coverage;
}

function crossingsAt(line: readonly Point[], y: number): number[] {
  const crossings: number[] = [];
  line.forEach(([x1, y1], index) => {
    const [x2, y2] = line[(index + 1) % line.length] as Point;
    if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  });
  return crossings.sort((a, b) => a - b);
}

function coverSpan(coverage: Coverage, row: number, size: number, from: number, to: number): void {
  for (let column = Math.max(0, Math.floor(from)); column < Math.min(size, to); column++) {
    const share = Math.min(column + 1, to) - Math.max(column, from);
    coverage[row + column] = Math.min(1, (coverage[row + column] ?? 0) + Math.max(share, 0) / rowSamples);
  }
}

/** A closed line of a radius in pixels. */
export function drawLine(line: readonly Point[], radius: number, size: number): Coverage {
  const coverage = new Float32Array(size * size);
  line.forEach((from, index) =>
    drawSegment(coverage, from, line[(index + 1) % line.length] as Point, radius, size),
  );
  return coverage;
}

/** Covers the pixels within `radius` of a segment. */
export function drawSegment(coverage: Coverage, from: Point, to: Point, radius: number, size: number): void {
  const [x1, y1] = from;
  const [dx, dy] = [to[0] - x1, to[1] - y1];
  const length = Math.max(dx * dx + dy * dy, 1e-9);
  const reach = radius + 1;
  const [left, right] = [
    Math.max(0, Math.floor(Math.min(x1, to[0]) - reach)),
    Math.min(size - 1, Math.ceil(Math.max(x1, to[0]) + reach)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(Math.min(y1, to[1]) - reach)),
    Math.min(size - 1, Math.ceil(Math.max(y1, to[1]) + reach)),
  ];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x1, row + 0.5 - y1];
      const along = Math.min(1, Math.max(0, (x * dx + y * dy) / length));
      const distance = Math.hypot(x - along * dx, y - along * dy);
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = row * size + column;
      if (share > (coverage[at] ?? 0)) coverage[at] = share;
    }
  }
}
