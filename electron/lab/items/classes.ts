import { GraftError } from '../../../shared/errors.ts';
import type { ClassRow } from '../../store/queries/items/classes.ts';
import type { ClassesEdit } from '../../store/queries/items/edits.ts';
import type { Store } from '../../store/store.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { tellRunsOf } from '../runs/shown-run.ts';

/** The classes of the open project. Every change of one is an edit that undo takes back. */
export function classHandlers(lab: LabContext): HandlersOf<'classes'> {
  const { projects } = lab;

  function edit(action: string, plan: (store: Store) => ClassesEdit) {
    const changed = projects.edit((store) => store.edits.recordClasses(action, plan(store)));
    return { changed, project: projects.describeCurrent() };
  }

  function change(action: string, id: number, changes: (store: Store, known: ClassRow) => Partial<ClassRow>) {
    return edit(action, (store) => {
      const known = knownClass(store, id);
      return { classes: [{ ...known, ...changes(store, known), removed: false }] };
    }).project.classes;
  }

  function removeInto(action: string, id: number, into: number | null) {
    return edit(action, (store) => {
      const known = knownClass(store, id);
      const values = store.items.ofClass(id).map((item): [number, number | null] => [item, into]);
      return { classes: [{ ...known, removed: true }], values };
    });
  }

  return {
    'classes.create': ({ name }) =>
      edit('class-create', (store) => ({ classes: [store.classes.begin(freeName(store, name))] })).project
        .classes,
    'classes.rename'({ id, name }) {
      const classes = change('class-rename', id, (store, known) =>
        known.name === name.trim() ? {} : { name: freeName(store, name, known.id) },
      );
      tellRunsOf(lab, [id]);
      return classes;
    },
    'classes.impact'({ id }) {
      const { store } = projects.current;
      knownClass(store, id);
      return { items: store.items.ofClass(id).length, runs: store.classes.runs(id) };
    },
    'classes.merge'({ id, into }) {
      const { store } = projects.current;
      const { name } = knownClass(store, id);
      knownClass(store, into);
      if (id === into) throw new GraftError('class.merge-itself', { name });
      return removeInto('class-merge', id, into);
    },
    'classes.remove': ({ id }) => removeInto('class-remove', id, null),
    'classes.arrange': ({ ids }) =>
      edit('class-order', (store) => ({ classes: arranged(store, ids) })).project.classes,
    'classes.setKey': ({ id, key }) =>
      change('class-key', id, (store) => {
        const holder = store.classes.all().find((one) => key !== null && one.key === key && one.id !== id);
        if (holder) throw new GraftError('class.key-taken', { key: key ?? '', name: holder.name });
        return { key };
      }),
    'classes.setColor': ({ id, color }) => change('class-color', id, () => ({ color })),
  };
}

/** @throws GraftError class.unknown */
function knownClass(store: Store, id: number): ClassRow {
  const known = store.classes.byId(id);
  if (!known) throw new GraftError('class.unknown', { id });
  return known;
}

/** A name no class has. A removed class of that name gives it away, unless it is to return. */
function freeName(store: Store, name: string, renamed?: number): string {
  const trimmed = name.trim();
  if (store.classes.byName(trimmed)) throw new GraftError('class.exists', { name: trimmed });
  if (renamed !== undefined) store.classes.freeName(trimmed);
  return trimmed;
}

function arranged(store: Store, ids: readonly number[]): ClassesEdit['classes'] {
  const known = new Map(store.classes.all().map((row) => [row.id, row]));
  const rows = [...new Set(ids)].flatMap((id) => known.get(id) ?? []);
  if (rows.length !== known.size || ids.length !== known.size) {
    throw new GraftError('class.order', { received: rows.length, all: known.size });
  }
  return rows.map((row, order) => ({ ...row, order, removed: false }));
}
