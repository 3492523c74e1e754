import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Architecture, Job, PublishedWeights, WeightsEntry } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { JobControls } from '../jobs.ts';
import { fetchFile } from './fetch-file.ts';
import { inboxOf } from './inbox.ts';
import { isOffline } from './offline.ts';

/** Fetching published weights when asked to: the one place of Graft that goes online. */
export class Downloads {
  readonly #lab: LabContext;
  /** Jobs under way by address: asking twice for a file is asking once. */
  readonly #running = new Map<string, Job>();

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** @throws GraftError zoo.unknown, download.unknown, download.offline */
  async start(arch: string, file: string): Promise<Job> {
    const published = await this.#find(arch, file);
    this.#refuseOffline(published);
    const running = this.#running.get(published.url);
    if (running) return running;
    const { job, result } = this.#lab.jobs.start({ kind: 'weights', subject: file }, (controls) =>
      this.#fetch(arch, published, controls),
    );
    this.#running.set(published.url, job);
    const forget = () => this.#running.delete(published.url);
    result.then(forget, forget);
    return job;
  }

  async #find(arch: string, file: string): Promise<PublishedWeights> {
    const { engines, libraryDir, options } = this.#lab;
    const zoo = throughMirror(await engines.media.request('zooList', { libraryDir }).result, options.mirror);
    const row = zoo.find(({ id }) => id === arch);
    if (!row) throw new GraftError('zoo.unknown', { id: arch, known: zoo.map(({ id }) => id).join(', ') });
    const published = row.published.find((candidate) => candidate.file === file);
    if (published) return published;
    const known = row.published.map((candidate) => candidate.file).join(', ') || '-';
    throw new GraftError('download.unknown', { arch, file, known });
  }

  #refuseOffline({ file, url }: PublishedWeights): void {
    const { options } = this.#lab;
    if (!isOffline(options)) return;
    throw new GraftError('download.offline', { file, url, inbox: inboxOf(options.dataDir) });
  }

  async #fetch(arch: string, published: PublishedWeights, job: JobControls): Promise<WeightsEntry> {
    const { options, engines, libraryDir, events } = this.#lab;
    // What a registry calls a file is a name, never a way out of the folder.
    const path = join(options.dataDir, 'downloads', basename(published.file));
    await fetchFile(
      {
        url: published.url,
        path,
        bytes: published.bytes,
        checksum: published.checksum,
      },
      {
        signal: job.signal,
        loopbackHttp: options.mirror !== undefined,
        onProgress: (phase, done, total) => job.progress({ phase, done, total }),
      },
    );
    job.progress({ phase: 'weights', done: 0, total: 0 });
    const entry = await requestUntil(job.signal, engines.media, 'weightsImport', {
      path,
      as: arch,
      libraryDir,
    });
    // The library has it now.
    await rm(path, { force: true });
    events.emit('zoo.changed', {});
    return entry;
  }
}

/** The zoo with the addresses of a mirror, which holds the files side by side under their names. */
export function throughMirror(zoo: Architecture[], mirror: string | undefined): Architecture[] {
  if (mirror === undefined) return zoo;
  const folder = mirror.replace(/\/$/, '');
  return zoo.map((row) => ({
    ...row,
    published: row.published.map((file) => ({ ...file, url: `${folder}/${encodeURIComponent(file.file)}` })),
  }));
}
