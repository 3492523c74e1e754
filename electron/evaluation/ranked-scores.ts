import { labelledItems, type Predictions } from './predictions.ts';

/** The labelled items of one class against the rest, ranked once so that resamples need no sorting. */
export interface RankedScores {
  /** Positions among the labelled items, highest score first. */
  order: Int32Array;
  /** 1 where the score differs from the next one: ties are counted together. */
  endsTie: Uint8Array;
  isPositive: Uint8Array;
}

export function rankedScores(predictions: Predictions, cls: number): RankedScores {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  const scores = Float64Array.from(items, (item) => p[item * classes.length + cls]!);
  const order = Int32Array.from(items.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const endsTie = Uint8Array.from(order, (at, i) =>
    Number(i + 1 === order.length || scores[order[i + 1]!] !== scores[at]),
  );
  const isPositive = Uint8Array.from(order, (at) => Number(y[items[at]!] === cls));
  return { order, endsTie, isPositive };
}

/** AUC and average precision when item `i` counts `weights[i]` times; null where undefined. */
export function weightedAreas(
  { order, endsTie, isPositive }: RankedScores,
  weights: ArrayLike<number>,
): { auc: number | null; averagePrecision: number | null } {
  let [truePositives, falsePositives, tiedPositives, tiedNegatives, pairs, precisions] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    const weight = weights[order[i]!]!;
    if (isPositive[i]) tiedPositives += weight;
    else tiedNegatives += weight;
    if (!endsTie[i]) continue;
    pairs += tiedNegatives * (truePositives + tiedPositives / 2);
    truePositives += tiedPositives;
    falsePositives += tiedNegatives;
    if (tiedPositives > 0) precisions += (tiedPositives * truePositives) / (truePositives + falsePositives);
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  const bothSides = truePositives > 0 && falsePositives > 0;
  return {
    auc: bothSides ? pairs / (truePositives * falsePositives) : null,
    averagePrecision: truePositives > 0 ? precisions / truePositives : null,
  };
}
