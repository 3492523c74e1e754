/** Distribution functions the tests and intervals need, in double precision. */

const TINY = 1e-300;

/**
 * Complementary error function. Below 2 by the series erf(x) = 2/sqrt(pi) exp(-x^2) sum 2^k x^(2k+1) / (2k+1)!!
 * (Abramowitz & Stegun 7.1.6), above by the continued fraction 7.1.14 evaluated with Lentz' method.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) return 1 - erfSeries(x);
  return x > 27 ? 0 : erfcFraction(x);
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function erfcFraction(x: number): number {
  const fraction = lentz(x, (k) => [k / 2, x]);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/**
 * A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) by the modified Lentz method (Thompson & Barnett 1986);
 * `part(k)` gives [a_k, b_k].
 */
function lentz(b0: number, part: (k: number) => [number, number]): number {
  let value = b0 === 0 ? TINY : b0;
  let c = value;
  let d = 0;
  for (let k = 1; k < 1000; k++) {
    const [a, b] = part(k);
    d = 1 / (b + a * d || TINY);
    c = b + a / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) break;
  }
  return value;
}

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return erfc(-z / Math.SQRT2) / 2;
}

/** P(|Z| >= |z|), the two-sided p-value of a standard normal statistic. */
export function normalTwoSided(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}

/** P(X >= x) of the chi-square distribution with one degree of freedom. */
export function chiSquare1Tail(x: number): number {
  return erfc(Math.sqrt(x / 2));
}

/**
 * The z with P(Z <= z) = probability: Abramowitz & Stegun 26.2.23 as a start, then Halley's method on the tail.
 * Throws `RangeError` outside (0, 1).
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`a probability in (0, 1) is needed, received ${probability}`);
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  let z = -(
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
  for (let i = 0; i < 4; i++) {
    const step = ((normalCdf(z) - probability) * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
    z -= step / (1 + (z * step) / 2);
  }
  return z;
}

/**
 * P(X <= successes) of the binomial distribution. Each term follows from the one before, in logarithms so that
 * thousands of trials do not underflow.
 */
export function binomialCdf(successes: number, trials: number, probability: number): number {
  if (successes < 0) return 0;
  if (successes >= trials || probability === 0) return 1;
  if (probability === 1) return 0;
  let logTerm = trials * Math.log1p(-probability);
  const odds = Math.log(probability) - Math.log1p(-probability);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= successes; k++) {
    logTerm += Math.log((trials - k + 1) / k) + odds;
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** Lanczos coefficients (g = 7, nine terms, Godfrey 2001), relative error below 1e-14. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Gamma(x) for x > 0.5 (Lanczos 1964). */
export function logGamma(x: number): number {
  const shifted = x - 1;
  const series = LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (shifted + i)), 0);
  const t = shifted + 7.5;
  return Math.log(2 * Math.PI) / 2 + (shifted + 0.5) * Math.log(t) - t + Math.log(series);
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front =
    Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const fraction = lentz(1, (k) => {
    const m = Math.floor(k / 2);
    const term =
      k % 2 === 0
        ? (m * (b - m) * x) / ((a + k - 1) * (a + k))
        : -((a + m) * (a + b + m) * x) / ((a + k - 1) * (a + k));
    return [term, 1];
  });
  return front / fraction;
}

/** P(T <= t) of Student's distribution with `freedom` degrees of freedom. */
export function studentCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = probability, by bisection between doubling bounds. */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`a probability in (0, 1) is needed, received ${probability}`);
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentQuantile(1 - probability, freedom);
  let [low, high] = [0, 1];
  while (studentCdf(high, freedom) < probability) [low, high] = [high, high * 2];
  while (high - low > high * 2 * Number.EPSILON) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentCdf(middle, freedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
