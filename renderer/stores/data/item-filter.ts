import type { Item, ItemFilter } from '../../../shared/contract/index.ts';

/** What an edit sets: one column of items. */
export type ItemChange = Partial<Pick<Item, 'classId' | 'split' | 'excluded'>>;

/** Whether items that get this are left out by the filter then: labelling one of "unlabelled" takes it off the list. */
export function leaves(filter: ItemFilter, change: ItemChange): boolean {
  const { classId, split, excluded } = change;
  return (
    (classId !== undefined && classId !== null && filter.agreement === 'suggested') ||
    (classId !== undefined && filter.classes !== undefined && !filter.classes.includes(classId)) ||
    (split !== undefined && filter.splits !== undefined && !filter.splits.includes(split)) ||
    (excluded !== undefined && filter.excluded !== undefined && filter.excluded !== excluded)
  );
}
