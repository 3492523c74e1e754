/**
 * Spearman's rank correlation of two lists of the same length, -1 to 1; ties share their mean rank. 0 where one of
 * them is constant: it says nothing of the other.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const centre = (x.length + 1) / 2;
  let [product, ofX, ofY] = [0, 0, 0];
  x.forEach((rank, i) => {
    const [dx, dy] = [rank - centre, y[i]! - centre];
    product += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  });
  return ofX === 0 || ofY === 0 ? 0 : product / Math.sqrt(ofX * ofY);
}

/** Ranks from 1. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(order.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
  }
  return ranks;
}
