import { z } from 'zod';
import { method } from '../method.ts';

export const predictionSchema = z.object({
  name: z.string(),
  /** Probabilities in the order of the run's classes; empty when the file could not be read. */
  probabilities: z.array(z.number()),
  /** By the run's operating point where it has one, else the most probable class. */
  predicted: z.number().int().nullable(),
  /** Whether the operating point decided otherwise than the probabilities alone would. */
  byThreshold: z.boolean(),
  /** The classes that cannot be ruled out, most probable first; null where the run makes no prediction sets. */
  set: z.array(z.number().int()).nullable(),
  /** How unlike the training pictures it is; null where the run has not learned what it knows. */
  novelty: z.object({ distance: z.number(), threshold: z.number(), unlike: z.boolean() }).nullable(),
  error: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .nullable(),
});
export type Prediction = z.infer<typeof predictionSchema>;

const MAX_BASE64 = 48 * 1024 * 1024;

/** A picture from anywhere: by path, or by content (base64) for a file dropped into a browser, which has no path. */
export const pictureSourceSchema = z.union([
  z.object({ path: z.string().min(1).max(4096) }),
  z.object({ name: z.string().max(1024), base64: z.string().max(MAX_BASE64) }),
]);

export const predictionMethods = {
  'predict.images': method(
    z.object({
      run: z.string(),
      images: z.array(pictureSourceSchema).min(1).max(1000),
    }),
    z.object({ classes: z.array(z.string()), predictions: z.array(predictionSchema) }),
  ),
};
