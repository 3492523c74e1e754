/** Eigenvalues of a symmetric matrix, and given columns in the basis of its eigenvectors. */
export interface Spectrum {
  /** `[size]`, in no order. */
  values: Float64Array;
  /** U^T y per column, `[columns][size]`, in the order of `values`. */
  projected: Float64Array[];
}

/**
 * Householder tridiagonalisation and the implicit QL method (Golub & Van Loan, 8.3; EISPACK's tred2 and tql2),
 * with every rotation applied to the columns `y` as it happens instead of building the eigenvectors: a third of
 * the work, which matters at a thousand rows. `a` is `[size * size]` and is used up; `y` is copied.
 */
export function symmetricSpectrum(a: Float64Array, size: number, y: Float64Array[]): Spectrum {
  const projected = y.map((column) => column.slice());
  const offDiagonal = tridiagonalize(a, size, projected);
  const values = Float64Array.from({ length: size }, (_, i) => a[i * size + i]!);
  diagonalize(values, offDiagonal, projected);
  return { values, projected };
}

/** Reduces `a` to tridiagonal form in place (its diagonal) and returns the entries beside the diagonal. */
function tridiagonalize(a: Float64Array, size: number, columns: Float64Array[]): Float64Array {
  const offDiagonal = new Float64Array(size);
  const v = new Float64Array(size);
  for (let k = 0; k + 1 < size; k++) {
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm += a[i * size + k]! ** 2;
    const first = a[(k + 1) * size + k]!;
    const reflected = first > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    offDiagonal[k] = reflected;
    for (let i = k + 1; i < size; i++) v[i] = a[i * size + k]!;
    v[k + 1]! -= reflected;
    const squared = norm - first ** 2 + v[k + 1]! ** 2;
    if (squared === 0) continue;
    reflectBlock(a, size, k + 1, v, 2 / squared);
    for (const column of columns) reflectColumn(column, k + 1, v, 2 / squared);
  }
  return offDiagonal;
}

/** The block from `start` on becomes H a H with H = 1 - scale v v^T. */
function reflectBlock(a: Float64Array, size: number, start: number, v: Float64Array, scale: number): void {
  const w = new Float64Array(size);
  let along = 0;
  for (let i = start; i < size; i++) {
    let sum = 0;
    for (let j = start, at = i * size; j < size; j++) sum += a[at + j]! * v[j]!;
    w[i] = scale * sum;
    along += w[i]! * v[i]!;
  }
  for (let i = start; i < size; i++) w[i]! -= (scale / 2) * along * v[i]!;
  for (let i = start; i < size; i++) {
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = start, at = i * size; j < size; j++) a[at + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

function reflectColumn(column: Float64Array, start: number, v: Float64Array, scale: number): void {
  let along = 0;
  for (let i = start; i < column.length; i++) along += column[i]! * v[i]!;
  for (let i = start; i < column.length; i++) column[i]! -= scale * along * v[i]!;
}

const MOST_SWEEPS = 60;

/** Implicit QL on a tridiagonal matrix: `d` becomes the eigenvalues, `e` (d[i], d[i + 1]) goes to zero. */
function diagonalize(d: Float64Array, e: Float64Array, columns: Float64Array[]): void {
  for (let low = 0; low < d.length; low++) {
    for (let sweep = 0; ; sweep++) {
      const high = endOfBlock(d, e, low);
      if (high === low) break;
      if (sweep === MOST_SWEEPS) throw new Error('the eigenvalues did not converge');
      sweepBlock(d, e, low, high, columns);
    }
  }
}

/** The last index of the block starting at `low` that is still coupled. */
function endOfBlock(d: Float64Array, e: Float64Array, low: number): number {
  let high = low;
  while (
    high + 1 < d.length &&
    Math.abs(e[high]!) > Number.EPSILON * (Math.abs(d[high]!) + Math.abs(d[high + 1]!))
  )
    high++;
  return high;
}

/** One QL sweep with Wilkinson's shift over low..high. */
function sweepBlock(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  columns: Float64Array[],
): void {
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const root = Math.hypot(half, 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half < 0 ? -root : root));
  let [sine, cosine, p] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[high] = 0;
      return;
    }
    [sine, cosine] = [f / r, g / r];
    g = d[i + 1]! - p;
    const turn = (d[i]! - g) * sine + 2 * cosine * b;
    p = sine * turn;
    d[i + 1] = g + p;
    g = cosine * turn - b;
    for (const column of columns) rotate(column, i, sine, cosine);
  }
  d[low]! -= p;
  e[low] = g;
  e[high] = 0;
}

function rotate(column: Float64Array, i: number, sine: number, cosine: number): void {
  const next = column[i + 1]!;
  column[i + 1] = sine * column[i]! + cosine * next;
  column[i] = cosine * column[i]! - sine * next;
}
