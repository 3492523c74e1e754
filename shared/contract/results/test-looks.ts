import { z } from 'zod';
import { method } from '../method.ts';

export const testLooksSchema = z.object({
  /** Test results are not shown until a person opens the seal. */
  sealed: z.boolean(),
  /** Looks at test results, one per run and session, and how many runs they were at. */
  looks: z.number().int(),
  runs: z.number().int(),
  /**
   * So many runs were judged on it that choosing among them is fitting to the test split (Dwork et al. 2015,
   * "The reusable holdout"; Blum & Hardt 2015, "The Ladder").
   */
  worn: z.boolean(),
  /** The latest looks: when, at which run, from which host and screen or command. */
  latest: z.array(z.object({ at: z.string(), run: z.string(), number: z.number().int(), via: z.string() })),
});
export type TestLooks = z.infer<typeof testLooksSchema>;

export const splitStateSchema = z.object({
  /** Test items the run was judged on; 0 when it was not. */
  judged: z.number().int(),
  /** Of these: in training or validation now, and in no split, left out or relabelled. */
  moved: z.number().int(),
  gone: z.number().int(),
  /** The split the run was trained with, and the one of now, as SHA-256. */
  hash: z.string().nullable(),
  same: z.boolean(),
});
export type SplitState = z.infer<typeof splitStateSchema>;

export const testLookMethods = {
  'testLooks.get': method(z.object({}), testLooksSchema),
  /** Seals the test split, or opens it; both are noted in the project's audit. */
  'testLooks.seal': method(z.object({ sealed: z.boolean() }), testLooksSchema),
  /** Whether the present split is still the one a run was judged on. */
  'testLooks.splitState': method(z.object({ id: z.string() }), splitStateSchema),
};
