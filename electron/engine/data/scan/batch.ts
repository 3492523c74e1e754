import type { Split } from '../../../../shared/contract/projects.ts';
import type { SkipReason, WarningReason } from '../../../../shared/item-reasons.ts';

/** One file that may be a picture. `label` is a class name, or null when it is not labelled yet. */
export interface SourceEntry {
  path: string;
  label: string | null;
  split: Split | null;
  /** What else the source says of the picture, by name, e.g. `patient` or `camera`. */
  attributes?: Record<string, string>;
  /** What is odd about how the source describes the picture, as opposed to the picture itself. */
  warning?: WarningReason;
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
