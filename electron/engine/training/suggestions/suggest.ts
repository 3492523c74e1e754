import type { z } from 'zod';
import type { EngineMethods, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { trainHead } from './heads.ts';
import { heldUnder } from './hold.ts';
import { predictRows } from './predict-rows.ts';
import { labellingQueue } from './queue.ts';

/**
 * Trains a head anew on the labels there are, from features that are held in memory, and says of every picture
 * without a label what it probably is and when its label would teach most.
 * Pictures whose features are not held are named instead, and nothing else is done.
 */
export async function suggest(
  request: z.output<EngineMethods['suggest']['params']>,
  control: RunControl,
): Promise<EngineResult<'suggest'>> {
  const { key, ids, y, classIds } = request;
  const held = heldUnder(key);
  const missing = ids.filter((id) => !held?.knows(id));
  if (!held || missing.length > 0) return { missing, suggested: null };
  const start = performance.now();
  const there = Int32Array.from(ids.keys()).filter((at) => held.has(ids[at]!));
  const labelled = there.filter((at) => y[at]! >= 0);
  const head = await trainHead(held, request, labelled, control);
  const open = there.filter((at) => y[at]! < 0);
  const said = {
    classes: new Int32Array(ids.length).fill(-1),
    probabilities: new Float32Array(ids.length),
    ranks: new Int32Array(ids.length).fill(-1),
  };
  const probabilities = await predictRows(held, request, open, head, said, control);
  const features = (row: number) => held.rowOf(ids[open[row]!]!);
  labellingQueue({ probabilities, classes: classIds.length, features }).forEach((row, rank) => {
    said.ranks[open[row]!] = rank;
  });
  return { missing, suggested: { ...said, seconds: (performance.now() - start) / 1000 } };
}
