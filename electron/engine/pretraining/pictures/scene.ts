import type { Random } from '../../../../shared/random.ts';
import { integerIn } from '../../../../shared/random.ts';
import { between, gaussian, valueNoise } from '../../data/sample/noise.ts';
import { blend, clamp, near, paintOver, randomColour, randomPlacement } from './canvas.ts';
import type { Canvas, Colour } from './canvas.ts';
import { drawContour, sampleContour } from './contour.ts';

/** What lies behind a shape: about one tone, smooth, and saying nothing of the class. */
export function paintBackground(canvas: Canvas, lightness: number, random: Random): void {
  const { size } = canvas;
  const everywhere = new Float32Array(size * size).fill(1);
  const tone = randomColour(random, lightness);
  const other = near(tone, 0.15, random);
  const tones = valueNoise(size, integerIn(random, 1, 8), random);
  paintOver(canvas, everywhere, (pixel) => blend(tone, other, 0.5 + 0.5 * (tones[pixel] ?? 0)));
}

/** Shapes of no class strewn over the canvas: what a picture is must be told apart from what is also in it. */
export function strewPatches(canvas: Canvas, most: number, random: Random): void {
  const count = integerIn(random, 0, most);
  for (let patch = 0; patch < count; patch++) {
    const place = randomPlacement(canvas.size, between(random, 0.08, 0.2), random);
    const colour = randomColour(random);
    for (const ring of drawContour(sampleContour(random), canvas.size, place))
      paintOver(canvas, ring, () => colour);
  }
}

/** Light from one side, contrast, a soft focus and the grain of a sensor; then 8 bits, `[size, size, 3]`. */
export function photograph(canvas: Canvas, random: Random): Uint8Array {
  const { size } = canvas;
  const pixels = random() < 0.25 ? soften(canvas) : canvas.pixels;
  const angle = between(random, 0, 2 * Math.PI);
  const slope = between(random, 0, 0.4);
  const [across, down] = [(slope * Math.cos(angle)) / size, (slope * Math.sin(angle)) / size];
  const contrast = between(random, 0.75, 1.15);
  const noise = random() < 0.4 ? between(random, 0, 0.04) : 0;
  const cast: Colour = [between(random, 0.9, 1.1), between(random, 0.9, 1.1), between(random, 0.9, 1.1)];
  return Uint8Array.from(pixels, (value, at) => {
    const pixel = Math.floor(at / 3);
    const light = 1 + across * ((pixel % size) - size / 2) + down * (Math.floor(pixel / size) - size / 2);
    const lit = (0.5 + (value - 0.5) * contrast) * light * (cast[at % 3] ?? 1);
    return Math.round(255 * clamp(lit + (noise > 0 ? noise * gaussian(random) : 0)));
  });
}

/** The mean of each pixel and its four neighbours. */
function soften({ size, pixels }: Canvas): Float32Array {
  const row = 3 * size;
  return pixels.map((value, at) => {
    const x = Math.floor((at % row) / 3);
    const left = x > 0 ? (pixels[at - 3] ?? value) : value;
    const right = x < size - 1 ? (pixels[at + 3] ?? value) : value;
    return (2 * value + left + right + (pixels[at - row] ?? value) + (pixels[at + row] ?? value)) / 6;
  });
}
