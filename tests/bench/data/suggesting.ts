import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Lab } from '../../../electron/lab/lab.ts';
import { seededRandom } from '../../../shared/random.ts';

export interface SuggestionLatency {
  items: number;
  labels: number;
  /** From the call of an update to its answer, in ms, after ten new labels each; the head and its queue are stored then. */
  median: number;
  worst: number;
  /** From the call of an update until labelled items were judged anew too, in ms. */
  judged: number;
}

interface Labelled {
  id: number;
  classId: number;
}

const CLASSES = 10;
/** Share of the items with a label when it begins: a head learns longer from more of them. */
const LABELLED = 0.5;
const BATCH = 10;
/** Of the items without a label, a share that is labelled before all labels are judged anew. */
const JUDGED_AFTER = 0.2;
const SIDE = 64;
const CELLS = 6;
const AT_ONCE = 16;

/**
 * How long suggestions take to follow labels in a project of `items` drawn pictures, half of them labelled, on the
 * backbone that the lab takes by itself. Prints a line. Leaves the lab with no project open.
 */
export async function suggestionLatency(lab: Lab, items: number, updates = 7): Promise<SuggestionLatency> {
  const dir = mkdtempSync(join(tmpdir(), 'graft-suggest-bench-'));
  try {
    await drawClasses(join(dir, 'pictures'), items);
    await lab.call('projects.create', { path: join(dir, 'project'), name: 'Suggesting' });
    await ended(lab, () => lab.call('items.import', { path: join(dir, 'pictures') }));
    const open = await unlabelSome(lab);
    await ended(lab, () => lab.call('suggestions.start', {}));
    const times = await updateTimes(lab, open, updates);
    const judged = await judgingTime(lab, open.slice(updates * BATCH), JUDGED_AFTER);
    const labels = items - open.length + updates * BATCH;
    const found = {
      items,
      labels,
      median: times[Math.floor(times.length / 2)]!,
      worst: times.at(-1)!,
      judged,
    };
    console.error(
      `suggestions after ${BATCH} labels, ${items} items, ${labels} labels of ${CLASSES} classes: median ${found.median.toFixed(0)} ms, at most ${found.worst.toFixed(0)} ms; labels judged after ${judged.toFixed(0)} ms`,
    );
    return found;
  } finally {
    await lab.call('projects.close', {});
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Times of updates in ms, shortest first, each after a batch of labels. */
async function updateTimes(lab: Lab, open: Labelled[], updates: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < updates; i++) {
    for (const { id, classId } of open.slice(i * BATCH, (i + 1) * BATCH))
      await lab.call('items.label', { ids: [id], classId });
    const start = performance.now();
    await lab.call('suggestions.update', {});
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** Time in ms from an update after so many labels that all are judged anew, until they are. */
async function judgingTime(lab: Lab, open: Labelled[], share: number): Promise<number> {
  for (let label = 1; label <= CLASSES; label++) {
    const some = open.slice(0, Math.ceil(share * open.length)).filter(({ classId }) => classId === label);
    if (some.length > 0) await lab.call('items.label', { ids: some.map(({ id }) => id), classId: label });
  }
  const start = performance.now();
  const judged = new Promise<number>((resolve) => {
    const stop = lab.on('suggestions.changed', ({ last }) => {
      if (!last || last.labels !== last.accuracy?.judged) return;
      stop();
      resolve(performance.now() - start);
    });
  });
  await lab.call('suggestions.update', {});
  return judged;
}

/** Takes the labels of a share of the items away again, and says what they were. */
async function unlabelSome(lab: Lab): Promise<Labelled[]> {
  const all: Labelled[] = [];
  for (;;) {
    const { items, total } = await lab.call('items.list', { offset: all.length, limit: 2000 });
    all.push(...items.map(({ id, classId }) => ({ id, classId: classId! })));
    if (all.length >= total) break;
  }
  const open = all.filter((_, at) => (at * LABELLED) % 1 !== 0);
  await lab.call('items.label', { ids: open.map(({ id }) => id), classId: null });
  return open;
}

async function ended(lab: Lab, start: () => Promise<{ job: string }>): Promise<void> {
  const over = new Set<string>();
  let wake: () => void = () => undefined;
  const stop = lab.on('job.changed', ({ id, status }) => {
    if (status !== 'running') over.add(id);
    wake();
  });
  const { job } = await start();
  while (!over.has(job)) await new Promise<void>((resolve) => (wake = resolve));
  stop();
}

/** Draws fields of colours around one of ten colours that overlap, a folder for each class. */
async function drawClasses(out: string, count: number): Promise<void> {
  for (let label = 0; label < CLASSES; label++) mkdirSync(join(out, `class-${label}`), { recursive: true });
  for (let start = 0; start < count; start += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, i) => start + i);
    await Promise.all(batch.map((index) => drawOne(out, index)));
  }
}

async function drawOne(out: string, index: number): Promise<void> {
  const label = index % CLASSES;
  const around = seededRandom(1_000_000 + label);
  const colour = [around(), around(), around()];
  const random = seededRandom(index);
  const cells = Uint8Array.from(
    { length: CELLS * CELLS * 3 },
    (_, at) => 256 * (0.4 * colour[at % 3]! + 0.6 * random()),
  );
  const jpeg = await sharp(cells, { raw: { width: CELLS, height: CELLS, channels: 3 } })
    .resize(SIDE, SIDE, { kernel: 'cubic' })
    .jpeg({ quality: 80 })
    .toBuffer();
  await writeFile(join(out, `class-${label}`, `${String(index).padStart(6, '0')}.jpg`), jpeg);
}
