import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Job,
  Run,
  RunGroup,
  SeriesEnd,
  SeriesEntry,
  SeriesParams,
  SeriesParamsInput,
} from '../../../shared/contract/index.ts';
import { seriesParamsSchema, type seriesKinds } from '../../../shared/contract/runs/series.ts';
import { errorFrom } from '../../../shared/session.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { throwIfCancelled } from '../engine-call.ts';
import type { CancelReason, JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { isResumable } from '../runs/run-files.ts';
import type { RunService } from '../runs/runs.ts';
import { DoneRuns } from './done-runs.ts';
import { planSeries, secondsOf } from './series-plan.ts';

export interface NewSeries {
  kind: (typeof seriesKinds)[number];
  name: string;
  params: SeriesParamsInput;
}

/** Recipes trained one after the other as one job. What a finished run has done already is not done again. */
export class SeriesService {
  readonly #lab: LabContext;
  readonly #runs: RunService;
  /** The series under way: its group and its job. */
  #running: { group: string; job: string } | null = null;

  constructor(lab: LabContext, runs: RunService) {
    this.#lab = lab;
    this.#runs = runs;
  }

  /** Starts a series, or goes on with the one that asked for the same. @throws GraftError run.busy */
  start({ kind, name, params: wanted }: NewSeries): { group: string; job: string } {
    this.#refuseWhileTraining();
    const params = seriesParamsSchema.parse(wanted);
    const { store } = this.#lab.projects.current;
    const same = store.runGroups.all().find((group) => group.kind === kind && isSame(group, params));
    const group: RunGroup = same ?? {
      id: `group-${randomBytes(4).toString('hex')}`,
      kind,
      name,
      params: { ...params },
      createdAt: new Date().toISOString(),
    };
    if (!same) store.transaction(() => store.runGroups.insert(group));
    return { group: group.id, job: this.#train(group, params).id };
  }

  /** @throws GraftError group.unknown, run.busy */
  resume(id: string): { job: string } {
    this.#refuseWhileTraining();
    const { group, params } = this.read(id);
    return { job: this.#train(group, params).id };
  }

  /** A stored series. @throws GraftError group.unknown */
  read(id: string): { group: RunGroup; params: SeriesParams } {
    const group = this.#lab.projects.current.store.runGroups.byId(id);
    const params = seriesParamsSchema.safeParse(group?.params);
    if (!group || !params.success) throw new GraftError('group.unknown', { id });
    return { group, params: params.data };
  }

  /** The job of a series that is under way; null when it is not. */
  jobOf(group: string): string | null {
    return this.#running?.group === group ? this.#running.job : null;
  }

  #train(group: RunGroup, params: SeriesParams): Job {
    const about = { kind: 'series' as const, subject: group.name };
    const project = this.#lab.projects.current;
    const { job, result } = this.#lab.jobs.start(about, (controls) =>
      this.#trainAll(project, group, params, controls),
    );
    this.#running = { group: group.id, job: job.id };
    const ended = () => {
      if (this.#running?.job === job.id) this.#running = null;
    };
    result.then(ended, ended);
    return job;
  }

  /** A run that fails does not keep the others from their turn; when none succeeds, its error is the job's. */
  async #trainAll(
    project: OpenProject,
    group: RunGroup,
    { entries, budgetSeconds }: SeriesParams,
    job: JobControls,
  ): Promise<SeriesEnd> {
    const { steps } = await planSeries(this.#lab, entries);
    const end: SeriesEnd = { group: group.id, failed: 0, left: 0 };
    let spent = steps.reduce((sum, { run }) => sum + secondsOfRun(project, run), 0);
    let error: unknown;
    for (const [index, entry] of entries.entries()) {
      throwIfCancelled(job.signal);
      job.progress({
        phase: 'series',
        done: index,
        total: entries.length,
        eta: secondsOf(steps.slice(index)),
      });
      if (steps[index]!.run !== null) continue;
      if (budgetSeconds !== null && spent >= budgetSeconds) {
        end.left++;
        continue;
      }
      const run = await this.#trainOne(project, group, entry, job);
      spent += secondsOfRun(project, run.id);
      if (run.status !== 'failed' && run.status !== 'interrupted') continue;
      throwIfCancelled(job.signal);
      error = errorFrom(run.error ?? { code: 'engine.lost', params: {} });
      end.failed++;
    }
    if (error && end.failed + end.left === entries.length) throw error;
    return end;
  }

  async #trainOne(
    project: OpenProject,
    group: RunGroup,
    entry: SeriesEntry,
    { signal }: JobControls,
  ): Promise<Run> {
    const begun = new DoneRuns(project).begunOf(entry);
    const run =
      begun && isResumable(project, begun)
        ? this.#runs.resume(begun.id)
        : this.#runs.start(entry.recipe, `${entry.key}, seed ${entry.seed}`, group.id).run;
    const stop = () => {
      // A run that ends with its project is left to go on from its checkpoint, as any other.
      if ((signal.reason as CancelReason) === 'cancelled') this.#runs.stopIfTraining(run.id);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#ended(run.id);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** The run once it is neither training nor paused. */
  #ended(id: string): Promise<Run> {
    return new Promise((resolve) => {
      const stopListening = this.#lab.events.on('run.changed', (run) => {
        if (run.id !== id || run.status === 'running' || run.status === 'paused') return;
        stopListening();
        resolve(run);
      });
    });
  }

  #refuseWhileTraining(): void {
    const active = this.#lab.projects.current.store.runs.unfinished()[0];
    if (active) throw new GraftError('run.busy', { name: active.name, number: active.number });
    if (this.#running) throw new GraftError('series.busy');
  }
}

export function seriesHandlers(lab: LabContext, series: SeriesService): HandlersOf<'series'> {
  return {
    'series.plan': ({ entries }) => planSeries(lab, entries),
    async 'series.start'({ kind, name, ...params }) {
      await lab.devices.settled;
      return series.start({ kind, name, params });
    },
    async 'series.resume'({ group }) {
      await lab.devices.settled;
      return series.resume(group);
    },
  };
}

function isSame({ params }: RunGroup, wanted: SeriesParams): boolean {
  const known = seriesParamsSchema.safeParse(params);
  return known.success && isDeepStrictEqual(known.data, wanted);
}

function secondsOfRun({ store }: OpenProject, id: string | null): number {
  const seconds = id === null ? undefined : store.runs.byId(id)?.seconds;
  return Object.values(seconds ?? {}).reduce((sum, took) => sum + took, 0);
}
