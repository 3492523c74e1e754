import { z } from 'zod';
import { method } from './method.ts';

export const weightsEntrySchema = z.object({
  /** Content hash: the name of the file in the library. */
  id: z.string(),
  arch: z.string(),
  alpha: z.number(),
  /** Whether the classifier on top came along. */
  withTop: z.boolean(),
  classes: z.number().int().nullable(),
  params: z.number().int(),
  bytes: z.number(),
  /** File or folder it was imported from, and in which format. */
  source: z.string(),
  format: z.string(),
  importedAt: z.string(),
});
export type WeightsEntry = z.infer<typeof weightsEntrySchema>;

/** What a publisher states of a file's content. */
export const checksumSchema = z.object({
  algorithm: z.enum(['md5', 'sha256']),
  /** Hex digits; PyTorch states the first eight only. */
  value: z.string().regex(/^[0-9a-f]{8,64}$/),
});
export type Checksum = z.infer<typeof checksumSchema>;

/** A weight file as its publisher offers it. What the publisher does not state is null. */
export const publishedSchema = z.object({
  file: z.string(),
  url: z.string(),
  bytes: z.number().nullable(),
  checksum: checksumSchema.nullable(),
  alpha: z.number(),
  withTop: z.boolean(),
});
export type PublishedWeights = z.infer<typeof publishedSchema>;

/** What became of the files that lay in the inbox. */
export const inboxReportSchema = z.object({
  /** The inbox folder. */
  path: z.string(),
  imported: z.array(z.object({ file: z.string(), entry: weightsEntrySchema })),
  /** Files imported at an earlier time and not changed since. */
  known: z.array(z.string()),
  failed: z.array(
    z.object({
      file: z.string(),
      error: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
    }),
  ),
});
export type InboxReport = z.infer<typeof inboxReportSchema>;

/** What a person says of a network that is no architecture of the zoo; what is left out is found out or guessed. */
export const graphChoicesSchema = z.object({
  /** Name of the tensor that its features are. */
  cut: z.string().max(1000).optional(),
  layout: z.enum(['NHWC', 'NCHW']).optional(),
  /** Side of its pictures, for networks that take any. */
  size: z.number().int().min(16).max(1024).optional(),
  preprocessing: z.enum(['tf', 'caffe', 'torch', 'unit', 'none']).optional(),
});
export type GraphChoices = z.infer<typeof graphChoicesSchema>;

/** What such a network takes, and where it can be cut. */
export const graphInspectionSchema = z.object({
  input: z.string(),
  layout: z.enum(['NHWC', 'NCHW']),
  size: z.number().int(),
  fixedSize: z.boolean(),
  batch: z.enum(['any', 'one']),
  preprocessing: z.enum(['tf', 'caffe', 'torch', 'unit', 'none']),
  cuts: z.array(
    z.object({
      name: z.string(),
      op: z.string(),
      shape: z.array(z.number().int()),
      channelsLast: z.boolean(),
    }),
  ),
  defaultCut: z.string(),
});
export type GraphInspection = z.infer<typeof graphInspectionSchema>;

export const architectureSchema = z.object({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  /** Parameters without the classifier, at alpha 1. */
  params: z.number().int(),
  featureWidth: z.number().int(),
  inputSize: z.number().int(),
  minInputSize: z.number().int(),
  /** ImageNet top-1 in percent of the published weights; null where none are published. */
  top1: z.number().nullable(),
  licence: z.string(),
  paper: z.object({ title: z.string(), url: z.string() }),
  alphas: z.array(z.number()),
  blocks: z.array(z.object({ id: z.string(), layers: z.number().int(), params: z.number().int() })),
  /** First block that fine-tuning trains by default. */
  defaultCut: z.string(),
  /** An imported network: nothing of it can be trained. */
  frozenOnly: z.boolean(),
  published: z.array(publishedSchema),
  installed: z.array(weightsEntrySchema),
});
export type Architecture = z.infer<typeof architectureSchema>;

export const layerRowSchema = z.object({
  name: z.string(),
  type: z.string(),
  block: z.string(),
  outputShape: z.array(z.number().int().nullable()),
  params: z.number().int(),
  /** Those of `params` that follow the data and not a gradient: a batch normalization's mean and variance. */
  statistics: z.number().int(),
  /** Multiplications with additions for one picture. */
  macs: z.number(),
  /** Names of the layers it reads; a name that is none of them is the input. */
  inputs: z.array(z.string()),
});
export type LayerRow = z.infer<typeof layerRowSchema>;

/** What a backbone's frozen pass takes on this machine, as measured here. */
export const backboneSpeedSchema = z.object({
  arch: z.string(),
  alpha: z.number(),
  /** Side of the input in pixels. */
  inputSize: z.number().int(),
  /** As the engine names it: "CPU, 2 threads". */
  device: z.string(),
  msPerImage: z.number().positive(),
  /** Bytes the engine grew by while it ran; null where it could not be told. */
  memory: z.number().nullable(),
  /** Pictures in one pass. */
  batch: z.number().int(),
  /** On request, or by the way in a run (which decodes pictures at the same time). */
  from: z.enum(['measurement', 'run']),
  at: z.string(),
});
export type BackboneSpeed = z.infer<typeof backboneSpeedSchema>;

export const zooMethods = {
  'zoo.list': method(z.object({}), z.array(architectureSchema)),
  'zoo.layers': method(
    z.object({
      arch: z.string(),
      alpha: z.number().positive().default(1),
      inputSize: z.number().int().min(16).max(1024),
      /** Filters of each block, for a network that was trained from scratch: then `arch` says nothing. */
      channels: z.array(z.number().int().min(1).max(1024)).min(1).max(6).optional(),
    }),
    z.array(layerRowSchema),
  ),
  /** What was measured on this machine, the latest of each backbone, size and device. */
  'zoo.speeds': method(z.object({}), z.array(backboneSpeedSchema)),
  /** Measures now; runs as a job that can be cancelled. */
  'zoo.measure': method(
    z.object({
      arch: z.string(),
      alpha: z.number().positive().default(1),
      inputSize: z.number().int().min(16).max(1024),
    }),
    backboneSpeedSchema,
  ),
  /** Imports a weights file or folder into the library; `as` names the architecture where it cannot be told. */
  'zoo.import': method(
    z.object({
      path: z.string().min(1).max(4096),
      as: z.string().optional(),
      graph: graphChoicesSchema.optional(),
    }),
    weightsEntrySchema,
  ),
  /** Takes the backbone of a finished run of the open project into the library, for every project to carry over. */
  'zoo.keep': method(z.object({ run: z.string() }), weightsEntrySchema),
  /** Of a file that is a whole network (ONNX): what can be chosen for its import. null for a file of weights. */
  'zoo.inspect': method(
    z
      .object({ path: z.string().min(1).max(4096) })
      .extend(graphChoicesSchema.pick({ layout: true, size: true }).shape),
    graphInspectionSchema.nullable(),
  ),
  'zoo.remove': method(z.object({ id: z.string() }), z.null()),
  /**
   * Fetches a published file over the network, as a job; nothing else in Graft goes online. `file` is its name in
   * `published`. Ends with the imported weights.
   */
  'zoo.download': method(z.object({ arch: z.string(), file: z.string() }), z.object({ job: z.string() })),
  /** Imports the files that lie in the inbox, the folder for what was fetched by hand. */
  'zoo.inbox': method(z.object({}), inboxReportSchema),
};
