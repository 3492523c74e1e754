import type { Epoch, EvaluationResult, Run } from '../../../shared/contract/index.ts';

/** One thing to try next: a locale key under `results.next`, its values, and where to do it. */
export interface NextStep {
  key: string;
  params: Record<string, string | number>;
  to: 'train' | 'data' | 'predict';
}

const fewImages = 100;
const wideGap = 0.08;
const weakRecall = 0.8;
const goodEnough = 0.98;

function lastGap(epochs: readonly Epoch[]): number {
  const last = [...epochs].sort((a, b) => a.epoch - b.epoch).at(-1);
  return last && last.valAccuracy !== null ? last.accuracy - last.valAccuracy : 0;
}

/** Whether the validation loss was still falling when training ended. */
function stillImproving(run: Run): boolean {
  return run.bestEpoch !== null && run.epochs > 2 && run.bestEpoch === run.epochs;
}

/** The most useful suggestions first: rules of thumb, each from a fact of this run. */
export function nextSteps(
  run: Run,
  evaluation: EvaluationResult,
  epochs: readonly Epoch[],
  hasBaseline: boolean,
  hasWeights: boolean,
): NextStep[] {
  const steps: NextStep[] = [];
  const { kind } = run.recipe;
  const accuracy = evaluation.summary.accuracy;
  const weakest = [...evaluation.report]
    .filter((row) => row.support > 0)
    .sort((a, b) => a.recall - b.recall)[0];
  if (kind === 'scratch-cnn' && hasWeights) steps.push({ key: 'transfer', params: {}, to: 'train' });
  if (stillImproving(run)) steps.push({ key: 'longer', params: { epochs: run.epochs }, to: 'train' });
  if (lastGap(epochs) > wideGap) {
    steps.push({ key: 'overfit', params: { gap: (lastGap(epochs) * 100).toFixed(0) }, to: 'train' });
  }
  if (kind === 'features' && accuracy < goodEnough) steps.push({ key: 'fineTune', params: {}, to: 'train' });
  if (weakest && weakest.recall < Math.min(weakRecall, accuracy)) {
    const recall = (weakest.recall * 100).toFixed(0);
    steps.push({ key: 'weakClass', params: { name: weakest.name, recall }, to: 'data' });
  }
  if (evaluation.n < fewImages) steps.push({ key: 'fewImages', params: { n: evaluation.n }, to: 'data' });
  if (kind !== 'scratch-cnn' && !hasBaseline) steps.push({ key: 'baseline', params: {}, to: 'train' });
  if (steps.length === 0) steps.push({ key: 'predict', params: {}, to: 'predict' });
  return steps;
}
