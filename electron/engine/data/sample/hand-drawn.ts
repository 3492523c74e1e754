import type { Random } from '../../../../shared/random.ts';
import { glyphForm } from './glyphs.ts';
import type { GlyphName, Point } from './glyphs.ts';
import { between, gaussian, valueNoise, wobble } from './noise.ts';
import { brightness, drawPaper, hslColour } from './paper.ts';
import type { Colour } from './paper.ts';
import { drawStrokes, resample } from './raster.ts';
import type { InkStroke } from './raster.ts';

/**
 * The target domain: drawn by an unsteady hand with a coloured pen, crayon or brush on textured paper,
 * turned and photographed with noise.
 * @returns RGB, `[size, size, 3]`
 */
export function drawByHand(name: GlyphName, size: number, random: Random): Uint8Array {
  const [paperColour, inkColour] = colours(random);
  const paper = drawPaper(paperColour, size, random);
  const ink = drawStrokes(handStrokes(name, size, random), size);
  const grain = valueNoise(size, Math.round(size * 0.7), random);
  const dry = between(random, 0, 0.75);
  const opacity = between(random, 0.7, 1);
  const noise = between(random, 2, 12);
  const pixels = new Uint8Array(size * size * 3);
  for (let at = 0; at < size * size; at++) {
    // A dry pen leaves the hollows of the paper uncovered.
    const covered = (ink[at] ?? 0) * opacity * Math.min(1, Math.max(0, 1 - dry * (0.5 + (grain[at] ?? 0))));
    for (let channel = 0; channel < 3; channel++) {
      const plain = paper[at * 3 + channel] ?? 0;
      const value = plain + ((inkColour[channel] ?? 0) - plain) * covered + gaussian(random) * noise;
      pixels[at * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return pixels;
}

/** Least difference in brightness between paper and ink, of 255: a person must be able to read every one. */
const leastContrast = 70;
/** How many sheets are dark with light ink. */
const darkSheets = 0.15;

function colours(random: Random): [paper: Colour, ink: Colour] {
  const dark = random() < darkSheets;
  const paper = hslColour(
    random(),
    between(random, 0.05, 0.6),
    dark ? between(random, 0.12, 0.35) : between(random, 0.65, 0.92),
  );
  for (;;) {
    const ink = hslColour(
      random(),
      between(random, 0.3, 1),
      dark ? between(random, 0.5, 0.9) : between(random, 0.05, 0.6),
    );
    const contrast = brightness(paper) - brightness(ink);
    if (dark ? -contrast > leastContrast : contrast > leastContrast) return [paper, ink];
  }
}

/** Strokes as a hand draws them: corners missed, lines that tremble, pressure that varies, the sheet turned. */
function handStrokes(name: GlyphName, size: number, random: Random): InkStroke[] {
  const place = handPlacement(size, random);
  const tremble = between(random, 0.015, 0.05);
  const slips = between(random, 0.01, 0.05);
  const radius = size * between(random, 0.018, 0.06);
  return glyphForm(name, random).map((stroke) => {
    const sketched = stroke.map(([x, y]): Point => [
      x + gaussian(random) * slips * 0.6,
      y + gaussian(random) * slips * 0.6,
    ]);
    const points = resample(sketched, 0.06);
    const sway = [wobble(random), wobble(random)] as const;
    const press = wobble(random);
    const unevenness = between(random, 0.1, 0.45);
    const along = (index: number) => index / Math.max(1, points.length - 1);
    return {
      points: points.map(([x, y], index) =>
        place([x + sway[0](along(index)) * tremble, y + sway[1](along(index)) * tremble]),
      ),
      radii: points.map((_, index) => radius * Math.max(0.4, 1 + press(along(index)) * unevenness)),
    };
  });
}

/** Where on the sheet the glyph stands: its size, width, lean, turn, and how far off the middle. */
function handPlacement(size: number, random: Random): (point: Point) => Point {
  const height = size * between(random, 0.42, 0.78);
  const width = height * between(random, 0.45, 0.95);
  const lean = between(random, -0.3, 0.45);
  const angle = between(random, -0.32, 0.32);
  const middle = [
    size / 2 + between(random, -0.1, 0.1) * size,
    size / 2 + between(random, -0.1, 0.1) * size,
  ] as const;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return ([x, y]) => {
    const across = (x - 0.5) * width + (0.5 - y) * lean * height;
    const down = (y - 0.5) * height;
    return [middle[0] + across * cos - down * sin, middle[1] + across * sin + down * cos];
  };
}
