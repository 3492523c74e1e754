import { describe, expect, it } from 'vitest';
import type { Contestant } from '../../../../electron/lab/evaluations/comparisons.ts';
import { compared } from '../../../../electron/lab/evaluations/comparisons.ts';

const classes = ['cat', 'dog'];

/** A run that calls item `ids[i]` a dog with probability `dog[i]`; `truths` are the labels it was judged by. */
function contestant(number: number, ids: number[], truths: number[], dog: number[]): Contestant {
  const probabilities = Float32Array.from(dog.flatMap((p) => [1 - p, p]));
  const run = { id: `run-${number}`, number, name: `Run ${number}`, classes };
  return { run, predictions: { ids: Int32Array.from(ids), truths: Int32Array.from(truths), probabilities } };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

describe('compared', () => {
  it('pairs items by identity, whatever order the runs judged them in', () => {
    const ids = range(40);
    const truths = ids.map((id) => id % 2);
    const sure = ids.map((id) => (id % 2 ? 0.9 : 0.1));
    const turned = ids.toReversed();
    const { n, leftOut, pairs, runs } = compared([
      contestant(1, ids, truths, sure),
      contestant(
        2,
        turned,
        turned.map((id) => id % 2),
        turned.map((id) => (id % 2 ? 0.9 : 0.1)),
      ),
    ]);
    expect({ n, leftOut }).toEqual({ n: 40, leftOut: 0 });
    expect(runs.map(({ accuracy }) => accuracy)).toEqual([1, 1]);
    expect(pairs).toMatchObject([{ onlyFirst: 0, onlySecond: 0, difference: 0, verdict: 'unproven' }]);
  });

  it('leaves out what only one run judged, what was labelled anew between them, and what has no label', () => {
    const first = contestant(1, [1, 2, 3, 4, 5], [0, 1, 0, 1, -1], [0.1, 0.9, 0.1, 0.9, 0.5]);
    const second = contestant(2, [2, 3, 4, 5, 6], [1, 1, 1, -1, 0], [0.9, 0.9, 0.9, 0.5, 0.1]);
    expect(compared([first, second])).toMatchObject({ n: 2, leftOut: 4 });
  });

  it('names a winner only with evidence, and corrects for the number of pairs', () => {
    const ids = range(200);
    const truths = ids.map((id) => id % 2);
    const right = (share: number): number[] => ids.map((id) => (id < share * 200 ? id % 2 : 1 - (id % 2)));
    const runs = [1, 0.98, 0.7].map((share, index) => contestant(index + 1, ids, truths, right(share)));
    const { pairs } = compared(runs);
    const verdicts = pairs.map(({ first, second, verdict }) => [first, second, verdict]);
    expect(verdicts).toEqual([
      [0, 1, 'unproven'],
      [0, 2, 'first-better'],
      [1, 2, 'first-better'],
    ]);
    for (const { p, adjustedP } of pairs) expect(adjustedP).toBeGreaterThanOrEqual(p);
  });

  it('refuses runs of other classes, and runs without a common item', () => {
    const cats = contestant(1, [1], [0], [0.1]);
    const birds: Contestant = { ...cats, run: { ...cats.run, name: 'Birds', classes: ['bird', 'dog'] } };
    expect(() => compared([cats, birds])).toThrow(expect.objectContaining({ code: 'comparison.classes' }));
    const elsewhere = contestant(2, [2], [0], [0.1]);
    expect(() => compared([cats, elsewhere])).toThrow(
      expect.objectContaining({ code: 'comparison.no-items' }),
    );
  });
});
