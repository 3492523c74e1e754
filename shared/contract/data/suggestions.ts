import { z } from 'zod';
import { itemFilterSchema } from './items.ts';
import { method } from '../method.ts';
import { projectSchema } from '../projects.ts';

export const suggestionSummarySchema = z.object({
  /** The head that made the suggestions there are; null while they are off. */
  last: z
    .object({
      /** When they, or what is said of labelled items, last changed. */
      madeAt: z.string(),
      /** Title of the backbone whose features it learned from, and the id of its weights. */
      backbone: z.string(),
      weights: z.string(),
      /** Labels it learned from, and classes they are of. */
      labels: z.number().int(),
      classes: z.number().int(),
      /** Time it took to train the head and to predict, in seconds. */
      seconds: z.number(),
      /** Items without a label that it says something of. */
      open: z.number().int(),
      /** Items by what it says of them, as the filter has them: with the labels there were when it said so. */
      counts: z.object({
        suggested: z.number().int(),
        agrees: z.number().int(),
        disagrees: z.number().int(),
      }),
      /**
       * How often heads agree with labels that they have not seen (cross-validation): an estimate of how often a
       * suggestion is right, 0 to 1, with its 95 % interval; null where there are too few labels to hold any out.
       */
      accuracy: z
        .object({ value: z.number(), low: z.number(), high: z.number(), judged: z.number().int() })
        .nullable(),
      /** Items or labels changed since. */
      stale: z.boolean(),
    })
    .nullable(),
  /** The job that makes them, when it takes long enough to be one. */
  job: z.string().nullable(),
  /** There are too few labels to learn from: two of each of two classes. */
  fewLabels: z.boolean(),
});
export type SuggestionSummary = z.infer<typeof suggestionSummarySchema>;

export const suggestionMethods = {
  'suggestions.summary': method(z.object({}), suggestionSummarySchema),
  /**
   * Turns suggestions on, or makes them anew from scratch, as a job: features of all items where they are not cached,
   * a head, its cross-validation and the labelling queue. Its result is a SuggestionSummary.
   */
  'suggestions.start': method(
    z.object({
      /** Id of weights in the library; by default those that suggested last, else the latest run's, else the best. */
      weights: z.string().min(1).max(200).optional(),
    }),
    z.object({ job: z.string() }),
  ),
  /**
   * Trains the head anew on today's labels: while features are in memory a matter of less than a second. After enough
   * new labels, items with a label are judged anew behind it; `suggestions.changed` says when. Does nothing while
   * suggestions are off. Items whose features are missing are seen to as a job.
   */
  'suggestions.update': method(
    z.object({
      /** The item in hand: the queue stays as it is up to this many items beyond it, and is made anew from there. */
      after: z.number().int().optional(),
      ahead: z.number().int().min(0).max(10_000).default(0),
    }),
    suggestionSummarySchema,
  ),
  /** Turns suggestions off and forgets them. */
  'suggestions.stop': method(z.object({}), suggestionSummarySchema),
  /** Labels items that have no label as suggested, as one edit: those named, or all that a filter shows. */
  'suggestions.accept': method(
    z.union([
      z.object({ ids: z.array(z.number().int()).min(1).max(1_000_000) }),
      z.object({ filter: itemFilterSchema }),
    ]),
    z.object({ changed: z.number().int(), project: projectSchema }),
  ),
};
