import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Project, SplitChoices } from '../../../shared/contract/index.ts';
import type { Grouping } from '../../../shared/splitting/grouping.ts';
import type { SplittableItem } from '../../store/queries/items/splitting.ts';
import type { Store } from '../../store/store.ts';
import { groupsOf, splitSettingsOf, splittable } from './splitting.ts';

const EXAMPLES = 3;

/** Groupings of paths that are offered; the command line takes any. */
const ofPaths: readonly Grouping[] = [
  { from: 'folder', level: 1 },
  { from: 'folder', level: 2 },
  { from: 'name', until: '_' },
  { from: 'name', until: '-' },
];

/** What the labelled items can be grouped by, with what it comes to; groupings that are of no use are left out. */
export async function splitChoices(store: Store, { collections }: Project): Promise<SplitChoices> {
  const items: SplittableItem[] = [];
  for (const { name } of collections) items.push(...(await splittable(store, name)));
  const columns = store.attributes.columns().map(({ name }): Grouping => ({ from: 'attribute', name }));
  const groupings: SplitChoices['groupings'] = [];
  for (const grouping of [...columns, ...ofPaths]) {
    await nextTurn();
    const groups = groupsOf(store, items, grouping);
    const grouped = items.filter((_, at) => groups[at] !== '').length;
    const different = new Set(groups.filter((group) => group !== '')).size;
    if (different < 2 || different === grouped || areClasses(items, groups)) continue;
    groupings.push({ grouping, groups: different, items: grouped, examples: examplesOf(items, groups) });
  }
  return { settings: splitSettingsOf(store), groupings };
}

/** Whether no class is in more than one group, such as the folders that gave the classes their names. */
function areClasses(items: readonly SplittableItem[], groups: readonly string[]): boolean {
  const groupOf = new Map<number, string>();
  return items.every(({ classId }, at) => {
    const first = groupOf.get(classId) ?? groups[at]!;
    groupOf.set(classId, first);
    return first === groups[at];
  });
}

/** Files of different groups, from all over the list. */
function examplesOf(items: readonly SplittableItem[], groups: readonly string[]) {
  const firsts = new Map<string, number>();
  groups.forEach((group, at) => group !== '' && !firsts.has(group) && firsts.set(group, at));
  const all = [...firsts];
  const step = Math.max(1, Math.floor(all.length / EXAMPLES));
  return all
    .filter((_, index) => index % step === 0)
    .slice(0, EXAMPLES)
    .map(([group, at]) => ({ file: items[at]!.source.split(/[/\\]/).slice(-3).join('/'), group }));
}
