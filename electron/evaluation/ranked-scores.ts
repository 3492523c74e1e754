import { labelledItems, type Predictions } from './predictions.ts';

/** Scores of labelled items, ranked once so that resamples need no sorting. */
export interface RankedScores {
  /** Positions among the labelled items, highest score first; pooled scores hold each item once for every class. */
  order: Int32Array;
  /** 1 where the score differs from the next one: ties are counted together. */
  endsTie: Uint8Array;
  isPositive: Uint8Array;
}

/** One class against the rest. */
export function rankedScores(predictions: Predictions, cls: number): RankedScores {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  const scores = Float64Array.from(items, (item) => p[item * classes.length + cls]!);
  return ranked(scores, (at) => ({ item: at, positive: y[items[at]!] === cls }));
}

/** All one-against-the-rest questions pooled into one, as micro averages are defined. */
export function pooledRanks(predictions: Predictions): RankedScores {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  const width = classes.length;
  const scores = new Float64Array(items.length * width);
  items.forEach((item, at) => {
    for (let cls = 0; cls < width; cls++) scores[at * width + cls] = p[item * width + cls]!;
  });
  return ranked(scores, (at) => {
    const item = Math.floor(at / width);
    return { item, positive: y[items[item]!] === at % width };
  });
}

function ranked(
  scores: Float64Array,
  entry: (at: number) => { item: number; positive: boolean },
): RankedScores {
  const sorted = Int32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const endsTie = Uint8Array.from(sorted, (at, i) =>
    Number(i + 1 === sorted.length || scores[sorted[i + 1]!] !== scores[at]),
  );
  return {
    order: sorted.map((at) => entry(at).item),
    endsTie,
    isPositive: Uint8Array.from(sorted, (at) => Number(entry(at).positive)),
  };
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
