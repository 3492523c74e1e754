import type { Item, Split } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { dealSplits, dealUnsplit } from '../../../shared/split.ts';
import type { EditedField, EditedValue } from '../../store/queries/edits.ts';
import type { ItemRow } from '../../store/queries/items.ts';
import type { Store } from '../../store/store.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { copyGroups } from './copy-groups.ts';
import { startImport } from './import.ts';
import { tellRunsOf } from '../runs/shown-run.ts';

/** Shares of a split may miss 1 by rounding in a form. */
const SHARE_TOLERANCE = 1e-6;

/** Listing, labelling and splitting items, with undo. `onImported` is told when an import has brought something. */
export function itemHandlers(lab: LabContext, onImported: () => void): HandlersOf<'items'> {
  const { projects } = lab;

  function edit(action: string, field: EditedField, values: Iterable<[number, EditedValue]>) {
    const changed = projects.edit((store) => store.edits.record(action, field, values));
    return { changed, project: projects.describeCurrent() };
  }

  function replay(direction: 'undo' | 'redo') {
    const done = projects.edit((store) => store.edits[direction]());
    const { classes, ...outcome } = done ?? { action: '', changed: 0, item: null, classes: [] };
    tellRunsOf(lab, classes);
    return { done: done !== undefined, ...outcome, project: projects.describeCurrent() };
  }

  return {
    'items.import'(params) {
      const { job, result } = startImport(lab, params);
      result.then(
        ({ added }) => added > 0 && onImported(),
        () => undefined, // The job tells of a failed import itself.
      );
      return { job: job.id };
    },
    'items.list'({ filter, order, offset, limit }) {
      const { store } = projects.current;
      const { revision } = store.project.get();
      const { total, ids } = store.listing.window(filter, offset, limit, revision, order);
      return { total, items: withSuggestions(store, ids) };
    },
    'items.attributes': () => projects.current.store.attributes.columns(),
    'items.ids'({ filter, order, first, last }) {
      const { store } = projects.current;
      const { revision } = store.project.get();
      return store.listing.window(filter, first, Math.max(0, last - first + 1), revision, order).ids;
    },
    'items.position'({ filter, order, id }) {
      const { store } = projects.current;
      return { index: store.listing.position(filter, id, store.project.get().revision, order) };
    },
    'items.folders': () => projects.current.store.folders(),
    'items.get': ({ ids }) => withSuggestions(projects.current.store, ids),
    'items.label'({ ids, classId }) {
      if (classId !== null && !projects.current.store.classes.byId(classId)) {
        throw new GraftError('class.unknown', { id: classId });
      }
      return edit('label', 'class_id', each(ids, classId));
    },
    'items.setSplit': ({ ids, split }) => edit('split', 'split', each(ids, split)),
    'items.exclude': ({ ids, excluded }) => edit('exclude', 'excluded', each(ids, excluded ? 1 : 0)),
    'items.resplit'({ keepGiven, seed, ...shares }) {
      checkShares(shares);
      const { collections } = projects.describeCurrent();
      const { store } = projects.current;
      const groupOf = copyGroups(store);
      const dealt = collections.flatMap(({ name }) => {
        const items = store.items.usable(name).map((item) => ({ ...item, group: groupOf.get(item.id) }));
        return [...(keepGiven ? dealUnsplit : dealSplits)(items, shares, seed)];
      });
      return edit('resplit', 'split', dealt);
    },
    'items.undo': () => replay('undo'),
    'items.redo': () => replay('redo'),
  };
}

function withSuggestions(store: Store, ids: readonly number[]): Item[] {
  return store.items.byIds(ids).map((row) => {
    const suggestion = store.suggestions.ofItem(row.id);
    return suggestion ? { ...shown(row), suggestion } : shown(row);
  });
}

function each(ids: readonly number[], value: EditedValue): [number, EditedValue][] {
  return ids.map((id) => [id, value]);
}

function checkShares(shares: Record<Split, number>): void {
  const sum = shares.train + shares.validation + shares.test;
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw new GraftError('split.shares', { sum });
}

/** An item as the contract shows it. */
export function shown({ format: _format, sha256: _sha256, ...item }: ItemRow): Item {
  return item;
}
