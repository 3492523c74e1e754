import { join } from 'node:path';
import type { Project } from '../../shared/contract/index.ts';
import { GraftError } from '../../shared/errors.ts';
import type { Places } from '../engine/protocol.ts';
import type { ProjectCounts } from '../store/queries/project.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';

export interface OpenProject {
  dir: string;
  store: Store;
  places: Places;
}

/** Holds the open project, keeps its counts, and tells the windows when it changes. */
export class ProjectKeeper {
  readonly #events: EventBus;
  readonly #libraryDir: string;
  #open: OpenProject | null = null;
  #counts: ProjectCounts | undefined;

  constructor(events: EventBus, libraryDir: string) {
    this.#events = events;
    this.#libraryDir = libraryDir;
  }

  /** @throws GraftError project.closed */
  get current(): OpenProject {
    if (!this.#open) throw new GraftError('project.closed');
    return this.#open;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  take(store: Store): void {
    const { dir } = store;
    const places = {
      libraryDir: this.#libraryDir,
      cacheDir: join(dir, 'cache'),
      runsDir: join(dir, 'runs'),
    };
    this.#open = { dir, store, places };
    this.changed();
  }

  release(): void {
    this.#open?.store.close();
    this.#open = null;
    this.#counts = undefined;
    this.#events.emit('project.changed', null);
  }

  /** The open project as the windows show it, or null. */
  describe(): Project | null {
    return this.#open && this.describeCurrent();
  }

  /** @throws GraftError project.closed */
  describeCurrent(): Project {
    const { store, dir } = this.current;
    this.#counts ??= store.project.counts();
    return { path: dir, ...store.project.get(), ...this.#counts };
  }

  /** Runs a change to items, labels or splits as one transaction, and tells the windows. */
  edit<T>(work: (store: Store) => T): T {
    const result = this.editQuietly(work);
    this.itemsChanged();
    return result;
  }

  /** The same for one of many small changes: whoever makes them calls `itemsChanged` from time to time. */
  editQuietly<T>(work: (store: Store) => T): T {
    const { store } = this.current;
    return store.transaction(() => {
      const value = work(store);
      store.project.touch();
      return value;
    });
  }

  itemsChanged(): void {
    this.changed();
    this.#events.emit('items.changed', { revision: this.current.store.project.get().revision });
  }

  /** Reads the counts again and tells the windows. */
  changed(): void {
    this.#counts = undefined;
    this.#events.emit('project.changed', this.describe());
  }
}
