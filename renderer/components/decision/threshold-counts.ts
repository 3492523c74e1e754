import type { ThresholdPoint } from '../../../shared/contract/index.ts';

export interface CountsAt {
  /** Found, false alarms, missed, rightly left alone. */
  confusion: [number, number, number, number];
  precision: string;
  recall: string;
  f1: string;
  /** Per 100 images. */
  cost: string;
}

/** z of a 95 % interval. */
const Z = 1.959963984540054;

/** A share with its Wilson (1927) interval: "0.90 (0.77–0.96)"; a dash where there is nothing to count. */
export function shareText(count: number, total: number): string {
  if (total === 0) return '–';
  const share = count / total;
  const centre = share + Z ** 2 / (2 * total);
  const spread = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  const end = (value: number): string => Math.min(1, Math.max(0, value / (1 + Z ** 2 / total))).toFixed(2);
  return `${share.toFixed(2)} (${end(centre - spread)}–${end(centre + spread)})`;
}

/** What a threshold does to one side, from its true and false positives. */
export function countsAt(
  [hits, alarms]: [number, number],
  { positives, negatives }: { positives: number; negatives: number },
  costs: { falsePositive: number; falseNegative: number },
): CountsAt {
  const misses = positives - hits;
  const found = hits + alarms + positives;
  const spent = alarms * costs.falsePositive + misses * costs.falseNegative;
  return {
    confusion: [hits, alarms, misses, negatives - alarms],
    precision: shareText(hits, hits + alarms),
    recall: shareText(hits, positives),
    f1: found > 0 ? ((2 * hits) / found).toFixed(3) : '–',
    cost: ((100 * spent) / Math.max(1, positives + negatives)).toFixed(1),
  };
}

/** The last of the thresholds, strictest first, that is not below this one; the first where all are. */
export function indexOfThreshold(points: readonly ThresholdPoint[], threshold: number): number {
  return Math.max(
    0,
    points.findLastIndex((point) => point.threshold >= threshold),
  );
}
