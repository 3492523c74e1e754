import type { Job, LabClient, Run, RunProgress } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { errorFrom } from '../../../shared/session.ts';
import { note } from './output.ts';
import { Progress } from './progress.ts';

const INTERRUPTED = 130;
const running: ReadonlySet<string> = new Set(['running', 'paused']);

/** Waits for a job to end, with a bar. Ctrl+C cancels it. Rejects with the job's own error. */
export async function followJob(lab: LabClient, id: string): Promise<Job> {
  const progress = new Progress();
  const onInterrupt = interruptedBy(() => void lab.call('jobs.cancel', { id }));
  try {
    const job = await new Promise<Job>((resolve, reject) => {
      const look = (job: Job): void => {
        if (job.id !== id) return;
        if (job.status === 'running') progress.update(job);
        else resolve(job);
      };
      lab.on('job.changed', look);
      // It may have ended before anybody listened.
      lab.call('jobs.list', {}).then((jobs) => jobs.forEach(look), reject);
    });
    if (job.status === 'cancelled') throw new GraftError('cancelled');
    if (job.status === 'failed') throw errorFrom(job.error ?? { code: 'internal', params: { detail: '?' } });
    return job;
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
  }
}

/** Waits for a run to end, with bars. Ctrl+C stops it and keeps what it learned. Rejects with the run's error. */
export async function followRun(lab: LabClient, id: string): Promise<Run> {
  const progress = new Progress();
  const offProgress = lab.on('run.progress', (now) => now.run === id && progress.update(stepOf(now)));
  const onInterrupt = interruptedBy(() => void lab.call('runs.stop', { id }));
  try {
    const run = await new Promise<Run>((resolve, reject) => {
      const look = (run: Run): void => {
        if (run.id === id && !running.has(run.status)) resolve(run);
      };
      lab.on('run.changed', look);
      lab.call('runs.get', { id }).then(({ run }) => look(run), reject);
    });
    if (run.status === 'failed' || run.status === 'interrupted')
      throw errorFrom(run.error ?? { code: 'engine.lost', params: {} });
    return run;
  } finally {
    offProgress();
    progress.end();
    process.off('SIGINT', onInterrupt);
  }
}

function stepOf({ phase, epoch, epochs, done, total, eta, loss, accuracy }: RunProgress): {
  phase: string;
  done: number;
  total: number;
  eta: number | null;
  detail: string;
} {
  const learned = loss === null ? '' : `loss ${loss.toFixed(4)} acc ${((accuracy ?? 0) * 100).toFixed(1)} %`;
  return { phase, done, total, eta, detail: phase === 'train' ? `epoch ${epoch}/${epochs} ${learned}` : '' };
}

/** The first Ctrl+C asks the work to end in order, the second ends the program. */
function interruptedBy(stop: () => void): () => void {
  let asked = false;
  const onInterrupt = (): void => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    note('Stopping ... (Ctrl+C again ends at once)');
    stop();
  };
  process.on('SIGINT', onInterrupt);
  return onInterrupt;
}
