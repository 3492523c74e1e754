import { expect, it } from 'vitest';
import { rankAgreement } from '../../../../electron/evaluation/transferability/advice.ts';

it('counts the pairs that a score put into the order of what was reached', () => {
  const advised = [
    { score: 0.9, reached: 0.8 },
    { score: 0.7, reached: 0.9 },
    { score: 0.5, reached: 0.6 },
  ];
  // The first pair the wrong way round, the other two right.
  expect(rankAgreement(advised)).toEqual({ pairs: 3, right: 2 });
});

it('leaves out pairs that tie, or of which something is not known', () => {
  const advised = [
    { score: 0.9, reached: 0.8 },
    { score: 0.9, reached: 0.7 },
    { score: null, reached: 0.1 },
    { score: 0.2, reached: null },
  ];
  expect(rankAgreement(advised)).toEqual({ pairs: 0, right: 0 });
});
