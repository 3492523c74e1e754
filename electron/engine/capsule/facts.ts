import { z } from 'zod';

/** What a capsule says of itself. */
export const capsuleFactsSchema = z.object({
  capsule: z.literal(1),
  /** Version of Graft that made it. */
  madeBy: z.string().max(100),
  madeAt: z.string().max(100),
  run: z.string().regex(/^[\w-]{1,100}$/),
  pictures: z.number().int().min(0),
});
export type CapsuleFacts = z.infer<typeof capsuleFactsSchema>;
