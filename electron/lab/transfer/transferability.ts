import type { Architecture, Job, TransferAdvice, WeightsEntry } from '../../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../../shared/errors.ts';
import { dataAsked } from '../../../shared/recipe/ladder.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import { sampleRows } from '../../evaluation/transferability/features.ts';
import type { EngineParams } from '../../engine/protocol.ts';
import type { AdviceRow } from '../../store/queries/runs/transfer-advice.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil, throwIfCancelled } from '../engine-call.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf } from '../runs/dataset.ts';
import { adviceRecord, outcomesOf, scoreOf } from './advice-record.ts';

/** Items looked at: some of the arithmetic grows with their square. */
const MOST_ITEMS = 400;
const FOLDS = 5;
const SEED = 42;
/** The output and the cuts below the uppermost blocks. */
const CUTS = 5;

/** Estimates of how well every installed backbone would transfer to the labelled training items. */
export class TransferabilityService {
  readonly lab: LabContext;
  #running: string | null = null;

  constructor(lab: LabContext) {
    this.lab = lab;
  }

  get job(): string | null {
    return this.#running;
  }

  /** @throws GraftError run.no-items, run.one-class, run.busy */
  start(collection: string | null): Job {
    const project = this.lab.projects.current;
    const active = project.store.runs.unfinished()[0];
    if (active) throw new GraftError('run.busy', { name: active.name, number: active.number });
    // Says at once what is missing.
    datasetOf(project, { collection });
    const { name } = project.store.project.get();
    const before = this.#running;
    if (before) this.lab.jobs.cancel(before);
    const { job, result } = this.lab.jobs.start({ kind: 'transferability', subject: name }, (controls) =>
      this.#estimate(project, collection, controls),
    );
    this.#running = job.id;
    const ended = () => {
      if (this.#running === job.id) this.#running = null;
    };
    result.then(ended, ended);
    return job;
  }

  async #estimate(project: OpenProject, collection: string | null, job: JobControls): Promise<void> {
    const began = performance.now();
    const { revision } = project.store.project.get();
    const dataset = datasetOf(project, { collection });
    const training = dataset.items.filter(({ split }) => split === 'train');
    const labels = training.map(({ classIndex }) => classIndex);
    const chosen = sampleRows(labels, dataset.classes.length, MOST_ITEMS, SEED);
    const items = Array.from(chosen, (row) => training[row]!);
    const { engines, libraryDir } = this.lab;
    const zoo = await requestUntil(job.signal, engines.media, 'zooList', { libraryDir });
    const installed = zoo.flatMap((architecture) =>
      architecture.installed.map((weights) => ({ architecture, weights })),
    );
    if (installed.length === 0) throw new GraftError('recipe.no-weights', { backbone: '-' });
    const backbones: AdviceRow['backbones'] = [];
    const failed: AdviceRow['failed'] = [];
    for (const [index, one] of installed.entries()) {
      const title = titleOf(one);
      try {
        const params = this.#question(project, one, dataset.classes, items, collection);
        const estimate = await requestUntil(job.signal, engines.compute, 'estimateTransfer', params, (said) =>
          job.progress({ ...said, eta: null }),
        );
        const { architecture, weights } = one;
        backbones.push({
          arch: architecture.id,
          weights: weights.id,
          alpha: weights.alpha,
          title,
          inputSize: architecture.inputSize,
          top1: architecture.top1,
          estimate,
        });
      } catch (error) {
        throwIfCancelled(job.signal);
        const { code, params } = toGraftError(error);
        failed.push({ title, error: { code, params } });
        if (index === installed.length - 1 && backbones.length === 0) throw error;
      }
    }
    project.store.transaction(() =>
      project.store.transferAdvice.insert({
        madeAt: new Date().toISOString(),
        collection,
        revision,
        splitHash: dataset.splitHash,
        classes: dataset.classes.length,
        seconds: (performance.now() - began) / 1000,
        backbones,
        failed,
      }),
    );
  }

  #question(
    { places }: OpenProject,
    { architecture, weights }: { architecture: Architecture; weights: WeightsEntry },
    classes: string[],
    items: EngineParams<'estimateTransfer'>['items'],
    collection: string | null,
  ): EngineParams<'estimateTransfer'> {
    const source = {
      from: 'library' as const,
      arch: architecture.id,
      weights: weights.id,
      alpha: weights.alpha,
    };
    const recipe = defaultRecipe('features', source, architecture.inputSize);
    const data = { ...dataAsked(recipe), collection };
    return {
      recipe: { ...recipe, data },
      classes,
      items,
      folds: FOLDS,
      seed: SEED,
      cuts: CUTS,
      places,
    };
  }
}

function titleOf({ architecture, weights }: { architecture: Architecture; weights: WeightsEntry }): string {
  return architecture.alphas.length > 1 ? `${architecture.title} α ${weights.alpha}` : architecture.title;
}

export function transferabilityHandlers(service: TransferabilityService): HandlersOf<'transferability'> {
  return {
    'transferability.get'() {
      const project = service.lab.projects.current;
      const record = adviceRecord(service.lab);
      const last = project.store.transferAdvice.all()[0];
      return { job: service.job, advice: last ? shown(project, last) : null, record };
    },
    'transferability.start': ({ collection }) => ({ job: service.start(collection).id }),
  };
}

/** The most promising first, with what runs on them have reached by now. */
function shown(project: OpenProject, row: AdviceRow): TransferAdvice {
  const { id, madeAt, collection, classes, seconds, failed, revision } = row;
  const outcomes = outcomesOf(project, row);
  const backbones = row.backbones
    .map((backbone) => ({ ...backbone, outcome: outcomes.get(backbone.weights) ?? null }))
    .sort((a, b) => (scoreOf(b, 'probe') ?? 0) - (scoreOf(a, 'probe') ?? 0));
  const stale = revision !== project.store.project.get().revision;
  return { id, madeAt, collection, classes, seconds, failed, backbones, stale };
}
