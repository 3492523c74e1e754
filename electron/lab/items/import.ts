import { join, resolve, sep } from 'node:path';
import type { ImportKind, ImportReport, Job, ParsedParams, Split } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { safeName } from '../../../shared/file-names.ts';
import type { Inspected, ScannedEntry } from '../../engine/protocol.ts';
import type { NewItem } from '../../store/queries/items/items.ts';
import type { Store } from '../../store/store.ts';
import type { LabContext } from '../context.ts';
import { requestUntil, throwIfCancelled } from '../engine-call.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { discardUnpacked, isArchive, unpack } from '../sources/archive.ts';
import type { Unpacked } from '../sources/archive.ts';
import { inspectFiles } from '../sources/inspection.ts';
import { copyInto } from './copies.ts';
import { storedPath } from './item-paths.ts';
import { changesOf, dealCollection, splitSettingsOf } from './splitting.ts';

/** Files inspected and then stored together: a transaction a second or so. */
const BATCH = 128;
/** Shortest time in ms between telling the windows of new items: counting a large project takes its time. */
const TELL_INTERVAL = 1000;
/** Skipped files named in a report; the rest is counted. */
const MOST_SKIPPED = 500;

type ImportParams = ParsedParams<'items.import'>;

/** Starts an import as a job; its result is an ImportReport. */
export function startImport(
  lab: LabContext,
  params: ImportParams,
  { mayBeEmpty = false } = {},
): { job: Job; result: Promise<ImportReport> } {
  const project = lab.projects.current;
  const path = resolve(params.path);
  const also = params.also.map((one) => resolve(one));
  return lab.jobs.start({ kind: 'import', subject: path }, (job) =>
    new Import(lab, project, { ...params, path, also }, job).run({ mayBeEmpty }),
  );
}

/** Takes in files that have been found already, e.g. in a watched folder, without a job of its own. */
export function importEntries(
  lab: LabContext,
  { collection, copy }: Pick<ImportParams, 'collection' | 'copy'>,
  entries: ScannedEntry[],
  signal: AbortSignal,
): Promise<ImportReport> {
  const params: ImportParams = { path: '', also: [], kind: 'auto', collection, copy };
  const job = { id: '', signal, progress: () => undefined };
  return new Import(lab, lab.projects.current, params, job).take(entries);
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

  /** @throws GraftError import.empty and what a scan throws */
  async run({ mayBeEmpty }: { mayBeEmpty: boolean }): Promise<ImportReport> {
    const unpacked: Unpacked[] = [];
    try {
      return await this.take(await this.#scanAll(unpacked));
    } catch (error) {
      if (mayBeEmpty && error instanceof GraftError && error.code === 'import.empty') return this.#finish();
      throw error;
    } finally {
      if (this.#report.added + this.#report.known === 0) await Promise.all(unpacked.map(discardUnpacked));
    }
  }

  async take(entries: ScannedEntry[]): Promise<ImportReport> {
    const fresh = this.#leaveKnown(entries);
    this.#report.classes = labelsOf(entries);
    this.#addClasses();
    for (let start = 0; start < fresh.length; start += BATCH) {
      this.#job.progress({ phase: 'inspect', done: start, total: fresh.length });
      await this.#takeBatch(fresh.slice(start, start + BATCH));
      this.#tellNowAndThen();
    }
    this.#lab.projects.itemsChanged();
    if (entries.every(({ split }) => split === null)) await this.#deal();
    return this.#finish();
  }

  /** What all sources hold; archives are unpacked into the project first and noted in `unpacked`. */
  async #scanAll(unpacked: Unpacked[]): Promise<ScannedEntry[]> {
    const { path, also, kind } = this.#params;
    const entries = new Map<string, ScannedEntry>();
    for (const source of [path, ...also]) {
      for (const entry of await this.#scanSource(source, kind, unpacked)) entries.set(entry.path, entry);
    }
    return [...entries.values()];
  }

  async #scanSource(path: string, kind: ImportKind, unpacked: Unpacked[]): Promise<ScannedEntry[]> {
    if (!(await isArchive(path, kind))) return this.#scan(path, kind === 'zip' ? 'auto' : kind);
    const archive = await unpack(this.#lab.engines.media, path, this.#project.dir, this.#job);
    unpacked.push(archive);
    this.#leaveAside(archive.skipped);
    return this.#scan(archive.root, 'auto');
  }

  async #scan(path: string, kind: Exclude<ImportKind, 'zip'>): Promise<ScannedEntry[]> {
    const entries: ScannedEntry[] = [];
    this.#job.progress({ phase: 'scan', done: 0, total: 0 });
    await requestUntil(this.#job.signal, this.#lab.engines.media, 'scan', { path, kind }, (found) => {
      entries.push(...found.entries);
      this.#leaveAside(found.skipped);
      this.#job.progress({ phase: 'scan', done: entries.length, total: 0 });
    });
    return entries;
  }

  #leaveAside(skipped: ImportReport['skipped']): void {
    const report = this.#report;
    report.skippedCount += skipped.length;
    report.skipped.push(...skipped.slice(0, MOST_SKIPPED - report.skipped.length));
  }

  #leaveKnown(entries: ScannedEntry[]): ScannedEntry[] {
    const { dir, store } = this.#project;
    const known = store.items.known(entries.map(({ path }) => storedPath(dir, path)));
    const fresh = entries.filter(({ path }) => !known.has(storedPath(dir, path)));
    this.#report.known = entries.length - fresh.length;
    this.#takeAttributes(entries);
    return fresh;
  }

  /** A manifest may say more of items that are there already: who the patient is, which camera took them. */
  #takeAttributes(entries: ScannedEntry[]): void {
    const told = new Map(
      entries.flatMap(({ path, attributes }) =>
        attributes ? [[storedPath(this.#project.dir, path), attributes] as const] : [],
      ),
    );
    if (told.size === 0) return;
    this.#lab.projects.editQuietly((store) => {
      for (const { id, source } of store.items.bySources([...told.keys()])) {
        store.attributes.put(id, told.get(source)!);
      }
    });
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
    const inspected = await inspectFiles(this.#lab.engines.media, pathsOf(entries), this.#job.signal);
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

  /** Where each file lies from now on: in the project when copied, else where it was. */
  async #placesOf(entries: ScannedEntry[], inspected: Map<string, Inspected>): Promise<Map<string, string>> {
    const places = new Map(entries.map(({ path }) => [path, path]));
    if (!this.#params.copy) return places;
    for (const { path, label } of entries) {
      throwIfCancelled(this.#job.signal);
      const facts = inspected.get(path);
      if (!facts || facts.broken !== null || this.#liesInProject(path)) continue;
      places.set(path, await copyInto(this.#folderFor(label), path, facts.sha256));
    }
    return places;
  }

  #liesInProject(path: string): boolean {
    return path.startsWith(join(this.#project.dir, 'items') + sep);
  }

  #folderFor(label: string | null): string {
    const { collection } = this.#params;
    return join(this.#project.dir, 'items', safeName(collection), label === null ? '_' : safeName(label));
  }

  #item(store: Store, entry: ScannedEntry, facts: Inspected, place: string): NewItem {
    const { dir } = this.#project;
    const warnings = entry.warning === undefined ? facts.warnings : [...facts.warnings, entry.warning];
    const warned = warnings.length > 0 ? 'warning' : 'ok';
    return {
      path: storedPath(dir, place),
      source: storedPath(dir, entry.path),
      classId: this.#classOf(store, entry.label),
      split: entry.split,
      collection: this.#params.collection,
      status: facts.broken === null ? warned : 'broken',
      reasons: facts.broken === null ? warnings : [facts.broken, ...warnings],
      width: facts.width,
      height: facts.height,
      bytes: facts.bytes,
      format: facts.format,
      sha256: facts.sha256,
      dhash: facts.dhash,
    };
  }

  #classOf(store: Store, label: string | null): number | null {
    const { classId } = this.#params;
    if (label !== null) return store.classes.byName(label)?.id ?? null;
    return classId !== undefined && store.classes.byId(classId) ? classId : null;
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
   * a file, or nearly the same picture, goes where the one that has a split is. What an earlier split was grouped by
   * holds for new items as well.
   */
  async #deal(): Promise<void> {
    const settings = { ...splitSettingsOf(this.#project.store), keepGiven: true };
    this.#job.progress({ phase: 'split', done: 0, total: 0 });
    const { collection } = this.#params;
    const dealt = await dealCollection(this.#lab, this.#project, collection, settings, this.#job.signal);
    this.#lab.projects.edit((store) => {
      for (const [id, split] of changesOf(dealt)) store.items.setSplit(id, split);
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

const pathsOf = (entries: readonly ScannedEntry[]): string[] => entries.map(({ path }) => path);
