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
