import { stat } from 'node:fs/promises';
import { looksWhole } from '../formats/looks-whole.ts';
import { readImageFile } from '../formats/open-image.ts';

/** What tells a file that is still being written from one that is whole. */
export interface Arrival {
  bytes: number;
  /** Time of the last change in ms. */
  modified: number;
  /** False where the picture's own end mark is missing, or nothing is in it yet. */
  whole: boolean;
}

/** Looks at files that have just appeared; null for one that is gone again. */
export async function lookAtArrivals(paths: readonly string[]): Promise<(Arrival | null)[]> {
  const arrivals: (Arrival | null)[] = [];
  for (const path of paths) arrivals.push(await lookAt(path));
  return arrivals;
}

async function lookAt(path: string): Promise<Arrival | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modified: mtimeMs, whole: size > 0 && (await isWhole(path)) };
  } catch {
    return null;
  }
}

/** A file that is no picture has no end to wait for. */
async function isWhole(path: string): Promise<boolean> {
  try {
    return looksWhole(await readImageFile(path)) !== false;
  } catch {
    return true;
  }
}
