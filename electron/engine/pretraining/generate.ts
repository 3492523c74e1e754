import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { splits } from '../../../shared/contract/projects.ts';
import { writeBeside } from '../tensors/write-beside.ts';
import type { DatasetItem } from '../protocol.ts';
import { className, formulaClasses } from './pictures/formula.ts';
import { picturePath } from './picture-plan.ts';
import type { DrawingOrder, DrawnClass, PicturePlan } from './picture-plan.ts';

/** Goes up whenever the same plan would give other pictures. */
const pictureVersion = 2;
const markerName = 'pictures.json';

interface Marker {
  label: string;
  drawn: DrawnClass[];
}

/**
 * Draws the labelled pictures of a plan into split folders of class folders, as any source to import, with worker
 * threads. A finished folder of the same plan is left as it is.
 */
export async function drawPictures(
  dir: string,
  plan: PicturePlan,
  threads: number,
  onProgress: (classesDone: number, classes: number) => void,
): Promise<{ classes: string[]; items: DatasetItem[] }> {
  const label = JSON.stringify({ version: pictureVersion, ...plan });
  const classes = formulaClasses(plan.classes).map(className);
  const found = await readMarker(dir);
  if (found?.label === label) return { classes, items: itemsOf(dir, classes, found.drawn) };
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const drawn = await drawAll(dir, plan, threads, (done) => onProgress(done, classes.length));
  await writeBeside(join(dir, markerName), JSON.stringify({ label, drawn } satisfies Marker));
  return { classes, items: itemsOf(dir, classes, drawn) };
}

async function readMarker(dir: string): Promise<Marker | null> {
  const text = await readFile(join(dir, markerName), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Marker);
}

async function drawAll(
  dir: string,
  plan: PicturePlan,
  threads: number,
  onProgress: (done: number) => void,
): Promise<DrawnClass[]> {
  const drawn: DrawnClass[] = [];
  const take = (one: DrawnClass) => onProgress(drawn.push(one));
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => drawShare({ dir, plan, thread, threads }, take)),
  );
  return drawn;
}

/** One thread's classes; it tells of each when all its pictures are on disk. */
function drawShare(order: DrawingOrder, onClass: (drawn: DrawnClass) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./drawing-worker.ts', import.meta.url), { workerData: order });
    worker.on('message', onClass);
    worker.on('error', reject);
    worker.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A drawing thread ended with code ${code}`)),
    );
  });
}

/** In the order of classes, splits and pictures, whichever thread drew them first. */
function itemsOf(dir: string, classes: readonly string[], drawn: readonly DrawnClass[]): DatasetItem[] {
  const hashes = new Map(drawn.map((one) => [one.name, one.sha256]));
  const pictures = classes.flatMap((name, classIndex) =>
    splits.flatMap((split) =>
      (hashes.get(name)?.[split] ?? []).map((sha256, index) => ({
        path: picturePath(dir, split, name, index),
        sha256,
        classIndex,
        split,
      })),
    ),
  );
  return pictures.map((picture, id) => ({ id, ...picture }));
}
