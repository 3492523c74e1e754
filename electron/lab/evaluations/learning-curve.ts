import type { LearningCurve, ParsedParams, Result, Split } from '../../../shared/contract/index.ts';
import { learningCurveSchema } from '../../../shared/contract/results/learning-curve.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { DatasetItem, EngineResult } from '../../engine/protocol.ts';
import { wilsonInterval } from '../../evaluation/significance/wilson.ts';
import { chooseBackbone } from '../checks/examination.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { JobControls } from '../jobs.ts';
import { featureRecipe } from '../suggestions/backbone.ts';
import { datasetOf } from '../runs/dataset.ts';

const REPEATS = 3;
const SEED = 42;
/** Sizes that are forecast, as multiples of today's. */
const AHEAD = [1.25, 1.5, 2];
/** Sizes at which the fitted curve is drawn. */
const CURVE_STEPS = 24;
/** More of a class than this many times what there is would be guessing. */
const MORE_OF_CLASS = 0.5;
const MOST_EARLIER = 20;
/** A curve of three numbers needs as many different sizes. */
const LEAST_SIZES = 3;

type Measured = EngineResult<'learningCurve'>;

/** What more labelled pictures would bring, forecast from heads trained on parts of those there are. */
export function learningCurveHandlers(lab: LabContext): HandlersOf<'learningCurve'> {
  return {
    'learningCurve.start'(params) {
      const project = lab.projects.current;
      const { name } = project.store.project.get();
      const { job } = lab.jobs.start({ kind: 'curve', subject: name }, (controls) =>
        measure(lab, project, params, controls),
      );
      return { job: job.id };
    },
    'learningCurve.get': ({ collection }) => curveAndEarlier(lab, lab.projects.current, collection),
  };
}

/** @throws GraftError recipe.no-weights, curve.no-validation, run.no-items, run.one-class */
async function measure(
  lab: LabContext,
  project: OpenProject,
  { collection, weights }: ParsedParams<'learningCurve.start'>,
  { signal, progress }: JobControls,
): Promise<LearningCurve> {
  const { libraryDir, engines } = lab;
  const zoo = await requestUntil(signal, engines.media, 'zooList', { libraryDir });
  const backbone = chooseBackbone(zoo, weights);
  if (!backbone) throw new GraftError('recipe.no-weights', { backbone: weights ?? '' });
  const { classes, items } = datasetOf(project, { collection });
  const used = items.filter(({ split }) => split !== 'test');
  if (!used.some(({ split }) => split === 'validation')) throw new GraftError('curve.no-validation');
  const request = {
    recipe: featureRecipe(backbone),
    classes,
    items: used,
    repeats: REPEATS,
    seed: SEED,
    places: project.places,
  };
  const measured = await requestUntil(signal, engines.compute, 'learningCurve', request, (said) =>
    progress(said),
  );
  if (sizesOf(measured.overall) < LEAST_SIZES) throw new GraftError('curve.few-items', { n: used.length });
  const told = await forecasts(lab, signal, measured, classes, used);
  const curve: LearningCurve = {
    at: new Date().toISOString(),
    collection,
    backbone: backbone.architecture.title,
    weights: backbone.weights.id,
    tested: measured.tested,
    ...told,
  };
  project.store.transaction(() => project.store.learningCurves.put(collection, curve));
  return curve;
}

type Told = Omit<LearningCurve, 'at' | 'collection' | 'backbone' | 'weights' | 'tested'>;

/** What the measured points say of more pictures of all classes, and of more of each of the weakest. */
async function forecasts(
  { engines }: LabContext,
  signal: AbortSignal,
  { overall, perClass, tested }: Measured,
  classes: readonly string[],
  used: readonly DatasetItem[],
): Promise<Told> {
  const trained = used.filter(({ split }) => split === 'train').length;
  const points = overall.map(({ items, wrong, tested: of }) => ({ items, wrong, tested: of }));
  const ahead = AHEAD.map((times) => Math.round(times * trained));
  const measured = bySize(points);
  const line = sizesBetween(measured[0]!.items, ahead.at(-1)!);
  const weak = perClass
    .filter(({ trials }) => sizesOf(trials) >= LEAST_SIZES)
    .map(({ classIndex, trials }) => ({
      trials,
      name: classes[classIndex]!,
      ...ofClass({ classIndex, trials }, used),
    }));
  const [whole = [], ...gains] = await requestUntil(signal, engines.media, 'forecast', {
    asks: [
      { points, from: null, to: [...ahead, ...line], tested },
      ...weak.map(({ trials, items, more }) => ({
        points: trials,
        from: items,
        to: [items + more],
        tested,
      })),
    ],
  });
  const expected = [...ahead, ...line].map((items, at) => {
    const { value, interval } = whole[at]!;
    return { items, accuracy: 1 - value, interval: flipped(interval) };
  });
  return {
    trained,
    points,
    measured,
    accuracy: measured.at(-1)!.accuracy,
    forecasts: expected.slice(0, ahead.length),
    fitted: expected.slice(ahead.length),
    classes: weak.map(({ name, items, recall, more }, at) => {
      const { value: gain, interval } = gains[at]![0]!;
      return { name, items, recall, more, gain, interval };
    }),
  };
}

const sizesOf = (trials: readonly { items: number }[]): number =>
  new Set(trials.map(({ items }) => items)).size;

/** Whole numbers in even steps of the logarithm, both ends included. */
function sizesBetween(least: number, most: number): number[] {
  const steps = Array.from({ length: CURVE_STEPS }, (_, step) => step / (CURVE_STEPS - 1));
  return [...new Set(steps.map((share) => Math.round(least * (most / least) ** share)))];
}

function bySize(points: LearningCurve['points']): LearningCurve['measured'] {
  return [...Map.groupBy(points, ({ items }) => items)]
    .map(([items, trials]) => {
      const sum = (of: 'wrong' | 'tested') => trials.reduce((total, trial) => total + trial[of], 0);
      const accuracy = 1 - sum('wrong') / sum('tested');
      const { tested } = trials[0]!;
      return { items, accuracy, interval: wilsonInterval(accuracy * tested, tested) };
    })
    .sort((a, b) => a.items - b.items);
}

/** How a class is doing with all its pictures, and how many more of it are asked about. */
function ofClass({ classIndex, trials }: Measured['perClass'][number], used: readonly DatasetItem[]) {
  const count = (split: Split) =>
    used.filter((item) => item.split === split && item.classIndex === classIndex).length;
  const items = count('train');
  const most = Math.max(...trials.map((trial) => trial.items));
  const whole = trials.filter((trial) => trial.items === most);
  const right = whole.reduce((sum, { correct }) => sum + correct[classIndex]!, 0) / whole.length;
  const more = Math.max(5, Math.round((MORE_OF_CLASS * items) / 5) * 5);
  return { items, recall: right / Math.max(1, count('validation')), more };
}

const flipped = ([low, high]: readonly [number, number]): [number, number] => [1 - high, 1 - low];

/** Earlier curves of the same backbone foretell what heads reach with as many pictures as there are now. */
async function curveAndEarlier(
  { engines }: LabContext,
  { store }: OpenProject,
  collection: string | null,
): Promise<Result<'learningCurve.get'>> {
  const [curve, ...before] = store.learningCurves
    .newest(collection, MOST_EARLIER)
    .map((json) => learningCurveSchema.parse(JSON.parse(json)));
  if (!curve) return { curve: null, earlier: [] };
  const { trained: items, tested, accuracy: came } = curve;
  const comparable = before.filter(({ weights, trained }) => weights === curve.weights && trained < items);
  const asks = comparable.map(({ points }) => ({ points, from: null, to: [items], tested }));
  const told = await engines.media.request('forecast', { asks }).result;
  const earlier = comparable.map(({ at, trained }, index) => {
    const interval = flipped(told[index]![0]!.interval);
    return { at, from: trained, items, interval, came, held: interval[0] <= came && came <= interval[1] };
  });
  return { curve, earlier };
}
