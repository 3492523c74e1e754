/**
 * Colours of classes, in a fixed colour-blind-safe order: Okabe & Ito (2008) first, then Paul Tol's
 * "muted" and "light" schemes. Never the only carrier of meaning: a name stands beside each.
 */
export const classColors = [
  '#E69F00',
  '#56B4E9',
  '#009E73',
  '#F0E442',
  '#0072B2',
  '#D55E00',
  '#CC79A7',
  '#88CCEE',
  '#44AA99',
  '#999933',
  '#DDCC77',
  '#CC6677',
  '#AA4499',
  '#77AADD',
  '#EE8866',
  '#BBCC33',
  '#99DDFF',
  '#FFAABB',
  '#AAAA00',
  '#44BB99',
] as const;

export const unlabelledColor = '#7f8794';

/** A colour by its position in the sequence; it repeats after 20. */
export function classColor(position: number): string {
  return classColors[position % classColors.length] ?? unlabelledColor;
}

/** Colours of runs: the same run has the same colour in every chart. */
export function runColor(number: number): string {
  return classColor(number + 4);
}
