import { SingleBar } from 'cli-progress';
import { note } from './output.ts';

const FORMAT = '{phase} [{bar}] {percentage}% {value}/{total} {left} {detail}';

export interface Step {
  /** What is being done, e.g. `features`. */
  phase: string;
  done: number;
  /** 0 while unknown. */
  total: number;
  /** Estimated seconds left. */
  eta: number | null;
  /** Anything worth saying beside the bar. */
  detail?: string;
}

/** One bar per phase on stderr; without a terminal, one line per phase. */
export class Progress {
  #bar: SingleBar | null = null;
  #phase = '';

  update(step: Step): void {
    if (step.phase !== this.#phase) this.#begin(step);
    if (!this.#bar) return;
    this.#bar.setTotal(Math.max(step.total, step.done));
    this.#bar.update(step.done, this.#words(step));
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
    this.#phase = '';
  }

  #begin(step: Step): void {
    this.end();
    this.#phase = step.phase;
    if (!process.stderr.isTTY) return note(`${step.phase} ...`);
    this.#bar = new SingleBar({
      format: FORMAT,
      barsize: 28,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      gracefulExit: false,
      linewrap: true,
    });
    this.#bar.start(step.total, step.done, this.#words(step));
  }

  #words({ phase, eta, detail }: Step): Record<string, string> {
    const left = eta === null ? '' : `${Math.ceil(eta)} s left`;
    return { phase: phase.padEnd(9), left, detail: detail ?? '' };
  }
}
