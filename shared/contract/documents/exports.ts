import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { method } from '../method.ts';

export const exportFormats = ['onnx', 'tfjs', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The ending of an export's main file, by format. */
export const exportEndings: Record<ExportFormat, string> = {
  onnx: 'onnx',
  tfjs: 'json',
  safetensors: 'safetensors',
};

/** The largest difference between two probabilities at which an export still counts as the same model. */
export const EXPORT_TOLERANCE = 1e-3;
/** The smallest share of pictures that must get the same class. */
export const EXPORT_AGREEMENT = 0.995;

/** What somebody without Graft has to know of a model: stored inside the file where the format has room, and beside it. */
export const modelCardSchema = z.object({
  graft: z.literal(1),
  /** In the order of the outputs. */
  classes: z.array(z.string()),
  input: z.object({
    name: z.literal('image'),
    /** Side of the square picture in pixels. */
    size: z.number().int(),
    layout: z.literal('[batch, size, size, 3]'),
    /** What the numbers are: nothing has to be done to them, the model scales them itself. */
    values: z.literal('RGB, 0 to 255, float32'),
    /** How a picture of another shape is brought to the square: stretched, or its largest centred square taken. */
    resize: z.enum(['stretch', 'crop']),
  }),
  output: z.literal('probabilities'),
  /** The logits are divided by this before the softmax; 1 where none was fitted. It is applied already. */
  temperature: z.number().positive(),
  /** Answer `class` where its probability reaches `threshold`; null where none was chosen. */
  operatingPoint: z.object({ class: z.string(), threshold: z.number() }).nullable(),
  /**
   * Answer "I don't know" where the second output of an ONNX file, `unfamiliarity` `[batch]`, is above this: the
   * picture is unlike those it was trained on. Null where no such rule was stored.
   */
  unknown: z
    .object({
      method: z.enum(['mahalanobis', 'neighbours']),
      threshold: z.number(),
      /** Share of pictures like the training ones that are still answered. */
      accepted: z.number(),
    })
    .nullable(),
  run: z.object({ id: z.string(), number: z.number().int(), name: z.string() }),
  recipe: recipeSchema,
  madeBy: z.string(),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/** How an export did when it was read back from disk and asked about held-out pictures. */
export const certificateSchema = z.object({
  format: z.enum(exportFormats),
  path: z.string(),
  /** Names of all its files, the main one first; they lie in one folder. */
  files: z.array(z.string()),
  bytes: z.number(),
  /** Of the main file, in hex. */
  sha256: z.string(),
  /** Pictures it was asked about: of the test split, else of validation. */
  checked: z.number().int(),
  /** Share of them that got the same class as from the model in Graft; null where there were none. */
  agreement: z.number().nullable(),
  /** Between probabilities of the two; null where there were none. */
  largestDifference: z.number().nullable(),
  /** Median time of one picture by itself, reading and resizing not counted. */
  msPerImage: z.number().nullable(),
  /** What it was timed on. */
  device: z.string(),
  /** Whether the two are the same model for all that was seen; null where nothing was checked. */
  agrees: z.boolean().nullable(),
  madeAt: z.string(),
});
export type Certificate = z.infer<typeof certificateSchema>;

const run = z.string().min(1).max(100);

export const exportMethods = {
  /** Writes a run's model and proves it: the file is read back and asked about held-out pictures. */
  'exports.model': method(
    z.object({ run, format: z.enum(exportFormats).default('onnx'), out: z.string().min(1).max(4096) }),
    certificateSchema,
  ),
  /** The certificates of what was exported from a run, the newest first. */
  'exports.list': method(z.object({ run }), z.array(certificateSchema)),
};
