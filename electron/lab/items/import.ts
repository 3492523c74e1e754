import { join, resolve } from 'node:path';
import type { ImportReport, Job, ParsedParams, Split } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { BrokenReason } from '../../../shared/item-reasons.ts';
import { defaultShares, dealUnsplit } from '../../../shared/split.ts';
import type { Inspected, ScannedEntry } from '../../engine/protocol.ts';
import type { NewItem } from '../../store/queries/items.ts';
import type { Store } from '../../store/store.ts';
import type { LabContext } from '../context.ts';
import { requestUntil, throwIfCancelled } from '../engine-call.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { copyInto } from './copies.ts';
import { storedPath } from './item-paths.ts';

/** Files inspected and then stored together: a transaction a second or so. */
const BATCH = 128;
/** Shortest time in ms between telling the windows of new items: counting a large project takes its time. */
const TELL_INTERVAL = 1000;
/** Skipped files named in a report; the rest is counted. */
const MOST_SKIPPED = 500;
/** The same deal on every machine. */
const SPLIT_SEED = 42;

type ImportParams = ParsedParams<'items.import'>;

/** Starts an import as a job; its result is an ImportReport. */
export function startImport(
  lab: LabContext,
  params: ImportParams,
): { job: Job; result: Promise<ImportReport> } {
  const project = lab.projects.current;
  const path = resolve(params.path);
  return lab.jobs.start({ kind: 'import', subject: path }, (job) =>
    new Import(lab, project, { ...params, path }, job).run(),
  );
}

/** One import: scan, inspect and store batch by batch, then deal splits where none were given. */
class Import {
  readonly #lab: LabContext;
  readonly #project: OpenProject;
  readonly #params: ImportParams;
  readonly #job: JobControls;
  readonly #startedAt = performance.now();
  #toldAt = performance.now();
  readonly #report: ImportReport = {
    added: 0,
    known: 0,
    broken: 0,
    warnings: 0,
    skipped: [],
    skippedCount: 0,
    classes: [],
    seconds: 0,
  };

  constructor(lab: LabContext, project: OpenProject, params: ImportParams, job: JobControls) {
    this.#lab = lab;
    this.#project = project;
    this.#params = params;
    this.#job = job;
  }

  async run(): Promise<ImportReport> {
    const entries = await this.#scan();
    const fresh = this.#leaveKnown(entries);
    this.#report.classes = labelsOf(entries);
    this.#addClasses();
    for (let start = 0; start < fresh.length; start += BATCH) {
      this.#job.progress({ phase: 'inspect', done: start, total: fresh.length });
      await this.#takeBatch(fresh.slice(start, start + BATCH));
      this.#tellNowAndThen();
    }
    this.#lab.projects.itemsChanged();
    if (entries.every(({ split }) => split === null)) this.#deal();
    return this.#finish();
  }

  async #scan(): Promise<ScannedEntry[]> {
    const { path, kind } = this.#params;
    const entries: ScannedEntry[] = [];
    const report = this.#report;
    this.#job.progress({ phase: 'scan', done: 0, total: 0 });
    await requestUntil(this.#job.signal, this.#lab.engines.media, 'scan', { path, kind }, (found) => {
      entries.push(...found.entries);
      report.skippedCount += found.skipped.length;
      report.skipped.push(...found.skipped.slice(0, MOST_SKIPPED - report.skipped.length));
      this.#job.progress({ phase: 'scan', done: entries.length, total: 0 });
    });
    return entries;
  }

  #leaveKnown(entries: ScannedEntry[]): ScannedEntry[] {
    const { dir, store } = this.#project;
    const known = store.items.known(entries.map(({ path }) => storedPath(dir, path)));
    const fresh = entries.filter(({ path }) => !known.has(storedPath(dir, path)));
    this.#report.known = entries.length - fresh.length;
    return fresh;
  }

  #addClasses(): void {
    this.#lab.projects.edit((store) => {
      store.items.addCollection(this.#params.collection);
      for (const label of this.#report.classes) {
        if (!store.classes.byName(label)) store.classes.insert(label);
      }
    });
  }

  #tellNowAndThen(): void {
    if (performance.now() - this.#toldAt < TELL_INTERVAL) return;
    this.#toldAt = performance.now();
    this.#lab.projects.itemsChanged();
  }

  async #takeBatch(entries: ScannedEntry[]): Promise<void> {
    const inspected = await this.#inspect(entries.map(({ path }) => path));
    const places = await this.#placesOf(entries, inspected);
    throwIfCancelled(this.#job.signal);
    this.#lab.projects.editQuietly((store) => {
      for (const entry of entries) {
        const facts = inspected.get(entry.path);
        if (facts)
          this.#store(store, this.#item(store, entry, facts, places.get(entry.path)!), entry.attributes);
      }
    });
  }

  /** A picture that brings the decoder's process down is broken; the files around it are looked at one by one. */
  async #inspect(paths: string[]): Promise<Map<string, Inspected>> {
    try {
      return await this.#inspectTogether(paths);
    } catch (error) {
      if (!(error instanceof GraftError) || error.code !== 'engine.lost') throw error;
      if (paths.length === 1) return new Map(paths.map((path) => [path, fatalPicture(path)]));
    }
    const inspected = new Map<string, Inspected>();
    for (const path of paths) {
      for (const [, facts] of await this.#inspect([path])) inspected.set(path, facts);
    }
    return inspected;
  }

  async #inspectTogether(paths: string[]): Promise<Map<string, Inspected>> {
    const inspected = new Map<string, Inspected>();
    await requestUntil(this.#job.signal, this.#lab.engines.media, 'inspect', { paths }, (found) => {
      for (const facts of found.inspected) inspected.set(facts.path, facts);
    });
    return inspected;
  }

  /** Where each file lies from now on: in the project when copied, else where it was. */
  async #placesOf(entries: ScannedEntry[], inspected: Map<string, Inspected>): Promise<Map<string, string>> {
    const places = new Map(entries.map(({ path }) => [path, path]));
    if (!this.#params.copy) return places;
    for (const { path, label } of entries) {
      throwIfCancelled(this.#job.signal);
      const facts = inspected.get(path);
      if (!facts || facts.broken !== null) continue;
      places.set(path, await copyInto(this.#folderFor(label), path, facts.sha256));
    }
    return places;
  }

  #folderFor(label: string | null): string {
    const safe = (name: string) => name.replace(/[<>:"/\\|?*\0]/g, '_').replace(/^\.+|[. ]+$/g, '_');
    const { collection } = this.#params;
    return join(this.#project.dir, 'items', safe(collection), label === null ? '_' : safe(label));
  }

  #item(store: Store, entry: ScannedEntry, facts: Inspected, place: string): NewItem {
    const { dir } = this.#project;
    const warned = facts.warnings.length > 0 ? 'warning' : 'ok';
    return {
      path: storedPath(dir, place),
      source: storedPath(dir, entry.path),
      classId: entry.label === null ? null : (store.classes.byName(entry.label)?.id ?? null),
      split: entry.split,
      collection: this.#params.collection,
      status: facts.broken === null ? warned : 'broken',
      reasons: facts.broken === null ? facts.warnings : [facts.broken, ...facts.warnings],
      width: facts.width,
      height: facts.height,
      bytes: facts.bytes,
      format: facts.format,
      sha256: facts.sha256,
      dhash: facts.dhash,
    };
  }

  #store(store: Store, item: NewItem, attributes: Record<string, string> = {}): void {
    const id = store.items.insert(item);
    if (id === undefined) {
      this.#report.known++;
      return;
    }
    store.attributes.put(id, attributes);
    this.#report.added++;
    if (item.status === 'broken') this.#report.broken++;
    if (item.status === 'warning') this.#report.warnings++;
  }

  /**
   * Deals out what this import brought, and what an earlier one that was cut off left without a split. A copy of
   * a file that has a split goes there too.
   */
  #deal(): void {
    this.#lab.projects.edit((store) => {
      const items = store.items.usable(this.#params.collection);
      for (const [id, split] of dealUnsplit(items, defaultShares, SPLIT_SEED))
        store.items.setSplit(id, split);
    });
  }

  #finish(): ImportReport {
    const report = { ...this.#report, seconds: (performance.now() - this.#startedAt) / 1000 };
    const { skipped: _, ...numbers } = report;
    this.#project.store.audit.note('import', { path: this.#params.path, ...numbers });
    this.#job.progress({ phase: 'inspect', done: report.added, total: report.added });
    return report;
  }
}

function labelsOf(entries: readonly { label: string | null; split: Split | null }[]): string[] {
  const labels = new Set(entries.flatMap(({ label }) => label ?? []));
  return [...labels].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function fatalPicture(path: string): Inspected {
  const nothing = { width: 0, height: 0, bytes: 0, format: '', sha256: '', dhash: '' };
  return { path, broken: 'corrupt' satisfies BrokenReason, warnings: [], ...nothing };
}
