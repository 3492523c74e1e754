import type { Random } from '../../../../shared/random.ts';
import { between, gaussian, valueNoise } from './noise.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A colour from hue (0-1), saturation and lightness (0-1), each channel 0-255. */
export function hslColour(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (offset + hue * 12) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Perceived brightness of a colour, 0-255 (ITU-R BT.601). */
export function brightness([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Tinted paper with fibres, stains, uneven light, and on some sheets ruled lines or squares.
 * @returns RGB as floats about 0-255, `[size, size, 3]`
 */
export function drawPaper(base: Colour, size: number, random: Random): Float32Array {
  const shade = sheetShade(size, random);
  const lines = random() < 0.45 ? ruling(size, random) : null;
  const lineColour = hslColour(random(), 0.5, 0.55);
  const paper = new Float32Array(size * size * 3);
  for (let at = 0; at < size * size; at++) {
    const lined = lines?.[at] ?? 0;
    for (let channel = 0; channel < 3; channel++) {
      const plain = (base[channel] ?? 0) + (shade[at] ?? 0);
      paper[at * 3 + channel] = plain + ((lineColour[channel] ?? 0) - plain) * lined;
    }
  }
  return paper;
}

/** Brightness changes over the sheet: stains, fibres, fine grain, and light from one side. */
function sheetShade(size: number, random: Random): Float32Array {
  const stains = valueNoise(size, 4, random);
  const fibres = valueNoise(size, 24, random, between(random, 1, 5));
  const weights = {
    stain: between(random, 4, 26),
    fibre: between(random, 3, 18),
    grain: between(random, 1, 7),
  };
  const light = { angle: random() * 2 * Math.PI, strength: between(random, 0, 40) };
  const shade = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      const lit =
        ((x / size - 0.5) * Math.cos(light.angle) + (y / size - 0.5) * Math.sin(light.angle)) *
        light.strength;
      shade[at] =
        (stains[at] ?? 0) * weights.stain +
        (fibres[at] ?? 0) * weights.fibre +
        gaussian(random) * weights.grain +
        lit;
    }
  }
  return shade;
}

/** Ruled or squared paper as coverage 0-1, `[size, size]`. */
function ruling(size: number, random: Random): Float32Array {
  const gap = between(random, size / 7, size / 3);
  const squared = random() < 0.5;
  const strength = between(random, 0.15, 0.6);
  const tilt = between(random, -0.12, 0.12);
  const start = random() * gap;
  const lines = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const level = onLine(y + tilt * x + start, gap);
      const upright = squared ? onLine(x - tilt * y + start, gap) : 0;
      lines[y * size + x] = strength * Math.max(level, upright);
    }
  }
  return lines;
}

function onLine(place: number, gap: number): number {
  const off = Math.abs(place - Math.round(place / gap) * gap);
  return Math.max(0, 1 - off);
}
