import { expect, it } from 'vitest';
import { judgeSources } from '../bench/transfer/negative-transfer.ts';
import { labForThisFile } from './real-lab.ts';

/** `npm run bench -- transfer` tries the alarm in earnest, over five seeds; here that its parts work together. */

const { lab } = labForThisFile(1);

it('trains both baselines of what two sources taught, with the same budget on the same items', async () => {
  const amounts = { source: 6, train: 6, test: 5, epochs: { source: 1, target: 2 }, seeds: 1 };
  const judged = await judgeSources(lab, amounts);
  expect(judged.map(({ source }) => source)).toEqual(['other-shapes', 'plain-colours']);
  for (const { check } of judged) {
    expect(check).toMatchObject({ epochs: 2, items: 20, split: 'test' });
    expect(check.baselines.map(({ kind }) => kind)).toEqual(['scratch', 'random-frozen']);
    expect(check.verdict).not.toBeNull();
    for (const { gain, pairs } of check.baselines) {
      const [pair] = pairs;
      expect(pairs).toHaveLength(1);
      expect(gain).toMatchObject({ over: 'items', seeds: 1 });
      expect(gain?.gain).toBeCloseTo(pair!.transferred.accuracy - pair!.baseline.accuracy, 12);
      expect(gain!.interval[0]).toBeLessThan(gain!.gain);
      expect(gain!.interval[1]).toBeGreaterThan(gain!.gain);
    }
  }
  // What is compared does not depend on the source: the baselines are trained once.
  const baselines = judged.map(({ check }) => check.baselines.map(({ pairs }) => pairs[0]?.baseline.run));
  expect(baselines[1]).toEqual(baselines[0]);
}, 120_000);
