import type { ConfusionMatrix } from './confusion.ts';
import { labelledItems, predictedClasses, type Predictions } from './predictions.ts';
import { itemLogLosses } from './probability-scores.ts';

/** A pair of classes taken for each other, in the direction true -> predicted. */
export interface ConfusedPair {
  trueClass: number;
  predictedClass: number;
  count: number;
  /** Share of the true class's items that went this way. */
  share: number;
}

/** The off-diagonal cells of at least `fewest` items, largest count first, then largest share. */
export function mostConfused(confusion: ConfusionMatrix, limit = Infinity, fewest = 1): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  confusion.forEach((row, trueClass) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, predictedClass) => {
      if (predictedClass !== trueClass && count >= Math.max(1, fewest)) {
        pairs.push({ trueClass, predictedClass, count, share: count / support });
      }
    });
  });
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, limit);
}

/** One labelled item as the model judged it. */
export interface JudgedItem {
  /** Index into the predictions. */
  item: number;
  trueClass: number;
  predictedClass: number;
  /** Probability given to the predicted class. */
  confidence: number;
  /** Log loss: how surprised the model was by the truth. */
  loss: number;
}

/** The items the model found most surprising, right or wrong, worst first. */
export function topLosses(predictions: Predictions, limit = Infinity): JudgedItem[] {
  return judgedItems(predictions)
    .sort((a, b) => b.loss - a.loss)
    .slice(0, limit);
}

/** The wrong answers, the surest first: where a label may be wrong, or the model learned something false. */
export function confidentMistakes(predictions: Predictions, limit = Infinity): JudgedItem[] {
  return judgedItems(predictions)
    .filter(({ trueClass, predictedClass }) => trueClass !== predictedClass)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, limit);
}

function judgedItems(predictions: Predictions): JudgedItem[] {
  const { classes, y, p } = predictions;
  const predicted = predictedClasses(predictions);
  const losses = itemLogLosses(predictions);
  return Array.from(labelledItems(predictions), (item) => ({
    item,
    trueClass: y[item]!,
    predictedClass: predicted[item]!,
    confidence: p[item * classes.length + predicted[item]!]!,
    loss: losses[item]!,
  }));
}

/**
 * An order of the classes that puts those confused with each other side by side, for drawing large matrices:
 * the leaves of an average-linkage tree over the symmetric confusion rates.
 */
export function similarityOrder(confusion: ConfusionMatrix): number[] {
  const rate = confusion.map((row) =>
    row.map(
      (count) =>
        count /
        Math.max(
          1,
          row.reduce((sum, c) => sum + c, 0),
        ),
    ),
  );
  let groups = confusion.map((_, cls) => [cls]);
  const similarity = confusion.map((_, a) => confusion.map((_, b) => rate[a]![b]! + rate[b]![a]!));
  while (groups.length > 1) {
    const [a, b] = closestPair(similarity);
    mergeRows(similarity, a, b, groups[a]!.length, groups[b]!.length);
    groups[a] = [...groups[a]!, ...groups[b]!];
    groups = groups.filter((_, index) => index !== b);
  }
  return groups[0] ?? [];
}

function closestPair(similarity: number[][]): [number, number] {
  let best: [number, number] = [0, 1];
  for (let a = 0; a < similarity.length; a++) {
    for (let b = a + 1; b < similarity.length; b++) {
      if (similarity[a]![b]! > similarity[best[0]]![best[1]]!) best = [a, b];
    }
  }
  return best;
}

/** Folds group b into group a: their similarity to any other is the mean over all member pairs. */
function mergeRows(similarity: number[][], a: number, b: number, sizeA: number, sizeB: number): void {
  for (let other = 0; other < similarity.length; other++) {
    const merged = (sizeA * similarity[a]![other]! + sizeB * similarity[b]![other]!) / (sizeA + sizeB);
    similarity[a]![other] = merged;
    similarity[other]![a] = merged;
  }
  similarity.splice(b, 1);
  for (const row of similarity) row.splice(b, 1);
}
