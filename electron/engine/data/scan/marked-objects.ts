import { className } from './names.ts';
import type { SourceEntry } from './batch.ts';

/** Something marked in a picture: a box, an outline, or the picture as a whole. */
export interface MarkedObject {
  category: string;
  /** Pixels; null for a mark on the whole picture. */
  area: number | null;
}

/**
 * The one class a picture gets of what is marked in it: the category of the whole picture where there is one, else
 * that of the largest object. Where several categories are marked the picture carries a warning that says so, because
 * the choice is ours and not the source's.
 */
export function labelOfObjects(objects: readonly MarkedObject[]): Pick<SourceEntry, 'label' | 'warning'> {
  const named = objects.flatMap(({ category, area }) => {
    const name = className(category);
    return name === '' ? [] : [{ name, area: area ?? Infinity }];
  });
  const [first, ...others] = named;
  if (!first) return { label: null };
  const largest = others.reduce((most, object) => (object.area > most.area ? object : most), first);
  const several = others.some(({ name }) => name !== first.name);
  return several ? { label: largest.name, warning: 'several-classes' } : { label: first.name };
}
