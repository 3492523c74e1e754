import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionMatrix, itemsOfCell } from '../../../electron/evaluation/confusion.ts';
import {
  confidentMistakes,
  mostConfused,
  similarityOrder,
  topLosses,
} from '../../../electron/evaluation/mistakes.ts';
import type { Predictions } from '../../../electron/evaluation/predictions.ts';
import { arbitraryPredictions } from './arbitrary.ts';

const predictions: Predictions = {
  classes: ['cat', 'dog', 'fox'],
  y: [0, 1, 2, 1, -1],
  // cat right, dog taken for fox (sure), fox taken for dog (unsure), dog right but barely, one without a label
  p: [0.7, 0.2, 0.1, 0.05, 0.05, 0.9, 0.1, 0.5, 0.4, 0.31, 0.36, 0.33, 1, 0, 0],
};

describe('mistakes', () => {
  it('lists the surest wrong answers first', () => {
    expect(confidentMistakes(predictions).map(({ item }) => item)).toEqual([1, 2]);
    expect(confidentMistakes(predictions, 1)).toMatchObject([
      { item: 1, trueClass: 1, predictedClass: 2, confidence: 0.9 },
    ]);
  });

  it('lists the greatest surprises first, right answers included', () => {
    expect(topLosses(predictions).map(({ item }) => item)).toEqual([1, 3, 2, 0]);
    expect(topLosses(predictions, 2)).toHaveLength(2);
  });

  it('opens a cell of the confusion matrix with exactly the items it counts', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (any) => {
        confusionMatrix(any).forEach((row, truth) =>
          row.forEach((count, cls) => expect(itemsOfCell(any, truth, cls)).toHaveLength(count)),
        );
      }),
    );
    expect(itemsOfCell(predictions, 1, 2)).toEqual([1]);
  });
});

describe('confused classes', () => {
  const confusion = [
    [8, 0, 2, 0],
    [0, 5, 0, 0],
    [3, 0, 7, 0],
    [0, 3, 0, 3],
  ];

  it('come by count, then by share', () => {
    expect(mostConfused(confusion)).toEqual([
      { trueClass: 3, predictedClass: 1, count: 3, share: 0.5 },
      { trueClass: 2, predictedClass: 0, count: 3, share: 0.3 },
      { trueClass: 0, predictedClass: 2, count: 2, share: 0.2 },
    ]);
    expect(mostConfused(confusion, 1)).toHaveLength(1);
    expect(mostConfused(confusion, Infinity, 3)).toHaveLength(2);
  });

  it('stand side by side in the similarity order', () => {
    const order = similarityOrder(confusion);
    expect([...order].sort()).toEqual([0, 1, 2, 3]);
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
    expect(Math.abs(order.indexOf(1) - order.indexOf(3))).toBe(1);
    expect(similarityOrder([])).toEqual([]);
  });
});
