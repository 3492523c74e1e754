import { confusionTotals, type ConfusionMatrix } from './confusion.ts';
import { wilsonInterval, type Interval } from './significance/wilson.ts';

/** One class of the classification report. A ratio with an empty denominator is 0, as in scikit-learn. */
export interface ClassReport {
  precision: number;
  recall: number;
  f1: number;
  /** Items whose true class this is. */
  support: number;
  /** Items predicted to be this class. */
  predicted: number;
  /** Wilson intervals; null where the denominator is empty. */
  precisionInterval: Interval | null;
  recallInterval: Interval | null;
}

export interface AveragedReport {
  precision: number;
  recall: number;
  f1: number;
}

export interface ClassificationReport {
  perClass: ClassReport[];
  /** Plain mean over all classes. */
  macro: AveragedReport;
  /** From pooled counts; with one label per item each of the three equals accuracy. */
  micro: AveragedReport;
  /** Mean weighted by support. */
  weighted: AveragedReport;
}

/** Precision, recall, F1 and support of every class, with their averages. */
export function classificationReport(confusion: ConfusionMatrix): ClassificationReport {
  const { support, predicted, correct, total } = confusionTotals(confusion);
  const perClass = confusion.map((_, cls) => classReport(correct[cls]!, support[cls]!, predicted[cls]!));
  const accuracy = ratio(sum(correct), total);
  return {
    perClass,
    macro: averaged(perClass, () => ratio(1, perClass.length)),
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    weighted: averaged(perClass, (row) => ratio(row.support, total)),
  };
}

function classReport(correct: number, support: number, predicted: number): ClassReport {
  return {
    precision: ratio(correct, predicted),
    recall: ratio(correct, support),
    f1: ratio(2 * correct, support + predicted),
    support,
    predicted,
    precisionInterval: predicted > 0 ? wilsonInterval(correct, predicted) : null,
    recallInterval: support > 0 ? wilsonInterval(correct, support) : null,
  };
}

function averaged(rows: ClassReport[], weight: (row: ClassReport) => number): AveragedReport {
  const mean = (field: 'precision' | 'recall' | 'f1') => sum(rows.map((row) => weight(row) * row[field]));
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

/** Mean recall over the classes that occur; null without items. */
export function balancedAccuracy(confusion: ConfusionMatrix): number | null {
  const { support, correct } = confusionTotals(confusion);
  const recalls = correct.flatMap((count, cls) => (support[cls]! > 0 ? [count / support[cls]!] : []));
  return recalls.length > 0 ? sum(recalls) / recalls.length : null;
}

/**
 * Cohen's kappa (1960): agreement beyond what the margins give by chance.
 * Null without items, and where chance agreement is already complete.
 */
export function cohenKappa(confusion: ConfusionMatrix): number | null {
  const { support, predicted, correct, total } = confusionTotals(confusion);
  if (total === 0) return null;
  const byChance = dot(support, predicted) / total ** 2;
  return byChance === 1 ? null : (sum(correct) / total - byChance) / (1 - byChance);
}

/**
 * Matthews correlation coefficient for any number of classes (Gorodkin 2004, R_K).
 * 0 where every item has, or is given, the same class, as in scikit-learn; null without items.
 */
export function matthewsCorrelation(confusion: ConfusionMatrix): number | null {
  const { support, predicted, correct, total } = confusionTotals(confusion);
  if (total === 0) return null;
  const covariance = sum(correct) * total - dot(support, predicted);
  const spread = (total ** 2 - dot(predicted, predicted)) * (total ** 2 - dot(support, support));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0);
}
