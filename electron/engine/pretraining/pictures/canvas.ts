import type { Random } from '../../../../shared/random.ts';
import { between } from '../../data/sample/noise.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** RGB from 0 to 1, `[size, size, 3]`. */
export interface Canvas {
  size: number;
  pixels: Float32Array;
}

/** How much of each pixel a shape covers, 0 to 1, `[size, size]`. */
export type Coverage = Float32Array;

export function createCanvas(size: number): Canvas {
  return { size, pixels: new Float32Array(size * size * 3) };
}

/** Lays colours over the canvas where a shape covers it. `colourAt` takes the index of a pixel. */
export function paintOver({ pixels }: Canvas, coverage: Coverage, colourAt: (pixel: number) => Colour): void {
  coverage.forEach((share, pixel) => {
    if (share <= 0) return;
    const colour = colourAt(pixel);
    for (let channel = 0; channel < 3; channel++) {
      const at = 3 * pixel + channel;
      const below = pixels[at] ?? 0;
      pixels[at] = below + ((colour[channel] ?? 0) - below) * share;
    }
  });
}

/** A colour of any hue; greys, browns and dull tones are as frequent as they are in the world. */
export function randomColour(random: Random, lightness = between(random, 0.08, 0.92)): Colour {
  const hue = random() < 0.5 ? between(random, 0, 60) : between(random, 0, 360);
  return hsl(hue, random() ** 1.5, lightness);
}

/** Lightness of a shape and of what lies behind it: which is the lighter is chance, that one can tell them apart is not. */
export function contrastingLightness(random: Random): readonly [shape: number, behind: number] {
  const dark = between(random, 0.05, 0.5);
  const light = dark + between(random, 0.35, 0.48);
  return random() < 0.5 ? [dark, light] : [light, dark];
}

/** A colour near another one. */
export function near(colour: Colour, by: number, random: Random): Colour {
  const shift = between(random, -by, by);
  const moved = (value: number) => clamp(value + shift + between(random, -by / 2, by / 2));
  return [moved(colour[0]), moved(colour[1]), moved(colour[2])];
}

/** Hue in degrees, saturation and lightness from 0 to 1 (CSS Color 4, section 7). */
function hsl(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

export const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

export const blend = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** A turn, a stretch and a place: what one appearance of a shape differs in from another. Maps -1..1 to pixels. */
export type Placement = (x: number, y: number) => readonly [x: number, y: number];

/** Largest turn of an appearance either way, radians: how a shape lies is part of what it is. */
export const largestTurn = 0.45;

/** A random placement of a shape about `scale` times as wide as half the canvas. */
export function randomPlacement(size: number, scale: number, random: Random): Placement {
  const angle = between(random, -largestTurn, largestTurn);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const half = (size / 2) * scale;
  const squeeze = between(random, 0.85, 1.18);
  const slack = Math.max(0, size / 2 - half * 0.6);
  const [left, top] = [
    size / 2 + between(random, -slack, slack) * 0.8,
    size / 2 + between(random, -slack, slack) * 0.8,
  ];
  return (x, y) => [
    left + half * (cos * x * squeeze - (sin * y) / squeeze),
    top + half * (sin * x * squeeze + (cos * y) / squeeze),
  ];
}
