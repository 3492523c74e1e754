import type { Split } from '../../../../shared/contract/projects.ts';
import type { SkipReason } from '../../../../shared/item-reasons.ts';

/** One file that may be a picture. `label` is a class name, or null when it is not labelled yet. */
export interface SourceEntry {
  path: string;
  label: string | null;
  split: Split | null;
}

export interface SkippedFile {
  path: string;
  reason: SkipReason;
}

/** A piece of a scan: at most a thousand or so files, so that 100,000 do not block. */
export interface ScanBatch {
  entries: SourceEntry[];
  skipped: SkippedFile[];
}

/** Files per batch. */
export const batchSize = 1000;
