import { resolve } from 'node:path';
import type { Job, ParsedParams, WatchedFolder } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { ScannedEntry } from '../../engine/protocol.ts';
import type { WatchedFolderRow } from '../../store/queries/items/watched-folders.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { importEntries, startImport } from '../items/import.ts';
import { absolutePath, storedPath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { MissingItems } from './missing.ts';

/** Shortest pause between two looks at the watched folders, in ms. */
const DEFAULT_PAUSE = 2000;
/** A look may take a thirtieth of the time: a folder of 100,000 files is looked at less often. */
const PAUSE_TIMES = 30;
/** A picture that lacks its end and has not grown for so long, in ms, is not going to: it is broken. */
const GIVEN_UP_AFTER = 60_000;

interface Watched {
  state: WatchedFolder['state'];
  added: number;
  /** Files seen in the last look that were not items yet: size and time of change. */
  waiting: Map<string, string>;
  /** Files that the last look found. */
  files: number;
}

/**
 * Takes in what appears in the watched folders of the open project. The folders are scanned again and again rather
 * than watched by the system: that works the same on every system, on network drives and for folders that come back.
 */
export class WatchService {
  readonly #lab: LabContext;
  readonly #missing: MissingItems;
  readonly #onAdded: () => void;
  readonly #shortestPause: number;
  #project: OpenProject | null = null;
  #watched = new Map<number, Watched>();
  #cancel = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** `onAdded` is told when something came in. */
  constructor(lab: LabContext, missing: MissingItems, onAdded: () => void) {
    this.#lab = lab;
    this.#missing = missing;
    this.#onAdded = onAdded;
    this.#shortestPause = lab.options.watchPause ?? DEFAULT_PAUSE;
    lab.events.on('project.changed', (project) => {
      if (project !== null && this.#project === lab.projects.current) return;
      this.#stop();
      this.#project = project === null ? null : lab.projects.current;
      if (project !== null) this.#lookAfter(0);
    });
  }

  list(): WatchedFolder[] {
    const { dir, store } = this.#lab.projects.current;
    return store.watchedFolders.all().map((row) => {
      const { state, added } = this.#of(row.id);
      return { ...row, path: absolutePath(dir, row.path), state, added };
    });
  }

  /** Imports a folder, and watches it from then on. */
  add({ path, collection, copy }: ParsedParams<'watches.add'>): { job: Job } {
    const { dir, store } = this.#lab.projects.current;
    const folder = resolve(path);
    store.watchedFolders.put({ path: storedPath(dir, folder), collection, copy });
    this.#tell();
    const { job, result } = startImport(
      this.#lab,
      { path: folder, also: [], kind: 'auto', collection, copy },
      { mayBeEmpty: true },
    );
    result.then(this.#onAdded, () => undefined);
    this.#lookAfter(this.#shortestPause);
    return { job };
  }

  remove(id: number): WatchedFolder[] {
    this.#lab.projects.current.store.watchedFolders.remove(id);
    this.#watched.delete(id);
    this.#tell();
    return this.list();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#watched = new Map();
  }

  #of(id: number): Watched {
    const known = this.#watched.get(id) ?? { state: 'watching', added: 0, waiting: new Map(), files: 0 };
    this.#watched.set(id, known);
    return known;
  }

  #tell(): void {
    this.#lab.events.emit('watches.changed', this.list());
  }

  #lookAfter(pause: number): void {
    clearTimeout(this.#timer);
    const { signal } = this.#cancel;
    this.#timer = setTimeout(() => {
      const start = performance.now();
      void this.#lookAtAll(signal).finally(() => {
        if (signal.aborted) return;
        this.#lookAfter(Math.max(this.#shortestPause, (performance.now() - start) * PAUSE_TIMES));
      });
    }, pause).unref();
  }

  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const rows = this.#project?.store.watchedFolders.all() ?? [];
    for (const row of rows) {
      if (signal.aborted || this.#isImporting()) return;
      try {
        await this.#look(row, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof GraftError)) throw error;
        this.#setState(row.id, error.code === 'file.missing' ? 'gone' : 'watching');
      }
    }
  }

  /** Two imports at a time would look at the same files. */
  #isImporting(): boolean {
    return this.#lab.jobs
      .list()
      .some(({ kind, status }) => (kind === 'import' || kind === 'relink') && status === 'running');
  }

  async #look(row: WatchedFolderRow, signal: AbortSignal): Promise<void> {
    const project = this.#lab.projects.current;
    const watched = this.#of(row.id);
    const entries = await this.#scan(absolutePath(project.dir, row.path), signal);
    this.#setState(row.id, 'watching');
    const known = project.store.items.known(entries.map(({ path }) => storedPath(project.dir, path)));
    const fresh = entries.filter(({ path }) => !known.has(storedPath(project.dir, path)));
    const whole = await this.#wholeOf(watched, fresh, signal);
    if (entries.length < watched.files) void this.#missing.refresh().catch(() => undefined);
    watched.files = entries.length;
    if (whole.length === 0 || signal.aborted || this.#isImporting()) return;
    const { collection, copy } = row;
    const { added } = await importEntries(this.#lab, { collection, copy }, whole, signal);
    watched.added += added;
    this.#tell();
    if (added > 0) this.#onAdded();
  }

  async #scan(path: string, signal: AbortSignal): Promise<ScannedEntry[]> {
    const entries: ScannedEntry[] = [];
    try {
      await requestUntil(signal, this.#lab.engines.media, 'scan', { path, kind: 'auto' }, (found) =>
        entries.push(...found.entries),
      );
    } catch (error) {
      if (!(error instanceof GraftError) || error.code !== 'import.empty') throw error;
    }
    return entries;
  }

  /** Those of the new files that have stayed the same since the last look, and have their end. */
  async #wholeOf(watched: Watched, fresh: ScannedEntry[], signal: AbortSignal): Promise<ScannedEntry[]> {
    const paths = fresh.map(({ path }) => path);
    const before = watched.waiting;
    watched.waiting = new Map();
    if (paths.length === 0) return [];
    const arrivals = await requestUntil(signal, this.#lab.engines.media, 'lookAtArrivals', { paths });
    return fresh.filter(({ path }, index) => {
      const arrival = arrivals[index];
      if (!arrival) return false;
      const mark = `${arrival.bytes} ${arrival.modified}`;
      watched.waiting.set(path, mark);
      const isOld = Date.now() - arrival.modified > GIVEN_UP_AFTER;
      return before.get(path) === mark && (arrival.whole || isOld);
    });
  }

  #setState(id: number, state: WatchedFolder['state']): void {
    const watched = this.#of(id);
    if (watched.state === state) return;
    watched.state = state;
    this.#tell();
    void this.#missing.refresh().catch(() => undefined);
  }
}
