import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  balancedWeights,
  crossEntropy,
  l2Penalty,
  targets,
  weightedMean,
} from '../../../../../electron/engine/training/optimization/loss.ts';

beforeAll(() => setBackend('cpu'));

describe('targets', () => {
  it('smooths labels towards the uniform distribution', () => {
    const [a, b, c, d] = [...targets([1], 4, 0.1)] as [number, number, number, number];
    expect(a).toBeCloseTo(0.025, 6);
    expect(b).toBeCloseTo(0.925, 6);
    expect([c, d].every((value) => Math.abs(value - 0.025) < 1e-6)).toBe(true);
  });
});

describe('crossEntropy', () => {
  it('is the negative log of the softmax at the label, also for logits that overflow exp', () => {
    const logits = tensor2d([
      [1, 2, 3],
      [1000, 0, -1000],
    ]);
    const losses = crossEntropy(logits, tensor2d(targets([2, 1], 3, 0), [2, 3])).dataSync();
    expect(losses[0]).toBeCloseTo(-Math.log(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3))), 5);
    expect(losses[1]).toBeCloseTo(1000, 2);
  });
});

describe('weightedMean', () => {
  it('does not count rows of weight 0', () => {
    expect(weightedMean(tensor1d([1, 3, 100]), tensor1d([1, 1, 0])).dataSync()[0]).toBeCloseTo(2, 6);
  });
});

describe('l2Penalty', () => {
  it('sums the squares of kernels and leaves biases out', () => {
    const kernel = variable(tensor2d([[1, 2]]));
    const bias = variable(tensor1d([100]));
    expect(l2Penalty([kernel, bias], 0.5).dataSync()[0]).toBeCloseTo(2.5, 6);
  });
});

describe('balancedWeights', () => {
  it('follows n / (classes * count), and gives an absent class nothing', () => {
    expect([...balancedWeights([0, 0, 0, 1], 3)]).toEqual([4 / 9, 4 / 3, 0].map(Math.fround));
  });
});

describe('the balanced loss', () => {
  it('is the mean of the classes’ own mean losses, worked out without weights', () => {
    const logits = [
      [2, -1, 0.5],
      [0.3, 0.2, 0.1],
      [-1, 1, 0],
      [0, 3, -2],
      [1, 1, 1],
      [0.5, -0.5, 2],
    ];
    const labels = [0, 0, 0, 0, 1, 2];
    const losses = logits.map((row, at) => {
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      return -Math.log(Math.exp(row[labels[at]!]!) / total);
    });
    const meanOf = (label: number): number => {
      const own = losses.filter((_, at) => labels[at] === label);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    const expected = (meanOf(0) + meanOf(1) + meanOf(2)) / 3;
    const weights = balancedWeights(labels, 3);
    const weighted = weightedMean(
      crossEntropy(tensor2d(logits), tensor2d(targets(labels, 3, 0), [6, 3])),
      tensor1d(labels.map((label) => weights[label]!)),
    );
    expect(weighted.dataSync()[0]).toBeCloseTo(expected, 5);
  });
});
