import type { RunBundle, RunGroup, RunLine, Spread } from '../../../shared/contract/index.ts';
import { summarizeRepeats } from '../../evaluation/significance/repeats.ts';
import type { BundledRun } from '../../store/queries/runs/run-listing.ts';

/** Runs that belong together, in the order asked for. */
export interface Bundle {
  /** Names the bundle between two questions: what its runs share is too long to be sent about. */
  key: string;
  /** What they share: a group's id where they are bundled by group. */
  shared: string | null;
  runs: readonly BundledRun[];
}

/** A row of the table before it is read: the head of a bundle, or one run. */
export type TableEntry = { head: Bundle } | { number: number };

/** Bundles in the order of their first run. A bundle is named by the lowest number in it, which sorting leaves alone. */
export function bundlesOf(runs: readonly BundledRun[]): Bundle[] {
  const byShared = new Map<string | null, BundledRun[]>();
  for (const run of runs) {
    const known = byShared.get(run.key);
    if (known) known.push(run);
    else byShared.set(run.key, [run]);
  }
  return [...byShared].map(([shared, members]) => ({
    key: String(members.reduce((lowest, { number }) => Math.min(lowest, number), Infinity)),
    shared,
    runs: members,
  }));
}

/** The rows of the table: each bundle's head, and its runs where it is open. */
export function entriesOf(bundles: readonly Bundle[], open: ReadonlySet<string>): TableEntry[] {
  return bundles.flatMap((head): TableEntry[] => [
    { head },
    ...(open.has(head.key) ? head.runs.map(({ number }) => ({ number })) : []),
  ]);
}

export function describeBundle(
  { key, shared, runs }: Bundle,
  first: RunLine,
  open: boolean,
  group: RunGroup | undefined,
): RunBundle {
  return {
    key,
    count: runs.length,
    open,
    group: group && group.id === shared ? { id: group.id, kind: group.kind, name: group.name } : null,
    first,
    validation: spreadOf(runs.map(({ validation }) => validation)),
    accuracy: spreadOf(runs.map(({ accuracy }) => accuracy)),
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const { count, mean, deviation } = summarizeRepeats(known);
  return { n: count, mean, deviation };
}
