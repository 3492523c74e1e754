import { z } from 'zod';

const share = z.number().min(0).max(1);

/** How training pictures are varied; validation and test pictures never are. Everything is off at 0. */
export const augmentationSchema = z.object({
  /** Largest rotation either way, in degrees. */
  rotation: z.number().min(0).max(180).default(0),
  /** Largest shift either way, as a share of the side. */
  shift: share.default(0),
  /** Largest shear angle either way, in radians. */
  shear: share.default(0),
  /** Zoom between 1 - zoom and 1 + zoom. */
  zoom: share.default(0),
  flipHorizontal: z.boolean().default(false),
  flipVertical: z.boolean().default(false),
  /** Largest change either way, as a share. */
  brightness: share.default(0),
  contrast: share.default(0),
  saturation: share.default(0),
  /** Probability that a box is blanked out. */
  erasing: share.default(0),
  /** Strength of mixup and cutmix (parameter of the beta distribution); only where pixels enter the step. */
  mixup: z.number().min(0).max(10).default(0),
  cutmix: z.number().min(0).max(10).default(0),
  /** Where features are cached: how many augmented variants of each picture. */
  variants: z.number().int().min(1).max(50).default(5),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** The settings of Sarkar's guide to transfer learning: the point to start from with photographs. */
export const guideAugmentation: Augmentation = augmentationSchema.parse({
  rotation: 50,
  shift: 0.2,
  shear: 0.2,
  zoom: 0.3,
  flipHorizontal: true,
});
