import { derivedSeed, seededRandom, shuffle } from '../../../../shared/random.ts';

/**
 * The order in which an epoch visits `count` items: a Fisher-Yates shuffle that depends on nothing but
 * the numbers given, so that a resumed run goes on in the order the uninterrupted run would have taken.
 */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const positions = Array.from({ length: count }, (_, index) => index);
  return Int32Array.from(shuffle(positions, seededRandom(derivedSeed(seed, epoch))));
}

/**
 * The order in which an epoch visits as many items as there are labels, drawn from each class equally often (to within
 * one): class-balanced sampling (Kang et al. 2020, https://arxiv.org/abs/1910.09217, section 3). Items of a class take
 * turns, so that none comes again before all others of its class have come.
 * @param labels class per item
 */
export function balancedOrder(labels: ArrayLike<number>, seed: number, epoch: number): Int32Array {
  const members = new Map<number, number[]>();
  for (let position = 0; position < labels.length; position++) {
    const known = members.get(labels[position]!);
    if (known) known.push(position);
    else members.set(labels[position]!, [position]);
  }
  const random = seededRandom(derivedSeed(seed, epoch));
  // Whatever is left over after equal shares goes to other classes in every epoch.
  const classes = shuffle([...members.values()], random);
  const drawn = classes.flatMap((positions, place) => {
    const share = Math.floor(labels.length / classes.length);
    const count = share + Number(place < labels.length - share * classes.length);
    const rounds = Array.from({ length: Math.ceil(count / positions.length) }, () =>
      shuffle([...positions], random),
    );
    return rounds.flat().slice(0, count);
  });
  return Int32Array.from(shuffle(drawn, random));
}

/** One batch: item positions, and a weight of 1 for each real one. */
export interface BatchPlan {
  /** Place of the first item in the order. */
  start: number;
  positions: Int32Array;
  weights: Float32Array;
  /** Real items, at most the batch size. */
  count: number;
}

/**
 * Cuts an order into batches that all have `size` rows, because a batch of another size would be another
 * graph to compile. The last one is filled up with items from the start of the order, at weight 0: real
 * pictures, so that batch statistics are not spoiled by blanks.
 */
export function batchesOf(order: Int32Array, size: number): BatchPlan[] {
  const rows = Math.min(size, order.length);
  const plans: BatchPlan[] = [];
  for (let start = 0; start < order.length; start += rows) {
    const count = Math.min(rows, order.length - start);
    const positions = new Int32Array(rows);
    const weights = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      positions[row] = order[row < count ? start + row : row - count] as number;
      weights[row] = row < count ? 1 : 0;
    }
    plans.push({ start, positions, weights, count });
  }
  return plans;
}
