import type { FindingKind } from '../../../shared/findings.ts';
import type { Store } from '../../store/store.ts';

const copies: ReadonlySet<FindingKind> = new Set(['conflict', 'leak', 'duplicate', 'near-duplicate']);
/** A cluster of more than this share of all items cannot be dealt out fairly, and is rather a kind of picture. */
const LARGEST_SHARE = 0.1;

/**
 * The group of every item that the last check found to be nearly the same picture as others, so that a split keeps
 * them together. Findings that a person said to keep as they are do not count.
 */
export function copyGroups(store: Store): Map<number, string> {
  const most = LARGEST_SHARE * (store.checks.last()?.items ?? 0);
  const groups = new Map<number, string>();
  for (const { kind, key, items, kept } of store.checks.findings()) {
    if (kept || !copies.has(kind) || items.length > Math.max(2, most)) continue;
    for (const { id } of items) groups.set(id, key);
  }
  return groups;
}

/** Items of which a person said that they are no copies of each other, or may stay as they are. */
export function keptCopies(store: Store): Set<number> {
  const kept = store.checks.findings().filter((finding) => finding.kept && copies.has(finding.kind));
  return new Set(kept.flatMap(({ items }) => items.map(({ id }) => id)));
}
