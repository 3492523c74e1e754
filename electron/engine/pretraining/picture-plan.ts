import { join } from 'node:path';
import type { Split } from '../../../shared/contract/projects.ts';
import type { Family } from './pictures/formula.ts';

/** Which pictures to draw; the same plan gives the same pictures. */
export interface PicturePlan {
  seed: number;
  /** Side of the square pictures in pixels. */
  size: number;
  /** Classes of each family. */
  classes: Record<Family, number>;
  /** Pictures of each class. */
  counts: Record<Split, number>;
}

/** What one thread draws: every `threads`-th class, from `thread` on. */
export interface DrawingOrder {
  dir: string;
  plan: PicturePlan;
  thread: number;
  threads: number;
}

/** A class all of whose pictures are on disk, with the SHA-256 of each file. */
export interface DrawnClass {
  name: string;
  sha256: Record<Split, string[]>;
}

/** Split folders of class folders, as any source that is imported. */
export const picturePath = (dir: string, split: Split, name: string, index: number): string =>
  join(dir, split, name, `${String(index).padStart(4, '0')}.jpg`);
