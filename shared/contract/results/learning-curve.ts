import { z } from 'zod';
import { method } from '../method.ts';

const interval = z.tuple([z.number(), z.number()]);
const expectedSchema = z.object({ items: z.number().int(), accuracy: z.number(), interval });
const pointSchema = z.object({
  items: z.number().int(),
  wrong: z.number().int(),
  tested: z.number().int(),
});

/** What heads on frozen features reached on validation when they learned from parts of the training split. */
export const learningCurveSchema = z.object({
  at: z.string(),
  collection: z.string().nullable(),
  backbone: z.string(),
  weights: z.string(),
  /** Pictures in training and in validation. */
  trained: z.number().int(),
  tested: z.number().int(),
  points: z.array(pointSchema),
  /** By size: the mean of the repeats, with the luck of the validation pictures (Wilson, 95 %). */
  measured: z.array(expectedSchema).default([]),
  /** With all training pictures, the mean over the repeats. */
  accuracy: z.number(),
  /** Where the accuracy should fall with more pictures, of all classes alike: 95 % intervals of a measurement. */
  forecasts: z.array(expectedSchema),
  /** The fitted curve with its band, from the fewest pictures measured to the most forecast. */
  fitted: z.array(expectedSchema).default([]),
  /** The classes of the lowest recall: what more of one alone should add to the accuracy, as shares. */
  classes: z.array(
    z.object({
      name: z.string(),
      items: z.number().int(),
      recall: z.number(),
      more: z.number().int(),
      gain: z.number(),
      interval,
    }),
  ),
});
export type LearningCurve = z.infer<typeof learningCurveSchema>;

/** An earlier forecast beside what came of it. */
export const keptForecastSchema = z.object({
  at: z.string(),
  /** Pictures it was made with, and those there are now. */
  from: z.number().int(),
  items: z.number().int(),
  interval,
  came: z.number(),
  held: z.boolean(),
});

export const learningCurveMethods = {
  /** Trains small heads on cached features as a job; see `learningCurve.get` for what came of it. */
  'learningCurve.start': method(
    z.object({ collection: z.string().nullable().default(null), weights: z.string().optional() }),
    z.object({ job: z.string() }),
  ),
  /** The last curve, and how earlier forecasts turned out. */
  'learningCurve.get': method(
    z.object({ collection: z.string().nullable().default(null) }),
    z.object({ curve: learningCurveSchema.nullable(), earlier: z.array(keptForecastSchema) }),
  ),
};
