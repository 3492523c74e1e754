/** A pen stroke in pixels: points with the pen's radius at each. */
export interface InkStroke {
  points: readonly (readonly [x: number, y: number])[];
  radii: readonly number[];
}

/**
 * A pen's nib: round at 1, broad at more. A broad nib held at `angle` (radians) is thin along it,
 * as in type with thick and thin strokes.
 */
export interface Nib {
  aspect: number;
  angle: number;
}

export const roundNib: Nib = { aspect: 1, angle: 0 };

/** How much of each pixel is covered by ink, 0 to 1, `[size, size]`, with smooth edges. */
export function drawStrokes(strokes: readonly InkStroke[], size: number, nib: Nib = roundNib): Float32Array {
  const coverage = new Float32Array(size * size);
  const cos = Math.cos(nib.angle);
  const sin = Math.sin(nib.angle);
  // Distances are measured in a space squeezed so that the nib is round there.
  const across = (x: number, y: number) => [x * cos + y * sin, (y * cos - x * sin) * nib.aspect] as const;
  for (const { points, radii } of strokes) {
    for (let i = 0; i + 1 < points.length; i++) {
      const [ax, ay] = points[i] as readonly [number, number];
      const [bx, by] = points[i + 1] as readonly [number, number];
      drawSegment(coverage, size, [ax, ay, radii[i] ?? 1], [bx, by, radii[i + 1] ?? 1], across);
    }
  }
  return coverage;
}

type End = readonly [x: number, y: number, radius: number];

function drawSegment(
  coverage: Float32Array,
  size: number,
  [ax, ay, ar]: End,
  [bx, by, br]: End,
  across: (x: number, y: number) => readonly [number, number],
): void {
  const reach = Math.max(ar, br) + 1;
  const [dx, dy] = across(bx - ax, by - ay);
  const lengthSquared = dx * dx + dy * dy || 1;
  const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const bottom = Math.min(size - 1, Math.ceil(Math.max(ay, by) + reach));
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const right = Math.min(size - 1, Math.ceil(Math.max(ax, bx) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = across(x + 0.5 - ax, y + 0.5 - ay);
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const inked = Math.min(1, Math.max(0, 0.5 + ar + along * (br - ar) - distance));
      const at = y * size + x;
      if (inked > (coverage[at] ?? 0)) coverage[at] = inked;
    }
  }
}

/** Points at equal steps of about `step` along a stroke; corners stay. */
export function resample(stroke: readonly (readonly [number, number])[], step: number): [number, number][] {
  const result: [number, number][] = [];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [ax, ay] = stroke[i] as readonly [number, number];
    const [bx, by] = stroke[i + 1] as readonly [number, number];
    const pieces = Math.max(1, Math.round(Math.hypot(bx - ax, by - ay) / step));
    for (let piece = 0; piece < pieces; piece++) {
      result.push([ax + ((bx - ax) * piece) / pieces, ay + ((by - ay) * piece) / pieces]);
    }
  }
  const last = stroke.at(-1);
  if (last) result.push([last[0], last[1]]);
  return result;
}
