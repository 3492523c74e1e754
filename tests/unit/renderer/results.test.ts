import { describe, expect, it } from 'vitest';
import type { Epoch, EvaluationResult, Run, Summary } from '../../../shared/contract/index.ts';
import { defaultRecipe, type BackboneSource, type RecipeKind } from '../../../shared/recipe.ts';
import { cellShare, movedCell, rowTotals } from '../../../renderer/components/confusion/confusion.ts';
import { nextSteps } from '../../../renderer/components/results/next-steps.ts';
import {
  differenceInterval,
  transferGain,
  wilson,
} from '../../../renderer/components/results/transfer-gain.ts';
import { sortedRuns } from '../../../renderer/components/experiments/run-columns.ts';

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
    ...part,
  };
}

function evaluationOf(accuracy: number, recall = accuracy): EvaluationResult {
  const row = { precision: accuracy, f1: accuracy, support: 500 };
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
    confusion: [],
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

describe('what transfer gained', () => {
  it('has the Wilson interval of the literature', () => {
    // Newcombe 1998 (Statistics in Medicine 17:857), table I: 81 of 263.
    const [low, high] = wilson(81 / 263, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  it("has Newcombe's interval of a difference", () => {
    // Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10: 56/70 against 48/80.
    const [low, high] = differenceInterval(56 / 70, 70, 48 / 80, 80);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  it('is measured against the best network from scratch on the same images', () => {
    const mine = runOf('3', 'features', 0.97);
    const runs = [mine, runOf('1', 'scratch-cnn', 0.7), runOf('2', 'scratch-cnn', 0.75)];
    const gain = transferGain(mine, summaryOf(0.97), runs);
    expect(gain?.baseline.id).toBe('2');
    expect(gain?.difference).toBeCloseTo(0.22, 12);
    expect(gain?.verdict).toBe('helped');
  });

  it('is called unproven when the interval holds zero, and hurt when it lies below', () => {
    const mine = runOf('2', 'features', 0.76);
    expect(transferGain(mine, summaryOf(0.76), [runOf('1', 'scratch-cnn', 0.75)])?.verdict).toBe('unproven');
    expect(transferGain(mine, summaryOf(0.6), [runOf('1', 'scratch-cnn', 0.75)])?.verdict).toBe('hurt');
  });

  it('is not claimed without a baseline, for a baseline, or over other images', () => {
    const mine = runOf('2', 'features', 0.97);
    const scratch = runOf('1', 'scratch-cnn', 0.75);
    expect(transferGain(mine, summaryOf(0.97), [mine])).toBeNull();
    expect(transferGain(scratch, summaryOf(0.75), [mine, scratch])).toBeNull();
    expect(transferGain(mine, summaryOf(0.97, 200), [scratch])).toBeNull();
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
});

describe('the table of runs', () => {
  it('sorts by number, by name as people count, and puts what is not known last', () => {
    const runs = [
      runOf('2', 'features', null, { name: 'run 10' }),
      runOf('1', 'features', 0.9, { name: 'run 9' }),
      runOf('3', 'features', 0.95, { name: 'run 11' }),
    ];
    const order = (column: Parameters<typeof sortedRuns>[1]): string[] =>
      sortedRuns(runs, column).map((run) => run.id);
    expect(order({ column: 'number', ascending: false })).toEqual(['3', '2', '1']);
    expect(order({ column: 'name', ascending: true })).toEqual(['1', '2', '3']);
    expect(order({ column: 'accuracy', ascending: true })).toEqual(['1', '3', '2']);
    expect(order({ column: 'accuracy', ascending: false })).toEqual(['3', '1', '2']);
  });
});
