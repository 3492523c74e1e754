import { setImmediate as nextTurn } from 'node:timers/promises';
import { groupShifts, LARGE_EFFECT, notableShifts } from '../../evaluation/dataset/shifts.ts';
import type { GroupShift } from '../../evaluation/dataset/shifts.ts';
import { splits } from '../../../shared/contract/projects.ts';
import type { CheckedItem, NewFinding } from '../../store/queries/items/checks.ts';

/** Pictures shown of either side of a shift. */
const EXAMPLES = 6;

interface Grouping {
  kind: 'shift-class' | 'shift-split';
  /** Group per item, -1 for none. */
  groups: Int32Array;
  /** Class ids or split names, in the order of the groups. */
  names: (number | string)[];
}

/**
 * Measures in which a class, or a split, differs so much from the others that a model could go by that alone.
 * @param rows `[items * measures.length]`, NaN where unknown
 */
export async function shiftFindings(
  items: readonly CheckedItem[],
  rows: Float32Array,
  measures: readonly string[],
): Promise<NewFinding[]> {
  const groupings = [byClass(items), bySplit(items)];
  const comparisons = measures.length * groupings.reduce((sum, { names }) => sum + names.length, 0);
  const findings: NewFinding[] = [];
  for (const [at, measure] of measures.entries()) {
    const values = Float32Array.from(items, (_, item) => rows[item * measures.length + at]!);
    for (const grouping of groupings) {
      await nextTurn(); // Sorting 100,000 values takes a moment; others wait behind it.
      const shifts = groupShifts({ values, groups: grouping.groups, groupCount: grouping.names.length });
      for (const shift of oneOfTwo(notableShifts(shifts, comparisons), grouping.names.length)) {
        findings.push(finding(items, values, measure, grouping, shift));
      }
    }
  }
  return findings;
}

/** Of two groups, one being above says all: the other is below by as much. */
function oneOfTwo(shifts: GroupShift[], groups: number): GroupShift[] {
  return groups === 2 ? shifts.filter(({ above }) => above >= LARGE_EFFECT) : shifts;
}

function byClass(items: readonly CheckedItem[]): Grouping {
  const names = [...new Set(items.flatMap(({ classId }) => classId ?? []))].sort((a, b) => a - b);
  const places = new Map(names.map((id, place) => [id, place]));
  const groups = Int32Array.from(items, ({ classId }) => (classId === null ? -1 : places.get(classId)!));
  return { kind: 'shift-class', groups, names };
}

function bySplit(items: readonly CheckedItem[]): Grouping {
  const names = splits.filter((split) => items.some((item) => item.split === split));
  const groups = Int32Array.from(items, ({ split }) => (split === null ? -1 : names.indexOf(split)));
  return { kind: 'shift-split', groups, names };
}

function finding(
  items: readonly CheckedItem[],
  values: Float32Array,
  measure: string,
  { kind, groups, names }: Grouping,
  { group, above }: GroupShift,
): NewFinding {
  const direction = above >= 0.5 ? 'more' : 'less';
  const share = Math.max(above, 1 - above);
  const name = names[group]!;
  const order = [...items.keys()].filter((item) => groups[item]! >= 0 && Number.isFinite(values[item]!));
  order.sort((a, b) => (direction === 'more' ? values[b]! - values[a]! : values[a]! - values[b]!));
  const own = order.filter((item) => groups[item] === group).slice(0, EXAMPLES);
  const others = order.filter((item) => groups[item] !== group).slice(-EXAMPLES);
  return {
    kind,
    key: `${measure} ${name} ${direction}`,
    score: -share,
    params: {
      measure,
      direction,
      percent: Math.round(100 * share),
      ...(kind === 'shift-class' ? { classId: name } : { splits: name }),
    },
    items: [...own, ...others].map((item) => ({ id: items[item]!.id, classId: items[item]!.classId })),
  };
}
