import { z } from 'zod';
import { augmentationSchema } from '../../recipe/augmentation.ts';
import { recipeSchema } from '../../recipe/recipe.ts';
import { method } from '../method.ts';

export const rateCurveSchema = z.object({
  /** Learning rates tried, rising; the test ends where the loss blows up. */
  rates: z.array(z.number()),
  /** Smoothed training loss at each. */
  losses: z.array(z.number()),
  /** Where the loss falls fastest; null when it never fell. */
  suggestion: z.number().nullable(),
});
export type RateCurve = z.infer<typeof rateCurveSchema>;

/** Help in choosing a recipe's numbers; nothing here changes the project. */
export const tuningMethods = {
  /** Learning-rate range test of one stage (counted from 0); runs as a job that can be cancelled. */
  'tuning.findRate': method(
    z.object({
      recipe: recipeSchema,
      stage: z.number().int().min(0).default(0),
      steps: z.number().int().min(10).max(2000).default(100),
    }),
    rateCurveSchema,
  ),
  /** What an augmentation does to a person's own pictures: for each item, `count` PNG files as base64. */
  'tuning.previewAugmentation': method(
    z.object({
      augmentation: augmentationSchema,
      items: z.array(z.number().int()).min(1).max(12),
      count: z.number().int().min(1).max(12).default(4),
      size: z.number().int().min(16).max(512).default(160),
      seed: z.number().int().min(0).default(42),
    }),
    z.array(z.array(z.string())),
  ),
};
