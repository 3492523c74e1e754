import { GraftError } from '../../../shared/errors.ts';
import type { Store } from '../../store/store.ts';
import type { HandlersOf, LabContext } from '../context.ts';

export function classHandlers({ projects }: LabContext): HandlersOf<'classes'> {
  return {
    'classes.create'({ name }) {
      projects.edit((store) => store.classes.insert(freeName(store, name)));
      return projects.describeCurrent().classes;
    },
    'classes.rename'({ id, name }) {
      projects.edit((store) => {
        if (!store.classes.byId(id)) throw new GraftError('class.unknown', { id });
        if (store.classes.byId(id)?.name !== name.trim()) store.classes.rename(id, freeName(store, name));
      });
      return projects.describeCurrent().classes;
    },
  };
}

function freeName(store: Store, name: string): string {
  const trimmed = name.trim();
  if (store.classes.byName(trimmed)) throw new GraftError('class.exists', { name: trimmed });
  return trimmed;
}
