import type { z } from 'zod';
import type { EngineMethods, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { trainJudges } from './heads.ts';
import { heldUnder } from './hold.ts';
import { predictRows } from './predict-rows.ts';

/**
 * Says of every picture with a label what a head thinks that has seen neither its label nor those of its copies.
 * Classes that lie in one fold alone cannot be judged. It takes several times as long as the suggestions, and
 * chooses the strength of the penalty that they are learned with from then on.
 * Pictures whose features are not held are named instead, and nothing else is done.
 */
export async function judgeLabels(
  request: z.output<EngineMethods['judgeSuggestions']['params']>,
  control: RunControl,
): Promise<EngineResult<'judgeSuggestions'>> {
  const { key, ids, y, classIds } = request;
  const held = heldUnder(key);
  const missing = ids.filter((id) => !held?.knows(id));
  if (!held || missing.length > 0) return { missing, judgement: null };
  const labelled = Int32Array.from(ids.keys()).filter((at) => y[at]! >= 0 && held.has(ids[at]!));
  const { perFold } = await trainJudges(held, request, labelled, control);
  const foldOf = (at: number): number => held.folds.get(ids[at]!)!;
  const foldsOfClass = classIds.map(() => new Set<number>());
  for (const at of labelled) foldsOfClass[y[at]!]!.add(foldOf(at));
  const judged = labelled.filter((at) => foldsOfClass[y[at]!]!.size > 1);
  const said = {
    classes: new Int32Array(ids.length).fill(-1),
    probabilities: new Float32Array(ids.length),
  };
  for (const [fold, head] of perFold.entries()) {
    const rows = judged.filter((at) => foldOf(at) === fold);
    await predictRows(held, request, rows, head, said, control);
  }
  const agreeing = judged.filter((at) => said.classes[at] === y[at]).length;
  return { missing, judgement: { ...said, judged: judged.length, agreeing } };
}
