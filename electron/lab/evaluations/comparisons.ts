import type { Comparison, RunPair } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { itemLogLosses } from '../../evaluation/probability-scores.ts';
import { compareAllRuns } from '../../evaluation/significance/compare.ts';
import type { PairOfRuns } from '../../evaluation/significance/compare.ts';
import { proportion } from '../../evaluation/significance/wilson.ts';
import { predictedClasses } from '../../evaluation/predictions.ts';
import type { Predictions } from '../../evaluation/predictions.ts';
import type { StoredPredictions } from '../../store/queries/runs/predictions.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf } from '../context.ts';
import type { EvaluationService } from './evaluations.ts';

/** A run and what it said about the items. */
export interface Contestant {
  readonly run: Pick<RunRow, 'id' | 'number' | 'name' | 'classes'>;
  readonly predictions: StoredPredictions;
}

export function comparisonHandlers(evaluations: EvaluationService): HandlersOf<'comparisons'> {
  return {
    /** @throws GraftError comparison.same-run, comparison.classes, comparison.no-items, and what judging throws */
    async 'comparisons.get'({ runs: ids, split, collection }) {
      if (new Set(ids).size < ids.length) throw new GraftError('comparison.same-run');
      const contestants: Contestant[] = [];
      // One after the other: predicting keeps both cores busy.
      for (const run of ids) contestants.push(await evaluations.judge({ run, split, collection }));
      return { split, ...compared(contestants) };
    },
  };
}

/** Runs on the items they share. @throws GraftError comparison.classes, comparison.no-items */
export function compared(contestants: readonly Contestant[]): Omit<Comparison, 'split'> {
  const [first] = contestants;
  if (!first) throw new Error('The contract asks for two runs.');
  const { classes } = first.run;
  const other = contestants.find(({ run }) => run.classes.join('\n') !== classes.join('\n'));
  if (other) throw new GraftError('comparison.classes', { first: first.run.name, second: other.run.name });
  const shared = sharedItems(contestants.map(({ predictions }) => predictions));
  if (shared.length === 0) throw new GraftError('comparison.no-items');
  const judged = contestants.map(({ run, predictions }) => onItems(run, predictions, shared));
  const every = new Set(contestants.flatMap(({ predictions }) => [...predictions.ids]));
  return {
    classes,
    n: shared.length,
    leftOut: every.size - shared.length,
    runs: contestants.map(({ run: { id, number, name } }, index) => ({
      id,
      number,
      name,
      ...scores(judged[index]!),
    })),
    pairs: compareAllRuns(judged).map(asPair),
  };
}

/** Items every run was judged on with one and the same label. */
function sharedItems(all: readonly StoredPredictions[]): number[] {
  const truths = all.map(({ ids, truths }) => new Map([...ids].map((id, index) => [id, truths[index]!])));
  const [first, ...others] = truths;
  return [...(first ?? new Map<number, number>())].flatMap(([id, truth]) =>
    truth >= 0 && others.every((known) => known.get(id) === truth) ? [id] : [],
  );
}

/** The predictions for these items, in their order. */
function onItems(
  { classes }: Contestant['run'],
  stored: StoredPredictions,
  items: readonly number[],
): Predictions {
  const rowOf = new Map([...stored.ids].map((id, row) => [id, row]));
  const rows = items.map((id) => rowOf.get(id)!);
  const width = classes.length;
  const p = new Float32Array(rows.length * width);
  rows.forEach((row, index) =>
    p.set(stored.probabilities.subarray(row * width, (row + 1) * width), index * width),
  );
  return { classes, y: Int32Array.from(rows, (row) => stored.truths[row]!), p };
}

function scores(predictions: Predictions): { accuracy: number; interval: [number, number]; logLoss: number } {
  const predicted = predictedClasses(predictions);
  const n = predictions.y.length;
  const correct = predicted.reduce((sum, cls, item) => sum + Number(cls === predictions.y[item]), 0);
  const { value, interval } = proportion(correct, n)!;
  const losses = itemLogLosses(predictions);
  return { accuracy: value, interval, logLoss: losses.reduce((sum, loss) => sum + loss, 0) / n };
}

function asPair({ first, second, comparison }: PairOfRuns): RunPair {
  const { counts, accuracy, mcnemar, adjustedP, verdict, detectable, logLoss, areas } = comparison;
  return {
    first,
    second,
    onlyFirst: counts.onlyFirst,
    onlySecond: counts.onlySecond,
    difference: accuracy.difference,
    interval: accuracy.interval,
    p: mcnemar.p,
    test: mcnemar.method,
    adjustedP,
    verdict,
    detectable,
    logLoss,
    areas: areas.map(
      (area) =>
        area && {
          first: area.a.auc,
          second: area.b.auc,
          difference: area.difference,
          interval: area.interval,
          p: area.p,
        },
    ),
  };
}
