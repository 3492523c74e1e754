import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Predictions } from '../../../electron/evaluation/predictions.ts';

/** The parts of ../shared/reference/metrics.json that the tests read. */
export interface ReferenceCase {
  name: string;
  n: number;
  classes: number;
  y: number[];
  p: number[][];
  expect: {
    accuracy: number;
    balanced_accuracy: number;
    confusion: number[][];
    precision: number[];
    recall: number[];
    f1: number[];
    support: number[];
    macro_f1: number;
    weighted_f1: number;
    micro_f1: number;
    log_loss: number;
    cohen_kappa: number;
    mcc: number;
    top2_accuracy: number | null;
    macro_auc_ovr: number;
    micro_auc_ovr: number;
    per_class: ReferenceClass[];
  };
}

interface ReferenceClass {
  cls: number;
  auc: number | null;
  average_precision: number | null;
  brier: number | null;
  fpr?: number[];
  tpr?: number[];
}

export interface ReferencePair {
  y: number[];
  scoreA: number[];
  scoreB: number[];
  thresholdA: number;
  thresholdB: number;
  expect: {
    mcnemar: { onlyAcorrect: number; onlyBcorrect: number; exact_p: number };
    auc: [number, number];
    auc_variance: [number, number];
    delong_z: number;
    delong_p: number;
    wilson95_accuracyA: [number, number];
  };
}

const file = new URL('../../../../shared/reference/metrics.json', import.meta.url);

export const referencePresent = existsSync(file);

export function readReference(): { cases: ReferenceCase[]; paired: ReferencePair[] } {
  return JSON.parse(readFileSync(file, 'utf8')) as { cases: ReferenceCase[]; paired: ReferencePair[] };
}

export function predictionsOf({ classes, y, p }: ReferenceCase): Predictions {
  return {
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
    y: Int32Array.from(y),
    p: Float64Array.from(p.flat()),
  };
}

/** Agreement within `tolerance`, relative where the expected value is not 0; null agrees with null only. */
export function expectClose(
  actual: number | null | undefined,
  expected: number | null,
  what: string,
  tolerance = 1e-9,
): void {
  if (expected === null) return expect(actual, what).toBeNull();
  if (typeof actual !== 'number') throw new Error(`${what}: expected ${expected}, received ${actual}`);
  const allowed = tolerance * (expected === 0 ? 1 : Math.abs(expected));
  expect(
    Math.abs(actual - expected),
    `${what}: expected ${expected}, received ${actual}`,
  ).toBeLessThanOrEqual(allowed);
}

export function expectAllClose(
  actual: readonly number[],
  expected: readonly number[],
  what: string,
  tolerance = 1e-9,
): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  expected.forEach((value, i) => expectClose(actual[i], value, `${what}[${i}]`, tolerance));
}
