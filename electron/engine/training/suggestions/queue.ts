/** Pictures among which the head of the queue is spread: the most uncertain ones. */
const CANDIDATES = 2000;
/** Length of the head: a few batches of labels. By then the queue has been made anew. */
const SPREAD = 100;

export interface QueuedRows {
  /** `[rows * classes]` */
  probabilities: Float32Array;
  classes: number;
  /** Features of a row; all of the same length. */
  features(row: number): Float32Array;
}

/**
 * The order in which labels of these rows would teach a head most, as rows. Uncertain rows come first, by the margin
 * between the two likeliest classes (Scheffer et al. 2001; Settles 2009, section 3.1). The head of the queue is
 * drawn from the most uncertain ones alone (prefiltered as by Zhdanov 2019, https://arxiv.org/abs/1901.05954), each
 * time the row whose uncertainty times distance to the nearest row drawn before is greatest: greedy k-center
 * (Gonzalez 1985; for active learning Sener & Savarese 2018, https://arxiv.org/abs/1708.00489), weighted. So copies
 * of one picture do not follow each other.
 */
export function labellingQueue(
  { probabilities, classes, features }: QueuedRows,
  { candidates = CANDIDATES, spread = SPREAD } = {},
): Int32Array {
  const uncertainty = uncertainties(probabilities, classes);
  const byUncertainty = Int32Array.from(uncertainty.keys()).sort(
    (a, b) => uncertainty[b]! - uncertainty[a]! || a - b,
  );
  const pool = byUncertainty.subarray(0, candidates);
  const head = spreadOut(pool, uncertainty, features, Math.min(spread, pool.length));
  const drawn = new Set(head);
  return Int32Array.from([...head, ...byUncertainty.filter((row) => !drawn.has(row))]);
}

/** 1 minus the margin between the two likeliest classes: 0 for a sure row, 1 for a tie. `[rows]` */
export function uncertainties(probabilities: Float32Array, classes: number): Float32Array {
  return Float32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let [first, second] = [0, 0];
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const p = probabilities[at]!;
      if (p > first) [first, second] = [p, first];
      else if (p > second) second = p;
    }
    return 1 - (first - second);
  });
}

function spreadOut(
  pool: Int32Array,
  uncertainty: Float32Array,
  features: (row: number) => Float32Array,
  count: number,
): number[] {
  const rows = Array.from(pool, features);
  const nearest = new Float64Array(pool.length).fill(Infinity);
  const drawn: number[] = [];
  for (let next = 0; drawn.length < count;) {
    drawn.push(pool[next]!);
    const centre = rows[next]!;
    nearest[next] = -1;
    let best = -1;
    let bestScore = -Infinity;
    for (let at = 0; at < pool.length; at++) {
      if (nearest[at]! < 0) continue;
      nearest[at] = Math.min(nearest[at]!, squaredDistance(rows[at]!, centre));
      const score = uncertainty[pool[at]!]! * Math.sqrt(nearest[at]!);
      if (score > bestScore) [best, bestScore] = [at, score];
    }
    if (best < 0) break;
    next = best;
  }
  return drawn;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = a[at]! - b[at]!;
    sum += difference * difference;
  }
  return sum;
}
