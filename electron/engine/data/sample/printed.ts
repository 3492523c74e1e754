import type { Random } from '../../../../shared/random.ts';
import { glyphForm } from './glyphs.ts';
import type { GlyphName, Stroke } from './glyphs.ts';
import { between } from './noise.ts';
import { drawStrokes } from './raster.ts';
import type { InkStroke, Nib } from './raster.ts';

/**
 * The source domain: clean print, dark on white, one "typeface" a picture: its weight, width, slant, contrast
 * and serifs are drawn at random.
 * @returns RGB, `[size, size, 3]`
 */
export function drawPrinted(name: GlyphName, size: number, random: Random): Uint8Array {
  const height = size * between(random, 0.45, 0.78);
  const width = height * between(random, 0.5, 0.78);
  const slant = random() < 0.35 ? between(random, 0.1, 0.28) : 0;
  const radius = (height * between(random, 0.05, 0.17)) / 2;
  const nib: Nib =
    random() < 0.5 ? { aspect: between(random, 1.5, 2.6), angle: Math.PI / 2 } : { aspect: 1, angle: 0 };
  const left = size / 2 - width / 2 + between(random, -0.09, 0.09) * size;
  const top = size / 2 - height / 2 + between(random, -0.09, 0.09) * size;
  const form = glyphForm(name, random);
  const strokes = random() < 0.4 ? [...form, ...serifs(form[0] ?? [])] : form;
  const ink: InkStroke[] = strokes.map((stroke) => ({
    points: stroke.map(
      ([x, y]) => [left + x * width + (0.5 - y) * slant * height, top + y * height] as const,
    ),
    radii: stroke.map(() => radius * Math.sqrt(nib.aspect)),
  }));
  const paper = between(random, 215, 255);
  const black = between(random, 0, 110);
  return greyPicture(drawStrokes(ink, size, nib), paper, black);
}

/** Half the length of a serif, in glyph widths. */
const serifReach = 0.13;

/**
 * Short bars across the free ends of a glyph's main stroke: level at upright ends, upright at level ones.
 * An end that touches the stroke itself, as in a six, is not free.
 */
function serifs(stroke: Stroke): Stroke[] {
  return [stroke, [...stroke].reverse()].flatMap(([end, before, ...rest]): Stroke[] => {
    if (!end || !before) return [];
    const [x, y] = end;
    if (rest.slice(nearby).some((other) => Math.hypot(x - other[0], y - other[1]) < serifReach)) return [];
    const upright = Math.abs(y - before[1]) > Math.abs(x - before[0]);
    return upright
      ? [[[x - serifReach, y] as const, [x + serifReach, y] as const]]
      : [[[x, y - serifReach / 2] as const, [x, y + serifReach / 2] as const]];
  });
}

/** Points next to an end that are close to it on any stroke. */
const nearby = 3;

function greyPicture(coverage: Float32Array, paper: number, ink: number): Uint8Array {
  const pixels = new Uint8Array(coverage.length * 3);
  for (const [at, covered] of coverage.entries()) {
    pixels.fill(Math.round(paper + (ink - paper) * covered), at * 3, at * 3 + 3);
  }
  return pixels;
}
