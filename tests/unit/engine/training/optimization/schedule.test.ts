import { describe, expect, it } from 'vitest';
import { scheduleNames, scheduleSchema } from '../../../../../shared/recipe/recipe.ts';
import { rateShare } from '../../../../../electron/engine/training/optimization/schedule.ts';

const share = (settings: Parameters<typeof scheduleSchema.parse>[0], epoch: number, drops = 0) =>
  rateShare(scheduleSchema.parse(settings), epoch, 20, drops);

describe('rateShare', () => {
  it('follows the published formulas', () => {
    expect(share({ name: 'constant' }, 7)).toBe(1);
    expect(share({ name: 'step', factor: 0.5, every: 5 }, 12)).toBe(0.25);
    expect(share({ name: 'exponential', factor: 0.01 }, 10)).toBeCloseTo(0.1, 12);
    expect(share({ name: 'cosine' }, 10)).toBeCloseTo(0.5, 12);
    expect(share({ name: 'cosine' }, 20)).toBeCloseTo(0, 12);
    expect(share({ name: 'plateau', factor: 0.1 }, 3, 2)).toBeCloseTo(0.01, 12);
  });

  it('one cycle starts at 1/25, peaks after 30 % and ends near 0', () => {
    expect(share({ name: 'one-cycle' }, 0)).toBeCloseTo(0.04, 12);
    expect(share({ name: 'one-cycle' }, 6)).toBeCloseTo(1, 12);
    expect(share({ name: 'one-cycle' }, 20)).toBeCloseTo(1e-4, 12);
  });

  it('warms up in a line from 0', () => {
    expect(share({ name: 'constant', warmup: 4 }, 1)).toBe(0.25);
    expect(share({ name: 'constant', warmup: 4 }, 4)).toBe(1);
  });

  it('never leaves 0 to 1', () => {
    for (const name of scheduleNames)
      for (let epoch = 0; epoch <= 20; epoch += 0.25) {
        expect(share({ name, warmup: 2 }, epoch, 3)).toBeGreaterThanOrEqual(0);
        expect(share({ name, warmup: 2 }, epoch, 3)).toBeLessThanOrEqual(1);
      }
  });
});
