import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ParsedParams, Split, SplitPreview } from '../../../shared/contract/index.ts';
import { splits } from '../../../shared/contract/projects.ts';
import { GraftError } from '../../../shared/errors.ts';
import { groupOfPath, splitSettingsSchema } from '../../../shared/splitting/grouping.ts';
import type { Grouping, SplitSettings } from '../../../shared/splitting/grouping.ts';
import type { EngineParams, EngineResult } from '../../engine/protocol.ts';
import type { SplittableItem } from '../../store/queries/items/splitting.ts';
import type { Store } from '../../store/store.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import { copyGroups, keptCopies } from './copy-groups.ts';

/** Shares of a split may miss 1 by rounding in a form. */
const SHARE_TOLERANCE = 1e-6;
/** Items read between two turns of the event loop: a few milliseconds. */
const WINDOW = 10_000;
/** Notes on classes that are told; the rest is counted by their number. */
const MOST_NOTES = 20;

/** One collection dealt out: a position each. */
export interface Dealt {
  items: SplittableItem[];
  result: EngineResult<'dealSplits'>;
}

/** The settings of the last split a person made, else the defaults. */
export function splitSettingsOf(store: Store): SplitSettings {
  const stored = store.project.splitSettings();
  return splitSettingsSchema.parse(stored === null ? {} : JSON.parse(stored));
}

/** @throws GraftError split.shares */
export function checkShares(shares: Record<Split, number>): void {
  const sum = shares.train + shares.validation + shares.test;
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw new GraftError('split.shares', { sum });
}

/** Deals out the labelled, usable items of one collection in the media process; nothing is stored. */
export async function dealCollection(
  lab: LabContext,
  project: OpenProject,
  collection: string,
  settings: SplitSettings & { keepGiven: boolean },
  signal: AbortSignal,
): Promise<Dealt> {
  const items = await splittable(project.store, collection);
  const request = requestFor(project.store, items, settings);
  const result = await requestUntil(signal, lab.engines.media, 'dealSplits', request);
  return { items, result };
}

/** Every collection, one after the other: what leaks between two collections is two domains. */
export async function dealProject(lab: LabContext, params: ParsedParams<'items.resplit'>): Promise<Dealt[]> {
  checkShares(params);
  const project = lab.projects.current;
  const dealt: Dealt[] = [];
  for (const { name } of lab.projects.describeCurrent().collections) {
    dealt.push(await dealCollection(lab, project, name, params, new AbortController().signal));
  }
  return dealt;
}

/** What changes: new split per item that gets another one. */
export function changesOf({ items, result }: Dealt): [number, Split][] {
  return items.flatMap(({ id, split }, at): [number, Split][] => {
    const next = splits[result.splits[at]!];
    return next === undefined || next === split ? [] : [[id, next]];
  });
}

/** The split as counts, before it is applied. */
export function previewOf(store: Store, dealt: readonly Dealt[]): SplitPreview {
  const classes = store.classes.all();
  const rows = new Map(classes.map(({ id }) => [id, { classId: id, train: 0, validation: 0, test: 0 }]));
  for (const { items, result } of dealt) {
    items.forEach(({ classId }, at) => {
      const split = splits[result.splits[at]!];
      if (split) rows.get(classId)![split]++;
    });
  }
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const notes = dealt.flatMap(({ result }) =>
    result.notes.map(({ classId, ...note }) => ({ ...note, class: names.get(classId ?? -1) ?? '' })),
  );
  const sum = (of: (groups: EngineResult<'dealSplits'>['groups']) => number) =>
    dealt.reduce((all, { result }) => all + of(result.groups), 0);
  return {
    table: [...rows.values()],
    changed: dealt.reduce((all, one) => all + changesOf(one).length, 0),
    groups: {
      count: sum(({ count }) => count),
      items: sum(({ items }) => items),
      largest: Math.max(0, ...dealt.map(({ result }) => result.groups.largest)),
    },
    tooAlike: Math.max(0, ...dealt.map(({ result }) => result.tooAlike)),
    notes: notes.slice(0, MOST_NOTES),
    notesCount: notes.length,
  };
}

/** Read in windows, so that a label can be stored between two of them. */
export async function splittable(store: Store, collection: string): Promise<SplittableItem[]> {
  const items: SplittableItem[] = [];
  for (;;) {
    const window = store.splitting.window(collection, items.at(-1)?.id ?? 0, WINDOW);
    for (const item of window) items.push(item);
    if (window.length < WINDOW) return items;
    await nextTurn();
  }
}

function requestFor(
  store: Store,
  items: readonly SplittableItem[],
  { near, by, seed, keepGiven, ...shares }: SplitSettings & { keepGiven: boolean },
): EngineParams<'dealSplits'> {
  const kept = near ? keptCopies(store) : new Set<number>();
  const known = near ? copyGroups(store) : new Map<number, string>();
  return {
    ids: Int32Array.from(items, ({ id }) => id),
    classIds: Int32Array.from(items, ({ classId }) => classId),
    given: Int8Array.from(items, ({ split }) => (split === null ? -1 : splits.indexOf(split))),
    sha256: items.map(({ sha256 }) => sha256),
    dhash: items.map(({ id, dhash }) => (near && !kept.has(id) ? dhash : '')),
    keys: [
      ...by.map((grouping) => groupsOf(store, items, grouping)),
      ...(known.size > 0 ? [items.map(({ id }) => known.get(id) ?? '')] : []),
    ],
    shares: { train: shares.train, validation: shares.validation, test: shares.test },
    seed,
    keepGiven,
  };
}

/** The group of every item by a grouping, '' where it is in none. */
export function groupsOf(store: Store, items: readonly SplittableItem[], grouping: Grouping): string[] {
  if (grouping.from !== 'attribute') return items.map(({ source }) => groupOfPath(source, grouping));
  const values = store.attributes.ofName(grouping.name);
  return items.map(({ id }) => values.get(id) ?? '');
}
