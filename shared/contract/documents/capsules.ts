import { z } from 'zod';
import { method } from '../method.ts';
import { projectSchema } from '../projects.ts';

const path = z.string().min(1).max(4096);

export const capsuleMethods = {
  /**
   * Writes one file with all it takes to verify a run on another machine: recipe, weights, predictions, split, hashes,
   * and the pictures themselves if wanted.
   */
  'capsules.save': method(
    z.object({ run: z.string().min(1).max(100), pictures: z.boolean().default(true), out: path }),
    z.object({ path: z.string(), bytes: z.number(), entries: z.number().int(), sha256: z.string() }),
  ),
  /** Checks every hash of a capsule and opens it as a project in `dir`, a new or empty folder. */
  'capsules.open': method(
    z.object({ file: path, dir: path }),
    z.object({
      project: projectSchema,
      run: z.string(),
      /** Files whose hashes were right. */
      entries: z.number().int(),
      /** Pictures it brought; 0 for a capsule without. */
      pictures: z.number().int(),
      /** The model asked again about held-out pictures, against what the capsule says it answered; null without pictures. */
      again: z
        .object({ checked: z.number().int(), same: z.number().int(), largestDifference: z.number() })
        .nullable(),
    }),
  ),
};
