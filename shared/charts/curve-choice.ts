import type { Curve } from '../contract/index.ts';

export const curveKey = (curve: Curve): string => `${curve.kind}:${curve.name}`;

const mostClasses = 5;

/** Two classes mirror each other: one says it all. A few are shown each, many by their averages. */
export function defaultCurves(curves: Curve[]): string[] {
  const classes = curves.filter((curve) => curve.kind === 'class');
  if (classes.length <= 2) return classes.slice(-1).map(curveKey);
  const averages = curves.filter((curve) => curve.kind !== 'class').map(curveKey);
  const weakest = [...classes].sort((a, b) => (a.area ?? 1) - (b.area ?? 1)).slice(0, mostClasses - 1);
  return classes.length <= mostClasses
    ? [...averages, ...classes.map(curveKey)]
    : [...averages, ...weakest.map(curveKey)];
}
