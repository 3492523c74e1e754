import type { ParsedParams, Result, RunTableRow } from '../../../shared/contract/index.ts';
import type { RunColumn } from '../../../shared/run-columns.ts';
import type { Store } from '../../store/store.ts';
import { bundlesOf, describeBundle, entriesOf, type TableEntry } from './bundles.ts';

type ListRequest = ParsedParams<'experiments.list'>;

/** A window of the table of runs. */
export function tableWindow(store: Store, request: ListRequest): Result<'experiments.list'> {
  const { filter, order, bundle, columns, offset, limit } = request;
  if (bundle !== null) return bundledWindow(store, { ...request, bundle });
  const numbers = store.runListing.numbers(filter, order);
  const lines = store.runListing.lines([...numbers.subarray(offset, offset + limit)], columns);
  const items = lines.map((run): RunTableRow => ({ what: 'run', id: run.id, run, inBundle: false }));
  return { total: numbers.length, runs: numbers.length, items };
}

function bundledWindow(
  store: Store,
  {
    filter,
    order,
    bundle,
    columns,
    open,
    offset,
    limit,
  }: ListRequest & { bundle: 'recipe' | 'backbone' | 'group' },
): Result<'experiments.list'> {
  const runs = store.runListing.bundled(filter, order, bundle);
  const opened = new Set(open);
  const entries = entriesOf(bundlesOf(runs), opened);
  const items = readEntries(store, entries.slice(offset, offset + limit), columns, opened);
  return { total: entries.length, runs: runs.length, items };
}

function readEntries(
  store: Store,
  entries: readonly TableEntry[],
  columns: readonly RunColumn[],
  open: ReadonlySet<string>,
): RunTableRow[] {
  const numberOf = (entry: TableEntry): number =>
    'head' in entry ? entry.head.runs[0]!.number : entry.number;
  const lines = store.runListing.lines(entries.map(numberOf), columns);
  return entries.map((entry, index): RunTableRow => {
    const run = lines[index]!;
    if ('number' in entry) return { what: 'run', id: run.id, run, inBundle: true };
    const { head } = entry;
    const group = run.group === null ? undefined : store.runGroups.byId(run.group);
    const bundle = describeBundle(head, run, open.has(head.key), group);
    return { what: 'bundle', id: `bundle:${head.key}`, bundle };
  });
}
