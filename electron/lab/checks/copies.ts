import { clusterOf, clusters } from '../../../shared/splitting/clusters.ts';
import type { CheckedItem, NewFinding } from '../../store/queries/items/checks.ts';

/** Items whose files hold the same bytes, as positions. */
export function sameBytes(items: readonly CheckedItem[]): number[][] {
  const byHash = new Map<string, number[]>();
  items.forEach(({ sha256 }, position) => {
    const known = byHash.get(sha256);
    if (known) known.push(position);
    else byHash.set(sha256, [position]);
  });
  return [...byHash.values()].filter(({ length }) => length > 1);
}

/** Cluster of every item: positions that `groups` have in common share a number. */
export function copyClusters(count: number, groups: Iterable<readonly number[]>): Int32Array {
  return clusterOf(count, groups);
}

/**
 * One finding per cluster of copies, by the worst that is wrong with it: different labels, several splits (told
 * besides different labels, because both are to be mended), or else that there are copies at all.
 */
export function copyFindings(items: readonly CheckedItem[], roots: Int32Array): NewFinding[] {
  return clusters(roots).flatMap((positions) => {
    const members = positions.map((position) => items[position]!);
    const classes = new Set(members.flatMap(({ classId }) => classId ?? []));
    const splits = new Set(members.flatMap(({ split }) => split ?? []));
    const exact = new Set(members.map(({ sha256 }) => sha256)).size === 1;
    const about = { key: keyOf(members), items: members.map(({ id, classId }) => ({ id, classId })) };
    const found: NewFinding[] = [];
    if (classes.size > 1) found.push({ ...about, kind: 'conflict' });
    if (splits.size > 1) found.push({ ...about, kind: 'leak' });
    if (found.length === 0) found.push({ ...about, kind: exact ? 'duplicate' : 'near-duplicate' });
    return found;
  });
}

/** A cluster is named by its members: once another copy comes in, it is news. */
function keyOf(members: readonly CheckedItem[]): string {
  const ids = members.map(({ id }) => id).sort((a, b) => a - b);
  if (ids.length <= MOST_NAMED) return ids.join('-');
  return `${ids.slice(0, MOST_NAMED).join('-')}+${ids.length - MOST_NAMED}`;
}

const MOST_NAMED = 24;
