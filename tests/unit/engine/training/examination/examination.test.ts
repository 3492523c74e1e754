import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { alikePairs } from '../../../../../electron/engine/training/examination/alike.ts';
import { crossValidate } from '../../../../../electron/engine/training/examination/cross-validation.ts';
import { dealFolds } from '../../../../../electron/engine/training/examination/folds.ts';
import {
  fitLinearHead,
  headProbabilities,
} from '../../../../../electron/engine/training/examination/linear-head.ts';
import { minimize } from '../../../../../electron/engine/training/examination/minimize.ts';
import { nearestNeighbours } from '../../../../../electron/engine/training/examination/neighbours.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import reference from '../../../evaluation/dataset/reference.json' with { type: 'json' };

beforeAll(() => setBackend('cpu'));
const atOnce = async () => undefined;

describe('minimize', () => {
  it('finds the bottom of Rosenbrock’s valley', async () => {
    const rosenbrock = (v: Float64Array) => {
      const [x, y] = v as unknown as [number, number];
      return {
        value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
      };
    };
    const [x, y] = await minimize(rosenbrock, Float64Array.of(-1.2, 1), { steps: 200, tolerance: 1e-8 });
    expect(x).toBeCloseTo(1, 6);
    expect(y).toBeCloseTo(1, 6);
  });
});

describe('a linear head', () => {
  it('reaches the optimum that numpy finds by Newton’s method, rows of weight 0 left out', async () => {
    const { x, columns, y, classes, weights, l2, p } = reference.softmax;
    const target = new Float32Array(y.length * classes);
    y.forEach((label, row) => (target[row * classes + label] = 1));
    const before = memory().numTensors;
    const data = {
      x: tensor2d(x, [y.length, columns]),
      target: tensor2d(target, [y.length, classes]),
    };
    const head = await fitLinearHead(data, weights, l2, null, atOnce);
    const got = headProbabilities(data.x, head, classes);
    const worst = Math.max(...got.dataSync().map((value, at) => Math.abs(value - p[at]!)));
    expect(worst).toBeLessThan(1e-3);
    data.x.dispose();
    data.target.dispose();
    got.dispose();
    // headProbabilities was called outside a tidy here: its kernel, bias and products are the test's own.
    expect(memory().numTensors - before).toBeLessThanOrEqual(4);
  });
});

describe('folds', () => {
  const y = Array.from({ length: 53 }, (_, row) => (row < 33 ? 0 : row < 50 ? 1 : -1));
  const groups = y.map((_, row) => (row < 6 ? 0 : row));
  const folds = dealFolds(y, groups, 5, 42);

  it('hold each class in even parts, keep groups together, and leave rows without a class out', () => {
    expect(new Set(folds.slice(0, 6)).size).toBe(1);
    const sizes = (label: number) =>
      [0, 1, 2, 3, 4].map((fold) => y.filter((of, row) => of === label && folds[row] === fold).length);
    expect([...sizes(0)].sort()).toEqual([6, 6, 7, 7, 7]);
    expect([...sizes(1)].sort()).toEqual([3, 3, 3, 4, 4]);
    expect([...folds.slice(50)]).toEqual([-1, -1, -1]);
  });

  it('depend on the seed alone', () => {
    expect(dealFolds(y, groups, 5, 42)).toEqual(folds);
    expect(dealFolds(y, groups, 5, 43)).not.toEqual(folds);
  });
});

describe('cross-validation', () => {
  it('gives a flipped label little, having learned from the others', async () => {
    const random = seededRandom(1);
    const rows = 60;
    const y = Int32Array.from({ length: rows }, (_, row) => row % 2);
    const features = Float32Array.from({ length: rows * 3 }, (_, at) => {
      const [row, column] = [Math.floor(at / 3), at % 3];
      return random() + (column === 0 ? 3 * y[row]! : 0);
    });
    y[7] = 1 - y[7]!;
    const folds = dealFolds(
      y,
      y.map((_, row) => row),
      5,
      1,
    );
    const { p, logLoss } = await crossValidate(
      { features, columns: 3, y, classes: 2, folds },
      atOnce,
      () => undefined,
    );
    expect(p[7 * 2 + y[7]!]).toBeLessThan(0.2);
    expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(logLoss).toBeLessThan(0.2);
  });
});

describe('nearest neighbours', () => {
  it('are the most similar other rows; copies are no neighbours in the distance', async () => {
    // Two copies of one direction, one at 60 degrees, one at a right angle.
    const half = Math.sqrt(3) / 2;
    const features = Float32Array.of(1, 0, 2, 0, 0.5, half, 0, 1);
    const groups = Int32Array.of(0, 0, 2, 3);
    const { nearest, similarity, distances } = await nearestNeighbours(
      features,
      2,
      groups,
      { k: 2, seed: 1 },
      atOnce,
    );
    expect([...nearest]).toEqual([1, 0, 3, 2]);
    expect(similarity[0]).toBeCloseTo(1, 6);
    expect(similarity[2]).toBeCloseTo(half, 6);
    // Row 0: cosines 0.5 and 0 to rows 2 and 3.
    expect(distances[0]).toBeCloseTo(1 - 0.25, 6);
    expect(distances[2]).toBeCloseTo(1 - (half + 0.5) / 2, 6);
  });
});

describe('pairs that are alike', () => {
  const hashes = ['00000000000000ff', '000000000000ff00', 'f0f0f0f0f0f0f0f0', 'f0f0f0f0f0f0f0ff', ''];

  it('need both close features and close hashes', () => {
    // Rows 0 and 1 differ in 16 bits, 2 and 3 in 4.
    const nearest = Int32Array.of(1, 0, 3, 2, 0);
    expect(alikePairs({ nearest, similarity: Float32Array.of(1, 1, 0.95, 0.5, 1) }, hashes)).toEqual([
      [2, 3],
    ]);
  });
});
