import { labelledItems, predictedClasses, type Predictions } from './predictions.ts';

/** Counts, `[classes][classes]`; rows are the true class, columns the predicted one. */
export type ConfusionMatrix = number[][];

/** The confusion matrix of the labelled items. */
export function confusionMatrix(predictions: Predictions): ConfusionMatrix {
  const size = predictions.classes.length;
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const predicted = predictedClasses(predictions);
  for (const item of labelledItems(predictions)) {
    counts[predictions.y[item]!]![predicted[item]!]! += 1;
  }
  return counts;
}

/** Row sums (support per true class), column sums (how often each class was predicted), diagonal and total. */
export interface ConfusionTotals {
  support: number[];
  predicted: number[];
  correct: number[];
  total: number;
}

export function confusionTotals(confusion: ConfusionMatrix): ConfusionTotals {
  const support = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const predicted = confusion.map((_, column) => confusion.reduce((sum, row) => sum + row[column]!, 0));
  const correct = confusion.map((row, cls) => row[cls]!);
  return { support, predicted, correct, total: support.reduce((sum, count) => sum + count, 0) };
}

/** Items of the cell (true class, predicted class), in stored order. */
export function itemsOfCell(predictions: Predictions, trueClass: number, predictedClass: number): number[] {
  const predicted = predictedClasses(predictions);
  return [...labelledItems(predictions)].filter(
    (item) => predictions.y[item] === trueClass && predicted[item] === predictedClass,
  );
}
