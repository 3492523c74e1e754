import { z } from 'zod';
import { method } from '../method.ts';
import { pictureSourceSchema } from './predictions.ts';

export const explainedSchema = z.object({
  /** Probabilities in the order of the run's classes; empty when the picture could not be read. */
  probabilities: z.array(z.number()),
  /** The class the map speaks for. */
  classIndex: z.number().int(),
  /** `[height * width]` by rows, 0 to 1: how much each place speaks for the class, 1 for the strongest. */
  map: z.array(z.number()),
  error: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .nullable(),
});
export type Explained = z.infer<typeof explainedSchema>;

export const explanationsSchema = z.object({
  height: z.number().int(),
  width: z.number().int(),
  /** What part of a picture the map covers: all of it, or the square in its middle. */
  resize: z.enum(['stretch', 'crop']),
  pictures: z.array(explainedSchema),
  /** Rank correlation with the maps of random weights, mean over the pictures: near 0 where the maps were learned. */
  sanity: z.object({ correlation: z.number(), randomised: z.enum(['network', 'head']) }),
});
export type Explanations = z.infer<typeof explanationsSchema>;

export const explanationMethods = {
  /** Where a run's network looked (Grad-CAM), for the class it predicts or for the one asked about. */
  'explanations.get': method(
    z.object({
      run: z.string(),
      images: z
        .array(z.union([z.object({ item: z.number().int() }), pictureSourceSchema]))
        .min(1)
        .max(16),
      classIndex: z.number().int().min(0).nullable().default(null),
    }),
    explanationsSchema,
  ),
};
