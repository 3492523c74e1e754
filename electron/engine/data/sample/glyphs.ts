import type { Random } from '../../../../shared/random.ts';

/** A point in the unit square, y downward. */
export type Point = readonly [x: number, y: number];
/** What a pen draws without being lifted. */
export type Stroke = readonly Point[];

/** The ten classes of the sample, in order. */
export const glyphNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type GlyphName = (typeof glyphNames)[number];

const lines = (...points: Point[]): Stroke => points;

/** Part of an ellipse from one angle to another, in degrees clockwise from three o'clock. */
function arc([x, y]: Point, [radiusX, radiusY]: Point, from: number, to: number): Stroke {
  const steps = Math.max(4, Math.ceil(Math.abs(to - from) / 12));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = ((from + ((to - from) * step) / steps) * Math.PI) / 180;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)] as const;
  });
}

/** Strokes that follow each other as one. */
const joined = (...parts: Stroke[]): Stroke => parts.flat();

/** A point reflection: a nine is a six stood on its head. */
const turned = (strokes: Stroke[]): Stroke[] =>
  strokes.map((stroke) => stroke.map(([x, y]) => [1 - x, 1 - y] as const));

const six: Stroke[] = [
  joined(arc([0.86, 0.68], [0.76, 0.68], 262, 180), arc([0.5, 0.7], [0.4, 0.3], 180, 540)),
];

/** Each glyph in the forms people know it by; typefaces and hands choose among them. */
const forms: Record<GlyphName, readonly Stroke[][]> = {
  '0': [[arc([0.5, 0.5], [0.42, 0.5], -90, 270)]],
  '1': [
    [lines([0.22, 0.22], [0.56, 0], [0.56, 1])],
    [lines([0.22, 0.22], [0.56, 0], [0.56, 1]), lines([0.22, 1], [0.9, 1])],
  ],
  '2': [[joined(arc([0.5, 0.29], [0.41, 0.29], 195, 395), lines([0.08, 1], [0.95, 1]))]],
  '3': [
    [joined(arc([0.46, 0.25], [0.38, 0.25], -155, 90), arc([0.46, 0.75], [0.44, 0.25], -90, 155))],
    [joined(lines([0.12, 0], [0.86, 0], [0.45, 0.4]), arc([0.46, 0.7], [0.43, 0.3], -90, 150))],
  ],
  '4': [
    [lines([0.7, 1], [0.7, 0], [0.04, 0.7], [0.98, 0.7])],
    [lines([0.2, 0], [0.1, 0.58], [0.95, 0.58]), lines([0.72, 0.25], [0.68, 1])],
  ],
  '5': [[joined(lines([0.86, 0], [0.22, 0], [0.16, 0.46]), arc([0.46, 0.68], [0.43, 0.32], -128, 145))]],
  '6': [six],
  '7': [
    [lines([0.06, 0], [0.94, 0], [0.36, 1])],
    [lines([0.06, 0], [0.94, 0], [0.36, 1]), lines([0.28, 0.5], [0.84, 0.5])],
  ],
  '8': [[arc([0.5, 0.25], [0.34, 0.25], 90, 450), arc([0.5, 0.75], [0.43, 0.25], -90, 270)]],
  '9': [turned(six)],
};

/** One of a glyph's forms. */
export function glyphForm(name: GlyphName, random: Random): readonly Stroke[] {
  const known = forms[name];
  return known[Math.floor(random() * known.length)] as readonly Stroke[];
}
