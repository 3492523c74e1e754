import type { FeatureMatrix } from './features.ts';
import { centred, gram } from './matrix.ts';

/**
 * Linear centred kernel alignment (Kornblith et al. 2019) of two layers' features of the same items, in [0, 1]:
 * 1 when one is a rotation and scaling of the other. With fewer items than features it is biased upwards; use
 * `debiasedLinearCka` there. Null when a side does not vary. Throws `RangeError` on different row counts.
 */
export function linearCka(a: FeatureMatrix, b: FeatureMatrix): number | null {
  return alignment(a, b, (k, l) => k.reduce((sum, value, i) => sum + value * l[i]!, 0));
}

/**
 * The same with the unbiased estimate of each term (Song et al. 2012; Nguyen et al. 2021): near 0 for unrelated
 * features however few the items, and possibly below 0. Needs at least 4 rows, else null.
 */
export function debiasedLinearCka(a: FeatureMatrix, b: FeatureMatrix): number | null {
  return a.rows < 4 ? null : alignment(a, b, (k, l) => unbiasedHsic(k, l, a.rows));
}

function alignment(
  a: FeatureMatrix,
  b: FeatureMatrix,
  product: (k: Float64Array, l: Float64Array) => number,
): number | null {
  if (a.rows !== b.rows)
    throw new RangeError(`features of the same items are needed, received ${a.rows} and ${b.rows} rows`);
  const [k, l] = [gram(centred(a)), gram(centred(b))];
  const scale = Math.sqrt(product(k, k) * product(l, l));
  return scale > 0 ? product(k, l) / scale : null;
}

/** Song et al. (2012), equation 5, without its constant factor: kernels count with their diagonals at zero. */
function unbiasedHsic(k: Float64Array, l: Float64Array, n: number): number {
  let [trace, cross, totalK, totalL] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    let [rowK, rowL] = [0, 0];
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      trace += k[i * n + j]! * l[i * n + j]!;
      rowK += k[i * n + j]!;
      rowL += l[i * n + j]!;
    }
    cross += rowK * rowL;
    totalK += rowK;
    totalL += rowL;
  }
  return trace + (totalK * totalL) / ((n - 1) * (n - 2)) - (2 / (n - 2)) * cross;
}
