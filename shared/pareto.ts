/** What is weighed against each other: more of one is better, less of the other. */
export interface Tradeoff {
  gain: number;
  cost: number;
}

/**
 * Positions of the points no other one beats: none gains as much for less, or more for as little (the Pareto front),
 * cheapest first. Of equal points all stand on it.
 */
export function paretoFront(points: readonly Tradeoff[]): number[] {
  const order = points.map((_, index) => index);
  order.sort((a, b) => points[a]!.cost - points[b]!.cost || points[b]!.gain - points[a]!.gain);
  const front: number[] = [];
  for (const index of order) {
    const last = front.at(-1);
    const { gain, cost } = points[index]!;
    const best = last === undefined ? null : points[last]!;
    if (best === null || gain > best.gain || (gain === best.gain && cost === best.cost)) front.push(index);
  }
  return front;
}
