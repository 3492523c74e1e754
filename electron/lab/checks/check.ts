import { GraftError } from '../../../shared/errors.ts';
import type { EngineParams, EngineResult } from '../../engine/protocol.ts';
import type { NewFinding } from '../../store/queries/items/checks.ts';
import type { CheckedItem, CheckRow } from '../../store/queries/items/checks.ts';
import type { LabContext } from '../context.ts';
import { requestUntil, throwIfCancelled } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { copyClusters, copyFindings, sameBytes } from './copies.ts';
import {
  canJudgeLabels,
  chooseBackbone,
  examinationFindings,
  examinationOf,
  examinedItems,
} from './examination.ts';
import type { InstalledBackbone } from './examination.ts';
import { shiftFindings } from './shifts.ts';

export interface CheckWishes {
  /** Weights in the library; null: no model takes part. */
  weights?: string | null;
  /** Nobody asked: training, if any, is left the processor. */
  automatic?: boolean;
}

/** What is measured of pictures, in the order of the engine's rows. */
const MEASURES = ['brightness', 'contrast', 'sharpness', 'saturation', 'warmth', 'greenness'];

/** One check of the open project: copies, shifts, and what a backbone sees. Stored as a whole at the end. */
export class DataCheck {
  readonly #lab: LabContext;
  readonly #project: OpenProject;
  readonly #job: JobControls;
  readonly #wishes: CheckWishes;
  readonly #startedAt = performance.now();

  constructor(lab: LabContext, project: OpenProject, job: JobControls, wishes: CheckWishes) {
    this.#lab = lab;
    this.#project = project;
    this.#job = job;
    this.#wishes = wishes;
  }

  async run(): Promise<CheckRow> {
    const { store } = this.#project;
    const { revision } = store.project.get();
    const items = store.checks.items();
    const { measures, turned } = await this.#measure(items);
    const shifts = await shiftFindings(items, measures, MEASURES);
    const groups = [...sameBytes(items), ...(await this.#closeHashes(items, turned))];
    const seen = await this.#examine(items, groups);
    const copies = copyFindings(items, copyClusters(items.length, [...groups, ...seen.alike]));
    const check: CheckRow = {
      madeAt: new Date().toISOString(),
      revision,
      items: items.length,
      examined: seen.examined,
      backbone: seen.backbone,
      skipped: seen.skipped,
      seconds: (performance.now() - this.#startedAt) / 1000,
    };
    throwIfCancelled(this.#job.signal);
    const findings = [...copies, ...seen.findings, ...shifts];
    store.transaction(() => store.checks.replace(check, findings));
    return check;
  }

  #closeHashes(items: CheckedItem[], turned: string[]): Promise<number[][]> {
    this.#job.progress({ phase: 'copies', done: 0, total: 0 });
    const hashes = items.map(({ dhash }) => dhash);
    return requestUntil(this.#job.signal, this.#lab.engines.media, 'groupDuplicates', { hashes, turned });
  }

  #measure(items: CheckedItem[]): Promise<EngineResult<'measurePictures'>> {
    const { dir, places } = this.#project;
    const files = items.map(({ path, sha256 }) => ({ path: absolutePath(dir, path), sha256 }));
    this.#job.progress({ phase: 'pictures', done: 0, total: items.length });
    const params = { items: files, cacheDir: places.cacheDir };
    const progress = ({ done, total }: { done: number; total: number }) =>
      this.#job.progress({ phase: 'pictures', done, total });
    const { media } = this.#lab.engines;
    return requestUntil(this.#job.signal, media, 'measurePictures', params, progress);
  }

  /** Copies found by now go together through the cross-validation; those found through features come back. */
  async #examine(items: CheckedItem[], groups: number[][]) {
    const nothing = { findings: [] as NewFinding[], alike: [] as number[][], backbone: '', examined: 0 };
    const examined = examinedItems(items);
    const chosen = await this.#chooseBackbone();
    if (typeof chosen === 'string') return { ...nothing, skipped: chosen };
    if (!examined) return { ...nothing, skipped: 'few-labels' };
    const roots = copyClusters(items.length, groups);
    const groupOf = new Map(items.map(({ id }, position) => [id, roots[position]!]));
    const { dir, places } = this.#project;
    const params = examinationOf(examined, groupOf, chosen, dir, places);
    const result = await this.#seen(params);
    if (result === null) return { ...nothing, skipped: 'busy' };
    const positions = new Map(items.map(({ id }, position) => [id, position]));
    return {
      findings: examinationFindings(examined, result),
      alike: result.alike.map((pair) => pair.map((id) => positions.get(id)!)),
      backbone: chosen.architecture.title,
      examined: result.ids.length,
      skipped: canJudgeLabels(examined, result) ? '' : 'weak-model',
    };
  }

  /** What the backbone sees; null when a training that began meanwhile was left the processor. */
  async #seen(params: EngineParams<'examine'>): Promise<EngineResult<'examine'> | null> {
    const { events, engines } = this.#lab;
    const giveWay = new AbortController();
    const stopListening = events.on('job.changed', ({ kind, status }) => {
      if (this.#wishes.automatic && kind === 'run' && status === 'running') giveWay.abort();
    });
    try {
      const signal = AbortSignal.any([this.#job.signal, giveWay.signal]);
      return await requestUntil(signal, engines.compute, 'examine', params, (progress) =>
        this.#job.progress(progress),
      );
    } catch (error) {
      if (giveWay.signal.aborted && !this.#job.signal.aborted) return null;
      throw error;
    } finally {
      stopListening();
    }
  }

  /**
   * The backbone, or the code of why there is none.
   * @throws GraftError recipe.no-weights when the weights asked for are not in the library
   */
  async #chooseBackbone(): Promise<InstalledBackbone | 'off' | 'busy' | 'no-weights'> {
    const { weights, automatic } = this.#wishes;
    if (weights === null) return 'off';
    const training = this.#lab.jobs.list().some(({ kind, status }) => kind === 'run' && status === 'running');
    if (automatic && training) return 'busy';
    const { libraryDir, engines } = this.#lab;
    const zoo = await requestUntil(this.#job.signal, engines.media, 'zooList', { libraryDir });
    const chosen = chooseBackbone(zoo, weights);
    if (!chosen && weights !== undefined) throw new GraftError('recipe.no-weights', { backbone: weights });
    return chosen ?? 'no-weights';
  }
}
