import type { BackboneSpeed, LayerRow, SeriesEntry, SeriesStep } from '../../../shared/contract/index.ts';
import { estimateStage, layerCost } from '../../../shared/recipe/estimate.ts';
import { trainedBy } from '../../../shared/recipe/freezing.ts';
import { epochsOf, withEpochs } from '../../../shared/recipe/ladder.ts';
import { networkOf } from '../../../shared/network-layers.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { LabContext } from '../context.ts';
import { datasetOf } from '../runs/dataset.ts';
import { readSpeeds } from '../speeds.ts';
import { askedOf, DoneRuns } from './done-runs.ts';

/** What a series would still train, and about how long it takes. @throws GraftError run.no-items, run.one-class */
export async function planSeries(
  lab: LabContext,
  entries: readonly SeriesEntry[],
): Promise<{ steps: SeriesStep[]; seconds: number | null }> {
  const clock = new Clock(lab);
  const done = new DoneRuns(lab.projects.current);
  const steps: SeriesStep[] = [];
  for (const entry of entries) {
    const run = done.of(entry)?.id ?? null;
    const seconds = run === null ? await clock.secondsOf(entry.recipe) : 0;
    steps.push({ key: entry.key, seed: entry.seed, epochs: epochsOf(entry.recipe), run, seconds });
  }
  return { steps, seconds: secondsOf(steps) };
}

/** Seconds of all steps together; null when one is not known. */
export function secondsOf(steps: readonly SeriesStep[]): number | null {
  const known = steps.every(({ seconds }) => seconds !== null);
  return known ? steps.reduce((sum, { seconds }) => sum + seconds!, 0) : null;
}

/** Steps as they stand, without an estimate. */
export function stepsOf(done: DoneRuns, entries: readonly SeriesEntry[]): SeriesStep[] {
  return entries.map((entry) => {
    const run = done.of(entry)?.id ?? null;
    const { key, seed, recipe } = entry;
    return { key, seed, epochs: epochsOf(recipe), run, seconds: run === null ? null : 0 };
  });
}

/** How long recipes take on this machine: as earlier runs of them took, else from measured speeds of backbones. */
class Clock {
  readonly #lab: LabContext;
  readonly #finished: RunRow[];
  readonly #speeds: BackboneSpeed[];
  readonly #known = new Map<string, Promise<number | null>>();
  readonly #layers = new Map<string, Promise<LayerRow[]>>();

  constructor(lab: LabContext) {
    this.#lab = lab;
    this.#finished = lab.projects.current.store.runs.newest().filter(({ status }) => status === 'done');
    this.#speeds = readSpeeds(lab.options.dataDir);
  }

  secondsOf(recipe: Recipe): Promise<number | null> {
    const key = askedOf({ ...recipe, seed: 0 });
    const known = this.#known.get(key) ?? this.#seconds(recipe);
    this.#known.set(key, known);
    return known;
  }

  async #seconds(recipe: Recipe): Promise<number | null> {
    const plain = this.#alike(recipe);
    const earlier = this.#finished.find((run) => this.#alike(run.recipe) === plain);
    if (!earlier) return this.#estimated(recipe);
    const { decode, features, train, evaluate } = earlier.seconds;
    return decode + features + evaluate + (train * epochsOf(recipe)) / Math.max(1, epochsOf(earlier.recipe));
  }

  /** The recipe but for its seed and the number of its epochs. */
  #alike(recipe: Recipe): string {
    return askedOf({ ...withEpochs(recipe, recipe.stages.length), seed: 0 });
  }

  async #estimated(recipe: Recipe): Promise<number | null> {
    if (this.#speeds.length === 0) return null;
    const rows = await this.#layersOf(recipe);
    const msPerImage = rows && (await this.#msPerImage(recipe, rows));
    if (!rows || !msPerImage) return null;
    const { layers, blocks } = networkOf(rows);
    const { classes, items } = datasetOf(this.#lab.projects.current, recipe.data);
    const counts = { train: 0, validation: 0, test: 0 };
    for (const { split } of items) counts[split]++;
    return recipe.stages.reduce((sum, stage) => {
      const { firstPassSeconds, epochSeconds } = estimateStage({
        layers,
        trained: trainedBy(stage.train, blocks),
        head: { ...recipe.head, classes: classes.length },
        featureShape: rows.at(-1)!.outputShape.map((side) => side ?? 1),
        items: counts,
        variants: recipe.augmentation?.variants ?? 0,
        inputSize: recipe.input.size,
        batchSize: stage.batchSize,
        optimizer: stage.optimizer.name,
        msPerImage,
      });
      return sum + (firstPassSeconds ?? 0) + stage.epochs * (epochSeconds ?? 0);
    }, 0);
  }

  /** Of the body's forward pass: measured, scaled from another size, or by what it costs against one measured. */
  async #msPerImage({ backbone, input }: Recipe, rows: LayerRow[]): Promise<number | null> {
    const same = this.#speeds.filter(
      ({ arch, alpha }) => backbone?.from === 'library' && arch === backbone.arch && alpha === backbone.alpha,
    );
    const own = same.find(({ inputSize }) => inputSize === input.size) ?? same[0];
    if (own) return own.msPerImage * (input.size / own.inputSize) ** 2;
    const other = this.#speeds[0];
    if (!other) return null;
    const { arch, alpha, inputSize } = other;
    const measured = await this.#ask({ arch, alpha, inputSize });
    return (other.msPerImage * costOf(rows)) / costOf(measured);
  }

  #layersOf({ backbone, input, scratch }: Recipe): Promise<LayerRow[]> | null {
    const inputSize = input.size;
    if (backbone === null)
      return this.#ask({ arch: 'scratch-cnn', alpha: 1, inputSize, channels: scratch.channels });
    if (backbone.from === 'library')
      return this.#ask({ arch: backbone.arch, alpha: backbone.alpha, inputSize });
    const source = this.#lab.projects.current.store.runs.byId(backbone.run);
    return source ? this.#layersOf({ ...source.recipe, input }) : null;
  }

  #ask(wanted: { arch: string; alpha: number; inputSize: number; channels?: number[] }): Promise<LayerRow[]> {
    const key = JSON.stringify(wanted);
    const { libraryDir, engines } = this.#lab;
    const known =
      this.#layers.get(key) ?? engines.media.request('zooLayers', { ...wanted, libraryDir }).result;
    this.#layers.set(key, known);
    return known;
  }
}

const costOf = (rows: LayerRow[]): number =>
  networkOf(rows).layers.reduce((sum, layer) => sum + layerCost(layer), 0);
