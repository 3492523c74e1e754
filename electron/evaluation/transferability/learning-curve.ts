import { seededRandom } from '../../../shared/random.ts';
import { percentileInterval, RESAMPLES, type BootstrapOptions } from '../significance/bootstrap.ts';
import { normalQuantile } from '../significance/distributions.ts';
import type { Interval } from '../significance/wilson.ts';

/** Errors seen after training on `items` items: `wrong` of `tested`. */
export interface LearningPoint {
  items: number;
  wrong: number;
  tested: number;
}

/** error(items) = floor + scale * items^-rate (Cortes et al. 1993; Hestness et al. 2017). */
export interface LearningCurve {
  floor: number;
  scale: number;
  rate: number;
  /** How far the points scatter beyond the luck of the test items, as a factor on the variance, at least 1. */
  scatter: number;
}

export interface Forecast {
  error: number;
  /** Where an error measured on `tested` items should fall, the doubt about the curve included. */
  interval: Interval;
}

const SLOWEST_RATE = 0.01;
const FASTEST_RATE = 3;
const RATE_STEPS = 60;

/**
 * Fits the power law by weighted least squares: for a given rate the curve is linear in floor and scale, so only
 * the rate is searched. Throws `RangeError` with fewer than three different sizes.
 */
export function fitLearningCurve(points: LearningPoint[]): LearningCurve {
  const sizes = new Set(points.map(({ items }) => items));
  if (sizes.size < 3)
    throw new RangeError(`a learning curve needs three different sizes, received ${sizes.size}`);
  const observations = points.map(({ items, wrong, tested }) => ({
    items,
    error: wrong / tested,
    weight: tested / smoothedVariance(wrong, tested),
  }));
  const { floor, scale, rate, misfit } = bestFit(observations);
  return { floor, scale, rate, scatter: Math.max(1, misfit / Math.max(1, points.length - 3)) };
}

/** The error a curve gives after training on `items` items, in [0, 1]. */
export function errorAt({ floor, scale, rate }: LearningCurve, items: number): number {
  return Math.min(1, Math.max(0, floor + scale * items ** -rate));
}

/**
 * Forecasts the error at each of these numbers of training items with a parametric bootstrap: points are drawn again
 * around the fitted curve, each draw is fitted again, and what it gives is measured on `tested` drawn items. The luck
 * of that measurement is the same at every size of a draw, which makes the band a smooth one.
 */
export function forecastErrors(
  points: LearningPoint[],
  sizes: readonly number[],
  tested: number,
  options: BootstrapOptions = {},
): Forecast[] {
  const curve = fitLearningCurve(points);
  const { redraw, again, normal } = redrawing(curve, options.seed ?? 1);
  const drawn = Array.from({ length: options.resamples ?? RESAMPLES }, () => {
    const fitted = fitLearningCurve(points.map(again));
    const luck = normal();
    return sizes.map((items) => redraw(errorAt(fitted, items), tested, luck));
  });
  return sizes.map((items, at) => {
    const values = drawn.map((draw) => draw[at]!);
    return { error: errorAt(curve, items), interval: percentileInterval(values, options.confidence)! };
  });
}

export interface Gain {
  /** Error now less the error then, by the fitted curve. */
  gain: number;
  interval: Interval;
}

/**
 * How much the error should fall from `from` to `to` training items, the doubt about the curve included: the same
 * parametric bootstrap as `forecastErrors`, without the luck of the items it would be measured on, which both share.
 */
export function forecastGain(
  points: LearningPoint[],
  from: number,
  to: number,
  options: BootstrapOptions = {},
): Gain {
  const curve = fitLearningCurve(points);
  const { again } = redrawing(curve, options.seed ?? 1);
  const fall = (fitted: LearningCurve) => errorAt(fitted, from) - errorAt(fitted, to);
  const drawn = Array.from({ length: options.resamples ?? RESAMPLES }, () =>
    fall(fitLearningCurve(points.map(again))),
  );
  return { gain: fall(curve), interval: percentileInterval(drawn, options.confidence)! };
}

/** Draws measurements anew around a curve. */
function redrawing(curve: LearningCurve, seed: number) {
  const random = seededRandom(seed);
  const normal = () => normalQuantile(Math.min(1 - 2 ** -33, Math.max(2 ** -33, random())));
  const redraw = (error: number, of: number, luck: number) => {
    const deviation = Math.sqrt((curve.scatter * smoothedVariance(error * of, of)) / of);
    return Math.min(1, Math.max(0, error + deviation * luck));
  };
  const again = (point: LearningPoint): LearningPoint => ({
    ...point,
    wrong: point.tested * redraw(errorAt(curve, point.items), point.tested, normal()),
  });
  return { redraw, again, normal };
}

interface Observation {
  items: number;
  error: number;
  weight: number;
}

interface Fit {
  floor: number;
  scale: number;
  rate: number;
  misfit: number;
}

/** The best rate: a grid over the logarithm, then golden section between the neighbours of its best point. */
function bestFit(observations: Observation[]): Fit {
  const rateAt = (step: number) => SLOWEST_RATE * (FASTEST_RATE / SLOWEST_RATE) ** (step / RATE_STEPS);
  const grid = Array.from({ length: RATE_STEPS + 1 }, (_, step) => fitAtRate(observations, rateAt(step)));
  const best = grid.reduce((least, fit, step) => (fit.misfit < grid[least]!.misfit ? step : least), 0);
  let [low, high] = [rateAt(Math.max(0, best - 1)), rateAt(Math.min(RATE_STEPS, best + 1))];
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-9 * high) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (fitAtRate(observations, left).misfit < fitAtRate(observations, right).misfit) high = right;
    else low = left;
  }
  return fitAtRate(observations, (low + high) / 2);
}

/** Weighted least squares of floor and scale at a fixed rate; an error cannot have a floor below 0 or rise. */
function fitAtRate(observations: Observation[], rate: number): Fit {
  const x = observations.map(({ items }) => items ** -rate);
  const mean = (values: number[]) => weightedMean(observations, values);
  const [meanX, meanError] = [mean(x), mean(observations.map(({ error }) => error))];
  const spread = mean(x.map((value) => (value - meanX) ** 2));
  const shared = mean(x.map((value, i) => (value - meanX) * (observations[i]!.error - meanError)));
  let scale = spread > 0 ? Math.max(0, shared / spread) : 0;
  let floor = meanError - scale * meanX;
  if (floor < 0) {
    floor = 0;
    scale = mean(x.map((value, i) => value * observations[i]!.error)) / mean(x.map((value) => value * value));
  }
  const misfit = observations.reduce(
    (sum, { error, weight }, i) => sum + weight * (error - floor - scale * x[i]!) ** 2,
    0,
  );
  return { floor, scale, rate, misfit };
}

function weightedMean(observations: Observation[], values: number[]): number {
  const total = observations.reduce((sum, { weight }) => sum + weight, 0);
  return observations.reduce((sum, { weight }, i) => sum + weight * values[i]!, 0) / total;
}

/** Variance of one test item's outcome, kept off zero as if half an item more were wrong and right. */
function smoothedVariance(wrong: number, tested: number): number {
  const share = (wrong + 0.5) / (tested + 1);
  return share * (1 - share);
}
