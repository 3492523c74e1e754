import { GraftError } from '../../../shared/errors.ts';

/** How a person steers a run under way. Checked between steps, where the network is in a whole state. */
export class RunControl {
  private pauseRequested = false;
  private stopRequested = false;
  private readonly aborter = new AbortController();
  private wake: (() => void) | null = null;

  pause(): void {
    this.pauseRequested = true;
  }

  resume(): void {
    this.pauseRequested = false;
    this.wake?.();
  }

  /** Ends training after the current step and keeps what was learned. */
  stop(): void {
    this.stopRequested = true;
    this.resume();
  }

  /** Ends everything; nothing of this call is kept. */
  cancel(): void {
    this.aborter.abort();
    this.resume();
  }

  /** Aborted by a cancel. */
  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  get stopped(): boolean {
    return this.stopRequested;
  }

  get paused(): boolean {
    return this.pauseRequested;
  }

  /** Lets messages in. @throws GraftError `cancelled` */
  async yield(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.signal.aborted) throw new GraftError('cancelled');
  }

  /** Waits until resumed. */
  async untilResumed(): Promise<void> {
    while (this.pauseRequested) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    if (this.signal.aborted) throw new GraftError('cancelled');
  }
}
