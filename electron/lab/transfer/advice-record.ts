import { join } from 'node:path';
import { z } from 'zod';
import type { AdviceRecord, AdviceScore, AdvisedBackbone } from '../../../shared/contract/index.ts';
import { adviceScores } from '../../../shared/contract/results/transferability.ts';
import { rankAgreement } from '../../evaluation/transferability/advice.ts';
import type { AdviceRow } from '../../store/queries/runs/transfer-advice.ts';
import type { LabContext } from '../context.ts';
import { readJson, writeJson } from '../json-file.ts';
import type { OpenProject } from '../project-keeper.ts';

export interface Outcome {
  accuracy: number;
  runs: number;
}

/** How past estimates turned out, by project and advice: every project of this computer adds to the record. */
const recordSchema = z.record(
  z.string(),
  z.record(z.enum(adviceScores), z.object({ pairs: z.number().int(), right: z.number().int() })),
);

const fileOf = (dataDir: string) => join(dataDir, 'transfer-advice.json');

/**
 * What runs on the frozen features of each advised backbone reached, on the data the estimates were made of: the mean
 * accuracy over those runs.
 */
export function outcomesOf({ store }: OpenProject, advice: AdviceRow): Map<string, Outcome> {
  const reached = new Map<string, number[]>();
  for (const { id, status, recipe } of store.runs.newest()) {
    const { backbone, data, kind } = recipe;
    if (status !== 'done' || kind !== 'features') continue;
    if (backbone?.from !== 'library' || backbone.weights === null) continue;
    if (data.splitHash !== advice.splitHash || data.collection !== advice.collection) continue;
    const own = store.summaries.ofRun(id).filter(({ collection }) => collection === null);
    const summary = own.find(({ split }) => split === 'test') ?? own[0];
    if (summary) reached.set(backbone.weights, [...(reached.get(backbone.weights) ?? []), summary.accuracy]);
  }
  return new Map(
    [...reached].map(([weights, accuracies]) => [
      weights,
      {
        accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
        runs: accuracies.length,
      },
    ]),
  );
}

/** A backbone's score at its best cut; LEEP and the prior know no cuts. */
export function scoreOf({ estimate, top1 }: AdvisedBackbone, score: AdviceScore): number | null {
  if (score === 'top1') return top1;
  if (score === 'leep') return estimate.leep;
  const values = estimate.cuts.flatMap((cut) => {
    const value = cut[score];
    return (typeof value === 'number' ? value : value?.value) ?? [];
  });
  return values.length > 0 ? Math.max(...values) : null;
}

/** Holds the estimates of the open project against its runs, keeps what came of it, and reads the whole record. */
export function adviceRecord({ options, projects }: LabContext): AdviceRecord {
  const path = fileOf(options.dataDir);
  const known = readJson(path, recordSchema, {});
  const project = projects.current;
  const now = { ...known };
  for (const advice of project.store.transferAdvice.all()) {
    const outcomes = outcomesOf(project, advice);
    const agreement = adviceScores.map((score) => {
      const advised = advice.backbones.map((backbone) => ({
        score: scoreOf(backbone, score),
        reached: outcomes.get(backbone.weights)?.accuracy ?? null,
      }));
      return [score, rankAgreement(advised)] as const;
    });
    if (agreement.some(([, { pairs }]) => pairs > 0))
      now[`${project.dir}#${advice.id}`] = Object.fromEntries(agreement) as (typeof known)[string];
  }
  if (JSON.stringify(now) !== JSON.stringify(known)) writeJson(path, now);
  const all = Object.values(now);
  return {
    advices: all.length,
    scores: adviceScores.map((score) => ({
      score,
      pairs: all.reduce((sum, one) => sum + one[score].pairs, 0),
      right: all.reduce((sum, one) => sum + one[score].right, 0),
    })),
  };
}
