import { describe, expect, it } from 'vitest';
import {
  errorAt,
  fitLearningCurve,
  forecastErrors,
  forecastGain,
  type LearningPoint,
} from '../../../../electron/evaluation/transferability/learning-curve.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { expectClose } from '../reference.ts';

const points: LearningPoint[] = [
  [100, 310],
  [200, 232],
  [400, 171],
  [800, 140],
  [1600, 112],
].map(([items, wrong]) => ({ items: items!, wrong: wrong!, tested: 1000 }));

const truth = { floor: 0.05, scale: 3, rate: 0.55, scatter: 1 };
const sizes = [100, 200, 400, 800, 1600, 3200];

/** Points of the true curve with the luck of `tested` test items each. */
function lucky(tested: number, random: () => number): LearningPoint[] {
  return sizes.map((items) => ({ items, tested, wrong: wrongOf(errorAt(truth, items), tested, random) }));
}

function wrongOf(error: number, tested: number, random: () => number): number {
  return Array.from({ length: tested }, () => Number(random() < error)).reduce(
    (sum, wrong) => sum + wrong,
    0,
  );
}

describe('learning curve', () => {
  it('agrees with scipy.optimize.curve_fit', () => {
    const curve = fitLearningCurve(points);
    expectClose(curve.floor, 0.06050528, 'floor', 1e-5);
    expectClose(curve.scale, 3.39024027, 'scale', 1e-5);
    expectClose(curve.rate, 0.56603794, 'rate', 1e-5);
    expectClose(errorAt(curve, 6400), 0.08426209936178479, 'forecast', 1e-6);
    expect(curve.scatter).toBe(1);
  });

  it('finds the curve that points lie on exactly', () => {
    const exact = sizes.map((items) => ({ items, tested: 1e6, wrong: 1e6 * errorAt(truth, items) }));
    const curve = fitLearningCurve(exact);
    expectClose(curve.floor, truth.floor, 'floor', 1e-5);
    expectClose(curve.rate, truth.rate, 'rate', 1e-5);
  });

  it('notices points that scatter more than luck explains, and never lets error rise or go below zero', () => {
    const wild = points.map((point, i) => ({ ...point, wrong: point.wrong + (i % 2 ? 60 : -60) }));
    expect(fitLearningCurve(wild).scatter).toBeGreaterThan(3);
    const rising = points.map((point, i) => ({ ...point, wrong: 100 + 20 * i }));
    expect(fitLearningCurve(rising).scale).toBe(0);
    const steep = sizes.map((items) => ({
      items,
      tested: 1000,
      wrong: Math.round(1000 * Math.exp(-items / 100)),
    }));
    expect(fitLearningCurve(steep).floor).toBeGreaterThanOrEqual(0);
  });

  it('forecasts with an interval that holds what happens, most of the time', () => {
    const random = seededRandom(11);
    let held = 0;
    for (let trial = 0; trial < 40; trial++) {
      const told = forecastErrors(lucky(1000, random), [12_800], 1000, { resamples: 150, seed: trial });
      const { interval } = told[0]!;
      const happened = wrongOf(errorAt(truth, 12_800), 1000, random) / 1000;
      held += Number(interval[0] <= happened && happened <= interval[1]);
    }
    expect(held).toBeGreaterThanOrEqual(34);
  });

  it('is the same for the same seed, and wider the farther it looks', () => {
    const ask = () => forecastErrors(points, [2000, 200_000], 1000, { resamples: 200, seed: 2 });
    const [near, far] = ask();
    expect(ask()).toEqual([near, far]);
    const [low, high] = near!.interval;
    expect(low < near!.error && near!.error < high).toBe(true);
    expect((far!.interval[1] - far!.interval[0]) / far!.interval[1]).toBeGreaterThan((high - low) / high);
  });

  it('needs three sizes', () => {
    expect(() => fitLearningCurve(points.slice(0, 2))).toThrow(/received 2/);
  });
});

describe('what more items gain', () => {
  const exact = [20, 40, 80, 160, 320].map((items) => ({
    items,
    wrong: 100_000 * (0.05 + items ** -0.5),
    tested: 100_000,
  }));

  it('is the fall of the fitted curve, with an interval around it', () => {
    const { gain, interval } = forecastGain(exact, 320, 640, { resamples: 200 });
    expect(gain).toBeCloseTo(320 ** -0.5 - 640 ** -0.5, 4);
    expect(interval[0]).toBeLessThan(gain);
    expect(interval[1]).toBeGreaterThan(gain);
    expect(interval[1] - interval[0]).toBeLessThan(0.01);
  });

  it('is nothing for no more items', () => {
    expect(forecastGain(exact, 320, 320, { resamples: 20 })).toEqual({ gain: 0, interval: [0, 0] });
  });
});
