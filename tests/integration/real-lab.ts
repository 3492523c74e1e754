import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, onTestFinished } from 'vitest';
import { createEngineClient } from '../../electron/engine/client.ts';
import type { Engine } from '../../electron/engine/protocol.ts';
import { createLab, type Lab, type LabOptions } from '../../electron/lab/lab.ts';
import type { Events, ImportReport, Job, Params } from '../../shared/contract/index.ts';
import { seededRandom } from '../../shared/random.ts';
import type { z } from 'zod';

const entry = join(import.meta.dirname, '../../electron/engine/process.ts');

export interface RealLab {
  lab: Lab;
  compute: Engine;
  /** Where this lab keeps its data. */
  dataDir: string;
}

/**
 * A lab over real engine processes, for all tests of a file: starting one costs a second. Tests that train
 * want two processes as in the app; for the others one does both.
 */
export function labForThisFile(processes: 1 | 2, options: Partial<LabOptions> = {}): RealLab {
  const dataDir = mkdtempSync(join(tmpdir(), 'graft-lab-'));
  const compute = createEngineClient({ entry });
  const media = processes === 2 ? createEngineClient({ entry }) : compute;
  const lab = createLab({
    dataDir,
    version: '0.0.0',
    host: 'terminal',
    engines: { compute, media },
    ...options,
  });
  afterAll(async () => {
    await lab.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { lab, compute, dataDir };
}

/** A new folder with an open, empty project in it at `<folder>/project`. */
export async function freshProject({ lab }: RealLab): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-project-'));
  onTestFinished(async () => {
    await lab.call('projects.close', {});
    rmSync(folder, { recursive: true, force: true });
  });
  await lab.call('projects.create', { path: join(folder, 'project'), name: 'Test' });
  return folder;
}

type Payload<E extends keyof Events> = z.output<Events[E]>;

/** The first payload of an event that fits. */
export function nextEvent<E extends keyof Events>(
  lab: Lab,
  event: E,
  fits: (payload: Payload<E>) => boolean,
): Promise<Payload<E>> {
  return new Promise((resolve) => {
    const stop = lab.on(event, (payload) => {
      if (!fits(payload)) return;
      stop();
      resolve(payload);
    });
  });
}

/** Imports and waits for the job's end. */
export async function importAndWait(
  lab: Lab,
  params: Params<'items.import'>,
): Promise<Job & { result?: ImportReport }> {
  const ends: Job[] = [];
  const stop = lab.on('job.changed', (job) => {
    if (job.status !== 'running') ends.push(job);
  });
  const { job: id } = await lab.call('items.import', params);
  const done = ends.find((job) => job.id === id) ?? (await nextEvent(lab, 'job.changed', endOf(id)));
  stop();
  return done as Job & { result?: ImportReport };
}

/** Calls a method that starts a job, and waits for the job's end. */
export async function endedJob<
  M extends 'items.exportLabels' | 'items.relink' | 'uploads.import' | 'watches.add',
>(lab: Lab, method: M, params: Params<M>): Promise<Job> {
  const ends: Job[] = [];
  const stop = lab.on('job.changed', (job) => {
    if (job.status !== 'running') ends.push(job);
  });
  const { job: id } = (await lab.call(method, params)) as { job: string };
  const done = ends.find((job) => job.id === id) ?? (await nextEvent(lab, 'job.changed', endOf(id)));
  stop();
  return done;
}

const endOf = (id: string) => (job: Job) => job.id === id && job.status !== 'running';

/** Squares of a pattern, across and down. */
const CELLS = 8;

/**
 * Writes `count` pictures of one colour as `<folder>/<n>.png`, each with a pattern of its own: an import must not take
 * two of them for copies of each other.
 */
export async function paintPictures(
  folder: string,
  colour: [number, number, number],
  count: number,
  side = 32,
) {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const random = seededRandom(1 + n + 1000 * colour[0] + colour[1]);
    const cells = Array.from({ length: CELLS * CELLS }, () => Math.floor(40 * random()));
    const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / (3 * side))];
      const cell = Math.floor((y * CELLS) / side) * CELLS + Math.floor((x * CELLS) / side);
      return colour[i % 3]! + cells[cell]!;
    });
    const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
    writeFileSync(join(folder, `${n}.png`), await picture.png().toBuffer());
  }
}
