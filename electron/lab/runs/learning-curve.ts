import type { LearningCurve, ParsedParams, Result, Split } from '../../../shared/contract/index.ts';
import { learningCurveSchema } from '../../../shared/contract/learning-curve.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { DatasetItem, EngineResult } from '../../engine/protocol.ts';
import { chooseBackbone } from '../checks/examination.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { JobControls } from '../jobs.ts';
import { featureRecipe } from '../suggestions/backbone.ts';
import { datasetOf } from './dataset.ts';

const REPEATS = 3;
const SEED = 42;
/** Sizes that are forecast, as multiples of today's. */
const AHEAD = [1.25, 1.5, 2];
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
  const trained = used.filter(({ split }) => split === 'train').length;
  const points = measured.overall.map(({ items: of, wrong, tested }) => ({ items: of, wrong, tested }));
  const ahead = AHEAD.map((times) => Math.round(times * trained));
  const weak = measured.perClass.filter(({ trials }) => sizesOf(trials) >= LEAST_SIZES);
  const own = weak.map((one) => ofClass(one, used));
  const told = await requestUntil(signal, engines.media, 'forecast', {
    asks: [
      ...ahead.map((to) => ({ points, from: null, to, tested: measured.tested })),
      ...weak.map(({ trials }, at) => ({
        points: trials,
        from: own[at]!.items,
        to: own[at]!.items + own[at]!.more,
        tested: measured.tested,
      })),
    ],
  });
  const curve: LearningCurve = {
    at: new Date().toISOString(),
    collection,
    backbone: backbone.architecture.title,
    weights: backbone.weights.id,
    trained,
    tested: measured.tested,
    points,
    accuracy: accuracyOfWhole(points),
    forecasts: ahead.map((to, at) => {
      const { value, interval } = told[at]!;
      return { items: to, accuracy: 1 - value, interval: flipped(interval) };
    }),
    classes: weak.map(({ classIndex }, at) => {
      const { value: gain, interval } = told[ahead.length + at]!;
      return { name: classes[classIndex]!, ...own[at]!, gain, interval };
    }),
  };
  project.store.transaction(() => project.store.learningCurves.put(collection, curve));
  return curve;
}

const sizesOf = (trials: readonly { items: number }[]): number =>
  new Set(trials.map(({ items }) => items)).size;

function accuracyOfWhole(points: readonly { items: number; wrong: number; tested: number }[]): number {
  const most = Math.max(...points.map(({ items }) => items));
  const whole = points.filter(({ items }) => items === most);
  return 1 - whole.reduce((sum, { wrong, tested }) => sum + wrong / tested, 0) / whole.length;
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
  const asks = comparable.map(({ points }) => ({ points, from: null, to: items, tested }));
  const told = await engines.media.request('forecast', { asks }).result;
  const earlier = comparable.map(({ at, trained }, index) => {
    const interval = flipped(told[index]!.interval);
    return { at, from: trained, items, interval, came, held: interval[0] <= came && came <= interval[1] };
  });
  return { curve, earlier };
}
