import { z } from 'zod';
import { findingKinds } from '../../findings.ts';
import type { FindingKind } from '../../findings.ts';
import { itemSchema } from './items.ts';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

const kindSchema = z.enum(findingKinds as readonly [FindingKind, ...FindingKind[]]);

export const findingSchema = z.object({
  kind: kindSchema,
  /** Names the finding among its kind, from one check to the next. */
  key: z.string(),
  /** What fills its sentence (`findingReason`), class names included. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The pictures it is about, or examples: the first of many. */
  items: z.array(itemSchema),
  /** Every item it is about that was not left out; none where it is about a class or a split. */
  ids: z.array(z.number().int()),
  /** Class that the picture probably belongs to. */
  suggestedClass: z.number().int().nullable(),
  /** Items that could be left out so that the finding is gone and as much as possible stays. */
  leaveOut: z.array(z.number().int()),
  /** Split that all of them could be in, where being in several is what is wrong. */
  togetherIn: splitSchema.nullable(),
  /** A person said to keep it as it is. */
  kept: z.boolean(),
});
export type Finding = z.infer<typeof findingSchema>;

export const checkSummarySchema = z.object({
  /** The last check; null when there was none. */
  last: z
    .object({
      madeAt: z.string(),
      items: z.number().int(),
      /** Of them, those seen through a backbone: for label errors and outliers. */
      examined: z.number().int(),
      /** Title of the backbone; '' when none took part. */
      backbone: z.string(),
      /** Why labels were not judged: `no-weights`, `few-labels`, `busy`, `off`, `weak-model`; '' when they were. */
      skipped: z.string(),
      seconds: z.number(),
      /** Items were added or edited since. */
      stale: z.boolean(),
    })
    .nullable(),
  /** The check under way, as a job. */
  job: z.string().nullable(),
  /** Kinds that were found, in the order of `findingKinds`. */
  kinds: z.array(
    z.object({
      kind: kindSchema,
      /** Findings that still hold. */
      open: z.number().int(),
      /** Those that a person said to keep. */
      kept: z.number().int(),
    }),
  ),
});
export type CheckSummary = z.infer<typeof checkSummarySchema>;

export const checkMethods = {
  /** Starts a check as a job (one at a time: the one under way ends first). */
  'checks.start': method(
    z.object({
      /** Id of weights in the library; null: no model takes part. By default the best backbone there is. */
      weights: z.string().min(1).max(200).nullable().optional(),
    }),
    z.object({ job: z.string() }),
  ),
  'checks.summary': method(z.object({}), checkSummarySchema),
  /** A window of the findings of one kind, the most pressing first. */
  'checks.list': method(
    z.object({
      kind: kindSchema,
      /** Those a person said to keep, instead of those still open. */
      kept: z.boolean().default(false),
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(200),
    }),
    z.object({ total: z.number().int(), findings: z.array(findingSchema) }),
  ),
  /** Keep as it is and stop telling, or (`kept: false`) tell again. */
  'checks.keep': method(
    z.object({
      kind: kindSchema,
      keys: z.array(z.string().max(500)).min(1).max(10_000),
      kept: z.boolean().default(true),
    }),
    checkSummarySchema,
  ),
};
