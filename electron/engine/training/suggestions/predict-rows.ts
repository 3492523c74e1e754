import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { RunControl } from '../control.ts';
import { headProbabilities } from '../examination/linear-head.ts';
import type { LinearHead } from '../examination/linear-head.ts';
import type { HeldFeatures } from './held-features.ts';

/** Rows predicted at a time. */
const BLOCK = 1024;

/** What is said of items, `[items]` each. */
interface Said {
  classes: Int32Array;
  probabilities: Float32Array;
}

/**
 * Notes the likeliest class of rows and its probability in `said`.
 * @param rows positions of `ids`
 * @returns the probabilities of all classes `[rows * classes]`
 */
export async function predictRows(
  held: HeldFeatures,
  { ids, classIds }: { ids: Int32Array; classIds: readonly number[] },
  rows: Int32Array,
  head: LinearHead,
  said: Said,
  control: RunControl,
): Promise<Float32Array> {
  const classes = classIds.length;
  const own = rows.map((at) => ids[at]!);
  const all = await probabilitiesOf(held, own, head, classes, control);
  rows.forEach((at, row) => {
    let best = row * classes;
    for (let one = best; one < (row + 1) * classes; one++) if (all[one]! > all[best]!) best = one;
    said.classes[at] = best - row * classes;
    said.probabilities[at] = all[best]!;
  });
  return all;
}

/** Probabilities `[ids.length * classes]` of items. */
export async function probabilitiesOf(
  held: HeldFeatures,
  ids: Int32Array,
  head: LinearHead,
  classes: number,
  control: RunControl,
): Promise<Float32Array> {
  const all = new Float32Array(ids.length * classes);
  const rows = new Float32Array(BLOCK * held.columns);
  for (let start = 0; start < ids.length; start += BLOCK) {
    await control.yield();
    const some = ids.subarray(start, start + BLOCK);
    some.forEach((id, row) => rows.set(held.rowOf(id), row * held.columns));
    const output = tidy(() =>
      headProbabilities(tensor2d(rows.slice(), [BLOCK, held.columns]), head, classes),
    );
    all.set(output.dataSync<'float32'>().subarray(0, some.length * classes), start * classes);
    output.dispose();
  }
  return all;
}
