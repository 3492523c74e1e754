import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunControl } from '../../../../../electron/engine/training/control.ts';
import { dealFolds } from '../../../../../electron/engine/training/examination/folds.ts';
import {
  columnsFor,
  HeldFeatures,
} from '../../../../../electron/engine/training/suggestions/held-features.ts';
import { trainHead, trainJudges } from '../../../../../electron/engine/training/suggestions/heads.ts';
import { probabilitiesOf } from '../../../../../electron/engine/training/suggestions/predict-rows.ts';
import { principalSubspace } from '../../../../../electron/engine/training/suggestions/principal-subspace.ts';
import { seededRandom } from '../../../../../shared/random.ts';

beforeAll(() => setBackend('cpu'));

const columns = 4;

/** Points of three classes around three corners, `count` in turn. */
function cloud(count: number, seed: number) {
  const random = seededRandom(seed);
  const features = Float32Array.from({ length: count * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return 5 + random() + (column === row % 3 ? 2 : 0);
  });
  return { features, ids: Array.from({ length: count }, (_, row) => 100 + row) };
}

function heldCloud(count: number): HeldFeatures {
  const held = new HeldFeatures('k', columns, count);
  const { features, ids } = cloud(count, 1);
  held.add(ids, features);
  return held;
}

const request = (ids: number[], labelled: number, changes: { y?: Int32Array } = {}) => ({
  key: 'k',
  ids: Int32Array.from(ids),
  y: Int32Array.from(ids, (_, row) => (row < labelled ? row % 3 : -1)),
  groups: Int32Array.from(ids),
  classIds: [7, 8, 9],
  ...changes,
});

const labelledOf = (y: Int32Array): Int32Array => Int32Array.from(y.keys()).filter((at) => y[at]! >= 0);

describe('held features', () => {
  it('have columns around 0 and rows of length 1 in the mean of squares, block after block', () => {
    const held = heldCloud(5000);
    const all = Array.from({ length: 5000 }, (_, row) => held.rowOf(100 + row));
    const squares = all.reduce((sum, row) => sum + row.reduce((total, value) => total + value * value, 0), 0);
    expect(squares / 5000).toBeCloseTo(1, 2);
    expect(all.reduce((sum, row) => sum + row[0]!, 0) / 5000).toBeCloseTo(0, 3);
    held.miss([1]);
    expect([held.knows(1), held.has(1), held.knows(2), held.has(100)]).toEqual([true, false, false, true]);
  });

  it('are projected when there are many, which keeps distances within the subspace they lie in', () => {
    expect([columnsFor(1280, 3000), columnsFor(1280, 100_000), columnsFor(128, 100_000)]).toEqual([
      1280, 256, 128,
    ]);
    const random = seededRandom(2);
    const [rows, width, rank] = [300, 40, 5];
    const mixing = Float32Array.from({ length: rank * width }, () => random() - 0.5);
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const weights = Array.from({ length: rank }, () => random() - 0.5);
      for (let at = 0; at < width; at++)
        data[row * width + at] = weights.reduce(
          (sum, weight, k) => sum + weight * mixing[k * width + at]!,
          0,
        );
    }
    const basis = principalSubspace(data, width, rank, 1);
    const along = (row: number, k: number) =>
      basis
        .subarray(k * width, (k + 1) * width)
        .reduce((sum, value, at) => sum + value * data[row * width + at]!, 0);
    for (let row = 0; row < rows; row += 50) {
      const length = data
        .subarray(row * width, (row + 1) * width)
        .reduce((sum, value) => sum + value * value, 0);
      const kept = Array.from({ length: rank }, (_, k) => along(row, k) ** 2).reduce(
        (sum, value) => sum + value,
        0,
      );
      expect(kept).toBeCloseTo(length, 4);
    }
  });
});

describe('heads on held features', () => {
  it('tell what the unlabelled rows are, and leave no tensor behind', async () => {
    const held = heldCloud(90);
    const { ids } = cloud(90, 1);
    const asked = request(ids, 30);
    const before = memory().numTensors;
    await trainJudges(held, asked, labelledOf(asked.y), new RunControl());
    const head = await trainHead(held, asked, labelledOf(asked.y), new RunControl());
    const p = await probabilitiesOf(held, asked.ids, head, 3, new RunControl());
    expect(memory().numTensors).toBe(before);
    ids.forEach((_, row) => expect(p[row * 3 + (row % 3)]).toBeGreaterThan(0.5));
  });

  it('trained again from where they were, they reach what a start from nothing reaches', async () => {
    const { ids } = cloud(90, 1);
    const [warm, cold] = [heldCloud(90), heldCloud(90)];
    const early = request(ids, 30);
    await trainJudges(warm, early, labelledOf(early.y), new RunControl());
    await trainHead(warm, early, labelledOf(early.y), new RunControl());
    const later = request(ids, 40);
    const again = await trainHead(warm, later, labelledOf(later.y), new RunControl());
    cold.judging = warm.judging;
    const fresh = await trainHead(cold, later, labelledOf(later.y), new RunControl());
    const [a, b] = [
      await probabilitiesOf(warm, later.ids, again, 3, new RunControl()),
      await probabilitiesOf(cold, later.ids, fresh, 3, new RunControl()),
    ];
    a.forEach((value, at) => expect(value).toBeCloseTo(b[at]!, 1));
  });

  it('an item’s own label does not decide what is said of it: a wrong one is disagreed with', async () => {
    const held = heldCloud(60);
    const { ids } = cloud(60, 1);
    const y = Int32Array.from(ids, (_, row) => row % 3);
    y[4] = 2;
    const asked = request(ids, 60, { y });
    const { perFold } = await trainJudges(held, asked, labelledOf(y), new RunControl());
    const fold = held.folds.get(ids[4]!)!;
    const p = await probabilitiesOf(held, Int32Array.of(ids[4]!), perFold[fold]!, 3, new RunControl());
    expect(p[1]).toBeGreaterThan(p[2]!);
  });

  it('judging that is cancelled leaves the heads of before', async () => {
    const held = heldCloud(90);
    const asked = request(cloud(90, 1).ids, 30);
    const before = await trainJudges(held, asked, labelledOf(asked.y), new RunControl());
    const later = request(cloud(90, 1).ids, 60);
    const control = new RunControl();
    const judged = trainJudges(held, later, labelledOf(later.y), control);
    control.cancel();
    await expect(judged).rejects.toMatchObject({ code: 'cancelled' });
    expect(held.judging).toBe(before);
  });

  it('labels of copies alone can be learned from, though none can be held out', async () => {
    const held = heldCloud(12);
    const { ids } = cloud(12, 1);
    const asked = { ...request(ids, 12), groups: Int32Array.from(ids, (_, row) => row % 3) };
    const { perFold } = await trainJudges(held, asked, labelledOf(asked.y), new RunControl());
    expect(perFold).toEqual([]);
    const head = await trainHead(held, asked, labelledOf(asked.y), new RunControl());
    expect(head.every(Number.isFinite)).toBe(true);
  });
});

describe('folds', () => {
  it('stay as they were dealt while rows come in, and new rows even them out', () => {
    const y = Int32Array.from({ length: 40 }, (_, row) => row % 2);
    const groups = y.map((_, row) => row);
    const before = dealFolds(y.subarray(0, 20), groups, 5, 1);
    const known = y.map((_, row) => before[row] ?? -1);
    const after = dealFolds(y, groups, 5, 1, known);
    expect([...after.subarray(0, 20)]).toEqual([...before]);
    for (const label of [0, 1]) {
      const sizes = [0, 1, 2, 3, 4].map(
        (fold) => after.filter((of, row) => of === fold && y[row] === label).length,
      );
      expect(sizes).toEqual([4, 4, 4, 4, 4]);
    }
  });
});
