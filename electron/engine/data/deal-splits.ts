import type { z } from 'zod';
import { clusterOf, clusters } from '../../../shared/splitting/clusters.ts';
import { splits } from '../../../shared/contract/projects.ts';
import { dealSplits, dealUnsplit } from '../../../shared/splitting/split.ts';
import type { PlacedItem } from '../../../shared/splitting/split.ts';
import { splitNotes } from '../../../shared/splitting/split-notes.ts';
import type { EngineMethods, EngineResult } from '../protocol.ts';
import { nearDuplicates } from './near-duplicates.ts';

type Request = z.output<EngineMethods['dealSplits']['params']>;

/**
 * Pictures whose hashes chain into a cluster of more than this share of all are rather a kind of picture (digits on a
 * plain ground) than copies of one, and could not be dealt out fairly: they are kept together by their bytes alone.
 */
const largestLookAlike = 0.1;

/**
 * Deals items out to the splits so that nothing that belongs together parts: the same bytes, nearly the same picture
 * by perceptual hash, and equal keys of any grouping, joined transitively.
 */
export function dealItems(request: Request): EngineResult<'dealSplits'> {
  const { ids, classIds, given, shares, seed, keepGiven } = request;
  const { roots, tooAlike } = clustersOf(request);
  const items = Array.from(ids, (id, at): PlacedItem => {
    const classId = classIds[at]! < 0 ? null : classIds[at]!;
    return { id, classId, cluster: roots[at]!, split: splits[given[at]!] ?? null };
  });
  const dealt = (keepGiven ? dealUnsplit : dealSplits)(items, shares, seed);
  const before = new Map(items.map(({ id, split }) => [id, split]));
  const splitOf = (id: number) => dealt.get(id) ?? before.get(id) ?? undefined;
  const together = clusters(roots);
  const notes = splitNotes(items, splitOf, shares).map(({ cluster, ...note }) => ({
    ...note,
    group: request.keys.map((column) => column[cluster]).find(Boolean) ?? '',
  }));
  return {
    splits: Int8Array.from(ids, (id) => splits.indexOf(splitOf(id)!)),
    clusters: Int32Array.from(roots),
    groups: {
      count: together.length,
      items: together.reduce((sum, { length }) => sum + length, 0),
      largest: together.reduce((most, { length }) => Math.max(most, length), 0),
    },
    tooAlike,
    notes,
  };
}

function clustersOf({ ids, sha256, dhash, keys }: Request): { roots: Int32Array; tooAlike: number } {
  const most = Math.max(2, largestLookAlike * ids.length);
  const alike = nearDuplicates(dhash);
  const kept = alike.filter(({ length }) => length <= most);
  const groups = [sha256, ...keys].flatMap(equalValues);
  return {
    roots: clusterOf(ids.length, [...kept, ...groups]),
    tooAlike:
      alike.reduce((most, { length }) => Math.max(most, length), 0) * Number(kept.length < alike.length),
  };
}

/** Positions that have the same value; '' is none. */
function equalValues(values: readonly string[]): number[][] {
  const positions = new Map<string, number[]>();
  values.forEach((value, position) => {
    if (value === '') return;
    const known = positions.get(value);
    if (known) known.push(position);
    else positions.set(value, [position]);
  });
  return [...positions.values()].filter(({ length }) => length > 1);
}
