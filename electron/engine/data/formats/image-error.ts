import type { BrokenReason } from '../../../../shared/item-reasons.ts';
import type { KnownFormat } from './signatures.ts';

/** Why a file gives no picture; caught where the file's result is written down, it never stops a batch. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: BrokenReason;
  readonly format: KnownFormat | null;

  constructor(reason: BrokenReason, format: KnownFormat | null = null, options?: ErrorOptions) {
    super(format ? `${reason} (${format})` : reason, options);
    this.reason = reason;
    this.format = format;
  }
}
