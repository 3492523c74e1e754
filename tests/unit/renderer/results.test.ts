import { describe, expect, it } from 'vitest';
import type { Epoch, EvaluationResult, Run, RunPair, Summary } from '../../../shared/contract/index.ts';
import { defaultRecipe, type BackboneSource, type RecipeKind } from '../../../shared/recipe/recipe.ts';
import {
  areaShowing,
  cellShare,
  movedCell,
  rowTotals,
  zoomedArea,
} from '../../../renderer/components/confusion/confusion.ts';
import { calibrationWords } from '../../../renderer/components/decision/calibration-words.ts';
import { nextSteps } from '../../../renderer/components/results/next-steps.ts';
import { bestBaseline, transferGain } from '../../../renderer/components/results/transfer-gain.ts';
import { verdictWords } from '../../../renderer/components/compare/verdict.ts';

const pretrained: BackboneSource = { from: 'library', arch: 'mobilenet_v2', weights: 'abc', alpha: 1 };

function summaryOf(accuracy: number, n = 1000): Summary {
  return { collection: null, split: 'test', n, accuracy, macroF1: accuracy, rocAuc: accuracy, logLoss: 0.1 };
}

function runOf(id: string, kind: RecipeKind, accuracy: number | null, part: Partial<Run> = {}): Run {
  return {
    id,
    number: Number(id),
    name: `run ${id}`,
    status: 'done',
    recipe: defaultRecipe(kind, kind === 'scratch-cnn' ? null : pretrained, 160, 'block_16'),
    classes: ['cat', 'dog'],
    classIds: [1, 2],
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    seconds: { decode: 1, features: 2, train: 3, evaluate: 4 },
    imagesPerSecond: null,
    params: null,
    frozenUnchanged: null,
    device: 'CPU',
    bestEpoch: null,
    epochs: 20,
    summaries: accuracy === null ? [] : [summaryOf(accuracy)],
    resumable: false,
    error: null,
    group: null,
    ...part,
  };
}

function evaluationOf(accuracy: number, recall = accuracy): EvaluationResult {
  const interval: [number, number] = [0, 1];
  const intervals = { precisionInterval: interval, recallInterval: interval, f1Interval: interval };
  const row = { precision: accuracy, f1: accuracy, support: 500, ...intervals };
  return {
    run: '1',
    collection: null,
    split: 'test',
    classes: ['cat', 'dog'],
    n: 1000,
    summary: summaryOf(accuracy),
    accuracyInterval: [0, 1],
    balancedAccuracy: accuracy,
    kappa: 0,
    mcc: 0,
    brier: 0,
    topK: [],
    intervals: {
      balancedAccuracy: interval,
      kappa: null,
      mcc: null,
      logLoss: null,
      brier: null,
      macroF1: interval,
      rocAuc: null,
      resamples: 2000,
    },
    confusion: [],
    order: [0, 1],
    report: [
      { ...row, name: 'cat', recall: accuracy },
      { ...row, name: 'dog', recall },
    ],
    averages: [],
    roc: [],
    precisionRecall: [],
    mostConfused: [],
  };
}

const pair: RunPair = {
  first: 0,
  second: 1,
  onlyFirst: 10,
  onlySecond: 28,
  difference: 0.018,
  interval: [0.006, 0.031],
  p: 0.1,
  test: 'chi-square',
  adjustedP: 0.2,
  verdict: 'unproven',
  detectable: 0.021,
  logLoss: { difference: 0, interval: [0, 0] },
  areas: [],
};

describe('what transfer gained', () => {
  it('is measured against the best network from scratch on the same images', () => {
    const mine = runOf('3', 'features', 0.97);
    const runs = [mine, runOf('1', 'scratch-cnn', 0.7), runOf('2', 'scratch-cnn', 0.75)];
    expect(bestBaseline(mine, summaryOf(0.97), runs)?.id).toBe('2');
  });

  it('has no baseline where there is none, for a baseline, or over other images', () => {
    const mine = runOf('2', 'features', 0.97);
    const scratch = runOf('1', 'scratch-cnn', 0.75);
    expect(bestBaseline(mine, summaryOf(0.97), [mine])).toBeNull();
    expect(bestBaseline(scratch, summaryOf(0.75), [mine, scratch])).toBeNull();
    expect(bestBaseline(mine, summaryOf(0.97, 200), [scratch])).toBeNull();
  });

  it.each([
    ['second-better', 'helped'],
    ['first-better', 'hurt'],
    ['unproven', 'unproven'],
  ] as const)('reads the verdict %s as %s', (verdict, meaning) => {
    expect(transferGain(runOf('1', 'scratch-cnn', 0.75), { ...pair, verdict }).verdict).toBe(meaning);
  });
});

describe('what is said of calibration', () => {
  const reliability = {
    ece: 0.051,
    interval: [0.03, 0.07] as [number, number],
    overconfidence: 0.051,
    bins: [],
  };

  it('names the direction, and what scaling would leave', () => {
    const scaled = { ...reliability, ece: 0.012, temperature: 1.8, fittedOn: 200 };
    expect(calibrationWords({ n: 500, asIs: reliability, scaled })).toEqual([
      { key: 'calibration.over', params: { points: '5.1', n: 500 } },
      { key: 'calibration.ece', params: { ece: '5.1', low: '3.0', high: '7.0' } },
      { key: 'calibration.mended', params: { temperature: '1.80', n: 200, ece: '1.2' } },
    ]);
  });

  it('says when there is nothing to mend, and nothing of it without validation', () => {
    const modest = { ...reliability, overconfidence: -0.02 };
    const scaled = { ...modest, temperature: 1.01, fittedOn: 200 };
    expect(calibrationWords({ n: 500, asIs: modest, scaled }).map(({ key }) => key)).toEqual([
      'calibration.under',
      'calibration.ece',
      'calibration.fine',
    ]);
    expect(calibrationWords({ n: 500, asIs: modest, scaled: null })).toHaveLength(2);
    const even = { ...reliability, overconfidence: 0.001 };
    expect(calibrationWords({ n: 500, asIs: even, scaled: null })[0]?.key).toBe('calibration.even');
  });
});

describe('the sentence on two runs', () => {
  const runs = ['A', 'B'].map((name, index) => ({
    id: name,
    number: index + 1,
    name,
    accuracy: 0.9,
    interval: [0.88, 0.92] as [number, number],
    logLoss: 0.3,
  }));

  it('names the winner with a positive difference, whichever stands first', () => {
    expect(verdictWords({ runs, n: 1000 }, { ...pair, verdict: 'second-better' })).toMatchObject({
      key: 'compare.better',
      params: { better: 'B', other: 'A', points: '+1.8', low: '+0.6', high: '+3.1' },
    });
    const turned = { ...pair, difference: -0.018, interval: [-0.031, -0.006] as [number, number] };
    expect(verdictWords({ runs, n: 1000 }, { ...turned, verdict: 'first-better' })).toMatchObject({
      key: 'compare.better',
      params: { better: 'A', other: 'B', points: '+1.8', low: '+0.6', high: '+3.1' },
    });
  });

  it('names no winner without evidence, but what could have been found', () => {
    expect(verdictWords({ runs, n: 1000 }, pair)).toMatchObject({
      key: 'compare.unproven',
      params: { n: 1000, detectable: '2.1', p: '= 0.200' },
    });
    expect(verdictWords({ runs, n: 1000 }, { ...pair, detectable: null }).key).toBe('compare.alike');
  });
});

describe('what to try next', () => {
  const keys = (...args: Parameters<typeof nextSteps>): string[] =>
    nextSteps(...args).map((step) => step.key);
  const fine: Epoch = {
    epoch: 20,
    stage: 0,
    loss: 0.1,
    accuracy: 0.99,
    valLoss: 0.2,
    valAccuracy: 0.8,
    learningRate: 0.001,
    seconds: 1,
  };

  it('comes from the facts of the run', () => {
    expect(keys(runOf('1', 'scratch-cnn', 0.7), evaluationOf(0.7), [], false, true)[0]).toBe('transfer');
    expect(keys(runOf('1', 'features', 0.9, { bestEpoch: 20 }), evaluationOf(0.9), [], true, true)).toContain(
      'longer',
    );
    expect(keys(runOf('1', 'features', 0.9), evaluationOf(0.9), [fine], true, true)).toContain('overfit');
    expect(keys(runOf('1', 'features', 0.9), evaluationOf(0.9, 0.6), [], true, true)).toContain('weakClass');
    expect(keys(runOf('1', 'fine-tune', 0.9), evaluationOf(0.9), [], false, true)).toContain('baseline');
  });

  it('is to use the model when nothing is wrong', () => {
    expect(keys(runOf('1', 'features', 0.99), evaluationOf(0.99), [], true, true)).toEqual(['predict']);
  });
});

describe('the confusion matrix', () => {
  it('knows the share of a true class in a cell, also of an empty class', () => {
    const matrix = [
      [8, 2],
      [0, 0],
    ];
    const totals = rowTotals(matrix);
    expect(totals).toEqual([10, 0]);
    expect(cellShare(matrix, totals, 0, 1)).toBe(0.2);
    expect(cellShare(matrix, totals, 1, 0)).toBe(0);
  });

  it('is walked with the arrow keys and never left', () => {
    expect(movedCell('ArrowRight', { truth: 0, predicted: 0 }, 3)).toEqual({ truth: 0, predicted: 1 });
    expect(movedCell('ArrowUp', { truth: 0, predicted: 0 }, 3)).toEqual({ truth: 0, predicted: 0 });
    expect(movedCell('End', { truth: 1, predicted: 0 }, 3)).toEqual({ truth: 1, predicted: 2 });
    expect(movedCell('x', { truth: 1, predicted: 0 }, 3)).toBeNull();
  });

  it('goes closer around a cell, never past an edge, and back to the whole', () => {
    const whole = { row: 0, column: 0, size: 200 };
    const closer = zoomedArea(whole, 0.5, { truth: 120, predicted: 3 }, 200);
    expect(closer).toEqual({ row: 70, column: 0, size: 100 });
    expect(zoomedArea(closer, 0.5, { truth: 199, predicted: 60 }, 200)).toEqual({
      row: 150,
      column: 35,
      size: 50,
    });
    let area = whole;
    for (let i = 0; i < 20; i++) area = zoomedArea(area, 1 / 1.2, { truth: 120, predicted: 3 }, 200);
    expect(area).toEqual({ row: 116, column: 0, size: 8 });
    for (let i = 0; i < 40; i++) area = zoomedArea(area, 1.05, { truth: 120, predicted: 3 }, 200);
    expect(area.size).toBeGreaterThan(48);
    expect(zoomedArea(area, 9, { truth: 120, predicted: 3 }, 200)).toEqual(whole);
    expect(zoomedArea({ row: 0, column: 0, size: 5 }, 0.5, { truth: 4, predicted: 4 }, 5).size).toBe(5);
  });

  it('moves no further than it takes to show a cell', () => {
    const area = { row: 70, column: 0, size: 100 };
    expect(areaShowing(area, { truth: 100, predicted: 99 })).toEqual(area);
    expect(areaShowing(area, { truth: 69, predicted: 100 })).toEqual({ row: 69, column: 1, size: 100 });
    expect(areaShowing(area, { truth: 170, predicted: 0 })).toEqual({ row: 71, column: 0, size: 100 });
  });
});
