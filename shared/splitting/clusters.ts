/**
 * Puts items together that groups have in common, directly or through others.
 * @param count number of items; groups hold positions 0 to count - 1
 * @returns for every item the lowest position of its cluster, its own when it is alone
 */
export function clusterOf(count: number, groups: Iterable<readonly number[]>): Int32Array {
  const parents = Int32Array.from({ length: count }, (_, item) => item);
  const rootOf = (item: number): number => {
    let at = item;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  for (const [first, ...others] of groups) {
    for (const other of others) {
      const [a, b] = [rootOf(first!), rootOf(other)];
      parents[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return parents.map((_, item) => rootOf(item));
}

/** The clusters of two or more, as positions in ascending order. */
export function clusters(roots: Int32Array): number[][] {
  const members = new Map<number, number[]>();
  roots.forEach((root, item) => {
    const known = members.get(root);
    if (known) known.push(item);
    else members.set(root, [item]);
  });
  return [...members.values()].filter(({ length }) => length > 1);
}
