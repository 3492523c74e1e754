import { describe, expect, it } from 'vitest';
import { classProblems } from '../../../../electron/evaluation/dataset/class-counts.ts';
import {
  confidenceThresholds,
  confidentJoint,
  labelErrors,
  labelJoint,
} from '../../../../electron/evaluation/dataset/label-errors.ts';
import { outside, outsideFence } from '../../../../electron/evaluation/dataset/outliers.ts';
import { groupShifts, notableShifts } from '../../../../electron/evaluation/dataset/shifts.ts';
import reference from './reference.json' with { type: 'json' };

describe('confident learning', () => {
  const { labels } = reference;

  it('finds by hand what is confident: the mean of a class is its threshold, a tie goes to the more probable', () => {
    // Class 0: (0.9 + 0.7 + 0.2) / 3 = 0.6; class 1: (0.8 + 0.6) / 2 = 0.7. Item 2 is 0.8 for class 1: an error.
    const p = [0.9, 0.1, 0.7, 0.3, 0.2, 0.8, 0.2, 0.8, 0.4, 0.6];
    const data = { p, y: [0, 0, 0, 1, 1], classes: 2 };
    const [first, second] = confidenceThresholds(data);
    expect([first, second]).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.7, 12)]);
    expect(confidentJoint(data)).toEqual([
      [2, 1],
      [0, 1],
    ]);
    expect(labelJoint(data)).toEqual([
      [expect.closeTo(0.4, 12), expect.closeTo(0.2, 12)],
      [0, expect.closeTo(0.4, 12)],
    ]);
    expect(labelErrors(data)).toEqual([
      { item: 2, given: 0, suggested: 1, margin: expect.closeTo(-0.6, 12), selfConfidence: 0.2 },
    ]);
  });

  it('agrees with numpy on thresholds, joint, estimate and ranking', () => {
    expect([...confidenceThresholds(labels)].map((t) => t.toFixed(9))).toEqual(
      labels.thresholds.map((t) => t.toFixed(9)),
    );
    expect(confidentJoint(labels)).toEqual(labels.joint);
    labelJoint(labels).forEach((row, i) =>
      row.forEach((share, j) => expect(share).toBeCloseTo(labels.estimate[i]![j]!, 12)),
    );
    expect(labelErrors(labels).map(({ item }) => item)).toEqual(labels.errors);
  });

  it('ranks labels that were flipped first', () => {
    const flipped = new Set(labels.flipped);
    const top = labelErrors(labels).slice(0, 10);
    expect(top.filter(({ item }) => flipped.has(item)).length).toBeGreaterThanOrEqual(9);
  });

  it('finds nothing where every item is sure of its label', () => {
    expect(labelErrors({ p: [0.9, 0.1, 0.1, 0.9], y: [0, 1], classes: 2 })).toEqual([]);
  });
});

describe('values outside the rest', () => {
  it('lie beyond numpy’s upper quartile by 1.5 interquartile ranges, the farthest first', () => {
    expect(outsideFence(reference.fence.values)).toBeCloseTo(reference.fence.fence, 10);
    expect(outside(reference.fence.values)).toEqual(reference.fence.outside);
  });

  it('are not named among few', () => {
    expect(outside([1, 1, 1, 1000])).toEqual([]);
  });
});

describe('shifts between groups', () => {
  it('agree with numpy, ties included', () => {
    const { values, groups, shifts } = reference.shift;
    groupShifts({ values, groups, groupCount: 3 }).forEach((shift, at) => {
      expect(shift.group).toBe(shifts[at]!.group);
      expect(shift.above).toBeCloseTo(shifts[at]!.above, 12);
      expect(shift.p).toBeCloseTo(shifts[at]!.p, 6);
    });
  });

  it('are notable when large and no luck, and only then', () => {
    const shift = { group: 0, above: 0.8, p: 1e-6 };
    const downward = { ...shift, group: 1, above: 0.1 };
    const small = { ...shift, above: 0.6 };
    const lucky = { ...shift, p: 0.004 };
    expect(notableShifts([shift, downward, small, lucky], 10)).toEqual([downward, shift]);
  });

  it('are not looked for in a group of few', () => {
    const values = Array.from({ length: 30 }, (_, at) => at);
    const groups = values.map((at) => (at < 5 ? 0 : 1));
    expect(groupShifts({ values, groups, groupCount: 2 })).toEqual([]);
  });
});

describe('problems with how many items a class has', () => {
  const row = (classId: number, train: number, validation: number, test: number) => ({
    classId,
    train,
    validation,
    test,
  });

  it('are few items, none in a split, and many times fewer than the largest', () => {
    expect(classProblems([row(1, 100, 10, 10), row(2, 20, 3, 0), row(3, 9, 1, 1), row(4, 0, 0, 0)])).toEqual([
      { kind: 'class-missing', classId: 2, split: 'test' },
      { kind: 'class-imbalance', classId: 2, count: 20, largest: 100, times: 5 },
      { kind: 'class-few', classId: 3, count: 9, wanted: 10 },
      { kind: 'class-imbalance', classId: 3, count: 9, largest: 100, times: 100 / 9 },
    ]);
  });

  it('are none in even classes, whatever splits are in use', () => {
    expect(classProblems([row(1, 50, 0, 10), row(2, 40, 0, 10)])).toEqual([]);
  });
});
