import type { z } from 'zod';
import type { EngineMethods, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import type { LinearHead } from '../examination/linear-head.ts';
import { heldUnder } from './hold.ts';
import type { HeldFeatures } from './held-features.ts';
import { probabilitiesOf, trainHeads } from './heads.ts';
import { labellingQueue } from './queue.ts';

type Request = z.output<EngineMethods['suggest']['params']>;
type Suggested = NonNullable<EngineResult<'suggest'>['suggested']>;

/**
 * Trains a head anew on the labels there are, from features that are held in memory, and says of every picture
 * without a label what it probably is and when its label would teach most. Of pictures with a label it says, when
 * asked to validate, what a head thinks that has seen neither them nor copies of them.
 * Pictures whose features are not held are named instead, and nothing else is done.
 */
export async function suggest(request: Request, control: RunControl): Promise<EngineResult<'suggest'>> {
  const { key, ids, y, classIds } = request;
  const held = heldUnder(key);
  const missing = ids.filter((id) => !held?.knows(id));
  if (!held || missing.length > 0) return { missing, suggested: null };
  const seconds = stopwatch();
  const suggested: Suggested = {
    classes: new Int32Array(ids.length).fill(-1),
    probabilities: new Float32Array(ids.length),
    ranks: new Int32Array(ids.length).fill(-1),
    judged: 0,
    agreeing: 0,
    validated: false,
    seconds: { train: 0, validate: 0, predict: 0 },
  };
  const there = Int32Array.from(ids.keys()).filter((at) => held.has(ids[at]!));
  const labelled = there.filter((at) => y[at]! >= 0);
  const { heads, validated, validateSeconds } = await trainHeads(held, request, labelled, control);
  suggested.seconds.validate = validateSeconds;
  suggested.seconds.train = seconds() - validateSeconds;
  suggested.validated = validated;
  if (validated) await judge(held, request, labelled, heads.perFold, suggested, control);
  const open = there.filter((at) => y[at]! < 0);
  const { probabilities } = await take(held, request, open, heads.whole, suggested, control);
  const features = (row: number) => held.rowOf(ids[open[row]!]!);
  labellingQueue({ probabilities, classes: classIds.length, features }).forEach((row, rank) => {
    suggested.ranks[open[row]!] = rank;
  });
  suggested.seconds.predict = seconds() - suggested.seconds.train - validateSeconds;
  return { missing, suggested };
}

/** What the head that has not seen a fold thinks of its rows. Classes that lie in one fold alone cannot be judged. */
async function judge(
  held: HeldFeatures,
  request: Request,
  labelled: Int32Array,
  perFold: readonly LinearHead[],
  suggested: Suggested,
  control: RunControl,
): Promise<void> {
  const foldOf = (at: number): number => held.folds.get(request.ids[at]!)!;
  const foldsOfClass = request.classIds.map(() => new Set<number>());
  for (const at of labelled) foldsOfClass[request.y[at]!]!.add(foldOf(at));
  const judged = labelled.filter((at) => foldsOfClass[request.y[at]!]!.size > 1);
  for (const [fold, head] of perFold.entries()) {
    const rows = judged.filter((at) => foldOf(at) === fold);
    await take(held, request, rows, head, suggested, control);
  }
  suggested.judged = judged.length;
  suggested.agreeing = judged.filter((at) => suggested.classes[at] === request.y[at]).length;
}

/** Notes the likeliest class of rows. */
async function take(
  held: HeldFeatures,
  { ids, classIds }: Request,
  rows: Int32Array,
  head: LinearHead,
  suggested: Suggested,
  control: RunControl,
): Promise<{ probabilities: Float32Array }> {
  const classes = classIds.length;
  const probabilities = await probabilitiesOf(
    held,
    rows.map((at) => ids[at]!),
    head,
    classes,
    control,
  );
  rows.forEach((at, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const best = own.reduce((top, p, index) => (p > own[top]! ? index : top), 0);
    suggested.classes[at] = best;
    suggested.probabilities[at] = own[best]!;
  });
  return { probabilities };
}

function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
