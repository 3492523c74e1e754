import type { Item } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { EditedField, EditedValue } from '../../store/queries/items/edits.ts';
import type { ItemRow } from '../../store/queries/items/items.ts';
import type { Store } from '../../store/store.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { splitChoices } from './groupings.ts';
import type { MissingItems } from '../sources/missing.ts';
import { startImport } from './import.ts';
import { tellRunsOf } from '../runs/shown-run.ts';
import { changesOf, dealProject, previewOf } from './splitting.ts';

/** Listing, labelling and splitting items, with undo. `onImported` is told when an import has brought something. */
export function itemHandlers(
  lab: LabContext,
  onImported: () => void,
  missing: Pick<MissingItems, 'has'>,
): Omit<HandlersOf<'items'>, 'items.missing' | 'items.relink' | 'items.exportLabels'> {
  const { projects } = lab;
  const withMissing = (item: Item): Item => (missing.has(item.id) ? { ...item, missing: true } : item);

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
      return { total, items: withSuggestions(store, ids).map(withMissing) };
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
    'items.get': ({ ids }) => withSuggestions(projects.current.store, ids).map(withMissing),
    'items.label'({ ids, classId }) {
      if (classId !== null && !projects.current.store.classes.byId(classId)) {
        throw new GraftError('class.unknown', { id: classId });
      }
      return edit('label', 'class_id', each(ids, classId));
    },
    'items.setSplit': ({ ids, split }) => edit('split', 'split', each(ids, split)),
    'items.exclude': ({ ids, excluded }) => edit('exclude', 'excluded', each(ids, excluded ? 1 : 0)),
    async 'items.resplit'({ keepGiven, ...settings }) {
      const { store } = projects.current;
      const dealt = await dealProject(lab, { ...settings, keepGiven });
      const preview = previewOf(store, dealt);
      if (projects.current.store !== store) throw new GraftError('project.closed');
      const changed = projects.edit(({ project, edits }) => {
        project.setSplitSettings(JSON.stringify(settings));
        return edits.record('resplit', 'split', dealt.flatMap(changesOf));
      });
      return { changed, project: projects.describeCurrent(), preview };
    },
    async 'items.previewSplit'(params) {
      const { store } = projects.current;
      return previewOf(store, await dealProject(lab, params));
    },
    'items.splitChoices': () => splitChoices(projects.current.store, projects.describeCurrent()),
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

/** An item as the contract shows it. */
export function shown({ format: _format, sha256: _sha256, ...item }: ItemRow): Item {
  return item;
}
