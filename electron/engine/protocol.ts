import { z } from 'zod';
import { augmentationSchema } from '../../shared/recipe/augmentation.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import { engineInfoSchema } from '../../shared/contract/app.ts';
import { deviceMeasurementSchema, deviceTargetSchema } from '../../shared/contract/devices.ts';
import {
  architectureSchema,
  backboneSpeedSchema,
  graphChoicesSchema,
  graphInspectionSchema,
  layerRowSchema,
  weightsEntrySchema,
} from '../../shared/contract/zoo.ts';
import {
  certificateSchema,
  exportFormats,
  modelCardSchema,
} from '../../shared/contract/documents/exports.ts';
import { capsuleFactsSchema } from './capsule/facts.ts';
import { reportDataSchema } from '../report/report-data.ts';
import { backboneEstimateSchema } from '../../shared/contract/results/transferability.ts';
import {
  epochSchema,
  runPlanSchema,
  runProgressSchema,
  secondsSchema,
} from '../../shared/contract/runs/runs.ts';
import { splitSchema } from '../../shared/contract/projects.ts';
import { splitGroupsSchema, splitNoteSchema } from '../../shared/contract/data/splitting.ts';
import type { Statistics } from '../evaluation/statistics.ts';

/**
 * What main and the engine process say to each other. The same process code runs twice: once as
 * `compute` (tfjs, training) and once as `media` (decoding, thumbnails), so that importing and looking
 * at pictures go on while a native call keeps the compute process busy.
 *
 * A request may be answered by any number of `progress` messages before its result.
 * Messages are structured clones (typed arrays travel as they are).
 */

const path = z.string().min(1);

export const scannedEntrySchema = z.object({
  path,
  label: z.string().nullable(),
  split: splitSchema.nullable(),
  /** What further columns of a manifest say of the picture: patient, camera, session. */
  attributes: z.record(z.string(), z.string()).optional(),
  /** A code of `warningReasons`: what is odd about how the source describes the picture. */
  warning: z.string().optional(),
});
export type ScannedEntry = z.infer<typeof scannedEntrySchema>;
const skippedSchema = z.object({ path, reason: z.string() });

export const inspectedSchema = z.object({
  path,
  /** Null when the file can be used; otherwise the code of why it cannot. */
  broken: z.string().nullable(),
  warnings: z.array(z.string()),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number(),
  format: z.string(),
  /** Of the file's bytes; empty when it could not be read. */
  sha256: z.string(),
  /** 64-bit difference hash as 16 hex digits; empty when there is none. */
  dhash: z.string(),
});
export type Inspected = z.infer<typeof inspectedSchema>;

/** A picture to train on or to predict. `classIndex` is -1 where the label is unknown. */
export const datasetItemSchema = z.object({
  id: z.number().int(),
  path,
  sha256: z.string(),
  classIndex: z.number().int(),
  split: splitSchema,
});
export type DatasetItem = z.infer<typeof datasetItemSchema>;

/** A picture from anywhere; `data` is a file's content. */
const imageSchema = z.object({
  name: z.string(),
  path: path.optional(),
  data: z.custom<Uint8Array>((value) => value instanceof Uint8Array).optional(),
});

/** Where an engine call finds and leaves things. */
export const placesSchema = z.object({
  /** The user's weights library. */
  libraryDir: path,
  /** The project's cache folder: safe to delete at any time. */
  cacheDir: path,
  /** The project's runs folder, one folder per run. */
  runsDir: path,
});
export type Places = z.infer<typeof placesSchema>;

const predictionsSchema = z.object({
  ids: z.array(z.number().int()),
  /** [n * classes], rows in the order of `ids`. */
  probabilities: z.custom<Float32Array>((value) => value instanceof Float32Array),
  /** Items that could not be decoded. */
  failed: z.array(z.object({ id: z.number().int(), reason: z.string() })),
});
export type StoredPredictions = z.infer<typeof predictionsSchema>;

/** What one picture's way through a whole frozen backbone cost. */
const passSchema = backboneSpeedSchema.pick({ msPerImage: true, memory: true, batch: true });
export type BackbonePass = z.infer<typeof passSchema>;

export const trainResultSchema = z.object({
  /** True when the user stopped the run before its last epoch. */
  stopped: z.boolean(),
  seconds: secondsSchema,
  imagesPerSecond: z.number().nullable(),
  params: z.object({ trainable: z.number().int(), frozen: z.number().int() }),
  frozenUnchanged: z.boolean().nullable(),
  bestEpoch: z.number().int().nullable(),
  device: z.string(),
  /** Of the whole backbone, where the run computed its features from scratch and without augmentation. */
  pass: passSchema.nullable().optional(),
  predictions: z.object({ validation: predictionsSchema.nullable(), test: predictionsSchema.nullable() }),
});
export type TrainResult = z.infer<typeof trainResultSchema>;

/** What the compute process is and computes on. */
const infoSchema = engineInfoSchema.omit({ state: true, restarts: true });

const float32Array = z.custom<Float32Array>((value) => value instanceof Float32Array);
const int32Array = z.custom<Int32Array>((value) => value instanceof Int32Array);
const int8Array = z.custom<Int8Array>((value) => value instanceof Int8Array);
const nothing = z.null();

/** Items with the labels that a head on held features learns from; see `suggest`. */
const labelledItems = {
  key: z.string(),
  ids: int32Array,
  /** Index in `classIds` per item, -1 for none. */
  y: int32Array,
  classIds: z.array(z.number().int()).min(2),
};

/** What a run said about some items: the input of every statistic. */
const judgedItemsSchema = z.object({
  classes: z.array(z.string()),
  /** Class index per item, -1 for none, `[n]`. */
  truths: int32Array,
  /** `[n * classes]`, one row per item. */
  probabilities: float32Array,
});
export type JudgedItems = z.infer<typeof judgedItemsSchema>;
const none = z.object({});

/** A head that learned from `items` pictures: its errors on validation, and per class what it got right. */
const curveTrialSchema = z.object({
  items: z.number().int(),
  wrong: z.number().int(),
  tested: z.number().int(),
  correct: z.array(z.number().int()),
});

export const engineMethods = {
  info: { params: none, progress: nothing, result: infoSchema },
  /** Says what `auto` means from now on. `adapter` is its name for people. */
  useDevice: {
    params: deviceTargetSchema.extend({ adapter: z.string().optional() }),
    progress: nothing,
    result: infoSchema,
  },
  /** Trains a small network on a device and on the CPU. It may end the process: ask one that nobody else needs. */
  checkDevice: { params: deviceTargetSchema, progress: nothing, result: deviceMeasurementSchema },
  // media
  scan: {
    params: z.object({ path, kind: z.enum(['auto', 'folder', 'csv', 'coco', 'voc']) }),
    progress: z.object({ entries: z.array(scannedEntrySchema), skipped: z.array(skippedSchema) }),
    result: z.object({ entries: z.number().int(), skipped: z.number().int() }),
  },
  /** Unpacks a ZIP archive of pictures into a folder of its own in `into`; see `unpackArchive`. */
  unpack: {
    params: z.object({ path, into: path }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({ root: path, folder: path, fresh: z.boolean(), skipped: z.array(skippedSchema) }),
  },
  inspect: {
    params: z.object({ paths: z.array(path) }),
    progress: z.object({ inspected: z.array(inspectedSchema) }),
    result: nothing,
  },
  /** Positions of files that are not there, and the folder that each should lie in; see `findMissing`. */
  findMissing: {
    params: z.object({ paths: z.array(path) }),
    progress: nothing,
    result: z.array(z.object({ index: z.number().int(), folder: z.string() })),
  },
  /** Looks for files in a folder they may have moved to; see `findMoved`. */
  findMoved: {
    params: z.object({
      folder: path,
      wanted: z.array(z.object({ path, bytes: z.number(), sha256: z.string() })),
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({ places: z.array(z.string().nullable()), differing: z.number().int() }),
  },
  /** Whether files that have just appeared are whole; null for one that is gone again. */
  lookAtArrivals: {
    params: z.object({ paths: z.array(path) }),
    progress: nothing,
    result: z.array(z.object({ bytes: z.number(), modified: z.number(), whole: z.boolean() }).nullable()),
  },
  /** Writes a WebP whose longer side is at most `size` pixels. */
  thumbnail: {
    params: z.object({ path, out: path, size: z.number().int().min(16).max(4096) }),
    progress: nothing,
    result: nothing,
  },
  /** Brightness, sharpness and colours of pictures, and a second hash: see `measurePictures`. */
  measurePictures: {
    params: z.object({ items: z.array(z.object({ path, sha256: z.string() })), cacheDir: path }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({ measures: float32Array, turned: z.array(z.string()) }),
  },
  /** Groups of positions whose difference hashes are close; see `nearDuplicates`. */
  groupDuplicates: {
    params: z.object({ hashes: z.array(z.string()), turned: z.array(z.string()) }),
    progress: nothing,
    result: z.array(z.array(z.number().int())),
  },
  /** Where learning curves lead: the error at each number of items, or with `from` how much it falls from there. */
  forecast: {
    params: z.object({
      asks: z.array(
        z.object({
          points: z.array(z.object({ items: z.number(), wrong: z.number(), tested: z.number() })),
          from: z.number().int().nullable(),
          to: z.array(z.number().int()),
          tested: z.number().int(),
        }),
      ),
    }),
    progress: nothing,
    result: z.array(z.array(z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]) }))),
  },
  /** Deals items out to the splits without parting what belongs together; one position an item. See `dealItems`. */
  dealSplits: {
    params: z.object({
      ids: int32Array,
      /** -1 for none. */
      classIds: int32Array,
      /** Place of the split they have among train, validation, test; -1 for none. */
      given: int8Array,
      sha256: z.array(z.string()),
      /** '' where a picture is not to be compared. */
      dhash: z.array(z.string()),
      /** Further groupings: equal values go together, '' is none. */
      keys: z.array(z.array(z.string())),
      shares: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
      seed: z.number().int(),
      /** Leave items that have a split where they are. */
      keepGiven: z.boolean(),
    }),
    progress: nothing,
    result: z.object({
      /** As `given`. */
      splits: int8Array,
      /** Cluster of every item: the lowest position in it. */
      clusters: int32Array,
      groups: splitGroupsSchema,
      /** Pictures in a chain of look-alikes too long to be kept together; 0 for none. */
      tooAlike: z.number().int(),
      notes: z.array(splitNoteSchema.omit({ class: true }).extend({ classId: z.number().int().nullable() })),
    }),
  },
  /** Everything that is worked out once about predictions: see `statisticsSteps`. */
  evaluatePredictions: {
    params: z.object({ judged: judgedItemsSchema, validation: judgedItemsSchema.nullable() }),
    progress: z.object({ done: z.number(), total: z.number() }),
    // Both ends are the same build; the lab checks what it makes of it when it reads it from disk.
    result: z.custom<Statistics>((value) => typeof value === 'object' && value !== null),
  },
  sample: {
    params: z.object({ dir: path, seed: z.number().int() }),
    progress: z.object({ done: z.number(), total: z.number() }),
    /** Folders of the two domains, each with split folders of class folders. */
    result: z.object({ source: path, target: path }),
  },
  // zoo
  zooList: { params: z.object({ libraryDir: path }), progress: nothing, result: z.array(architectureSchema) },
  zooLayers: {
    params: z.object({
      libraryDir: path,
      arch: z.string(),
      alpha: z.number(),
      inputSize: z.number().int(),
      channels: z.array(z.number().int()).optional(),
    }),
    progress: nothing,
    result: z.array(layerRowSchema),
  },
  weightsImport: {
    params: z.object({
      path,
      as: z.string().optional(),
      graph: graphChoicesSchema.optional(),
      libraryDir: path,
    }),
    progress: nothing,
    result: weightsEntrySchema,
  },
  /** Takes the body of a finished run into the library, under the run's name. */
  weightsFromRun: {
    params: z.object({ runDir: path, name: z.string(), libraryDir: path }),
    progress: nothing,
    result: weightsEntrySchema,
  },
  weightsInspect: {
    params: z.object({ path }).extend(graphChoicesSchema.pick({ layout: true, size: true }).shape),
    progress: nothing,
    result: graphInspectionSchema.nullable(),
  },
  weightsRemove: {
    params: z.object({ id: z.string(), libraryDir: path }),
    progress: nothing,
    result: nothing,
  },
  // compute
  plan: {
    params: z.object({ recipe: recipeSchema, classes: z.number().int(), places: placesSchema }),
    progress: nothing,
    result: runPlanSchema.pick({ trainableParams: true, frozenParams: true, featureWidth: true }),
  },
  /**
   * What cross-validated heads on a backbone's features think of labelled items, and how far each lies from the
   * others. `groups` names copies of one picture, which go together.
   */
  examine: {
    params: z.object({
      recipe: recipeSchema,
      classes: z.array(z.string()),
      items: z.array(datasetItemSchema),
      groups: z.array(z.number().int()),
      /** Difference hash of every item; '' for none. */
      hashes: z.array(z.string()),
      folds: z.number().int().min(2),
      seed: z.number().int(),
      places: placesSchema,
    }),
    progress: z.object({
      phase: z.enum(['features', 'train', 'evaluate']),
      done: z.number(),
      total: z.number(),
    }),
    result: z.object({
      /** Items that gave a picture; the rows of all that follows. */
      ids: z.array(z.number().int()),
      /** Out of fold, `[n * classes]`. */
      probabilities: float32Array,
      logLoss: z.number(),
      /** Mean cosine distance to the nearest neighbours. */
      distances: float32Array,
      /** Pairs of items that features and hashes together take for the same picture, by id. */
      alike: z.array(z.array(z.number().int())),
    }),
  },
  /** Holds features of items in memory for `suggest`; see `holdFeatures`. `total`: items there will be in the end. */
  holdFeatures: {
    params: z.object({
      key: z.string(),
      total: z.number().int(),
      recipe: recipeSchema,
      items: z.array(datasetItemSchema).max(4096),
      places: placesSchema,
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: nothing,
  },
  releaseFeatures: { params: none, progress: nothing, result: nothing },
  /** Trains a head on held features and predicts every item without a label with it; see `suggest`. */
  suggest: {
    params: z.object(labelledItems),
    progress: nothing,
    result: z.object({
      /** Items whose features must be held first; then nothing was done. */
      missing: int32Array,
      suggested: z
        .object({
          /** Likeliest class per item, -1 where nothing was said of it. */
          classes: int32Array,
          probabilities: float32Array,
          /** Place in the labelling queue from 0, -1 for labelled items. */
          ranks: int32Array,
          seconds: z.number(),
        })
        .nullable(),
    }),
  },
  /** Says of items with a label what heads on held features think that have not seen it; see `judgeLabels`. */
  judgeSuggestions: {
    params: z.object({
      ...labelledItems,
      /** Copies of one picture share a number. */
      groups: int32Array,
    }),
    progress: nothing,
    result: z.object({
      missing: int32Array,
      judgement: z
        .object({
          /** Likeliest class per item, -1 where nothing was said of it. */
          classes: int32Array,
          probabilities: float32Array,
          /** Labelled items judged, and those of them where the head agrees. */
          judged: z.number().int(),
          agreeing: z.number().int(),
        })
        .nullable(),
    }),
  },
  /** How heads do on validation that learned from parts of the training split; see `measureLearningCurve`. */
  learningCurve: {
    params: z.object({
      recipe: recipeSchema,
      classes: z.array(z.string()),
      items: z.array(datasetItemSchema),
      repeats: z.number().int().min(1),
      seed: z.number().int(),
      places: placesSchema,
    }),
    progress: z.object({ phase: z.enum(['features', 'train']), done: z.number(), total: z.number() }),
    result: z.object({
      overall: z.array(curveTrialSchema),
      /** Of the weakest classes, the number of items being that of the class. */
      perClass: z.array(z.object({ classIndex: z.number().int(), trials: z.array(curveTrialSchema) })),
      tested: z.number().int(),
    }),
  },
  /** What a backbone sees in labelled items at several of its cuts: estimates of how well it would transfer. */
  estimateTransfer: {
    params: z.object({
      recipe: recipeSchema,
      classes: z.array(z.string()),
      items: z.array(datasetItemSchema),
      folds: z.number().int().min(2),
      seed: z.number().int(),
      /** Cuts looked at, counted from the top. */
      cuts: z.number().int().min(1),
      places: placesSchema,
    }),
    progress: z.object({
      phase: z.enum(['features', 'train', 'evaluate']),
      done: z.number(),
      total: z.number(),
    }),
    result: backboneEstimateSchema,
  },
  /** Times the frozen pass of a backbone with random weights: none of its time depends on their values. */
  measure: {
    params: z.object({ libraryDir: path, arch: z.string(), alpha: z.number(), inputSize: z.number().int() }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: passSchema.extend({ device: z.string() }),
  },
  /** Control: pause, resume, stop (keeps what was learned), cancel. */
  train: {
    params: z.object({
      run: z.string(),
      recipe: recipeSchema,
      classes: z.array(z.string()),
      items: z.array(datasetItemSchema),
      places: placesSchema,
      /** Go on from the run's checkpoint. */
      resume: z.boolean(),
    }),
    progress: z.union([
      z.object({ kind: z.literal('progress'), progress: runProgressSchema.omit({ run: true }) }),
      z.object({ kind: z.literal('epoch'), epoch: epochSchema }),
      z.object({ kind: z.literal('paused') }),
      z.object({ kind: z.literal('resumed') }),
    ]),
    result: trainResultSchema,
  },
  /** Learning-rate range test of one stage (counted from 0). */
  findRate: {
    params: z.object({
      run: z.string(),
      recipe: recipeSchema,
      classes: z.array(z.string()),
      items: z.array(datasetItemSchema),
      places: placesSchema,
      stage: z.number().int().min(0),
      steps: z.number().int().min(10).max(2000),
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({
      rates: z.array(z.number()),
      losses: z.array(z.number()),
      suggestion: z.number().nullable(),
    }),
  },
  /** Augmented pictures as PNG files: `count` of each path. */
  previewAugmentation: {
    params: z.object({
      paths: z.array(path),
      augmentation: augmentationSchema,
      count: z.number().int().min(1),
      size: z.number().int().min(16),
      seed: z.number().int(),
    }),
    progress: nothing,
    result: z.array(z.array(z.custom<Uint8Array>((value) => value instanceof Uint8Array))),
  },
  /** Predicts items of the project with a finished run's model. */
  predict: {
    params: z.object({ run: z.string(), items: z.array(datasetItemSchema), places: placesSchema }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: predictionsSchema,
  },
  /** Predicts pictures from anywhere. Rows in the order given. */
  predictImages: {
    params: z.object({
      run: z.string(),
      images: z.array(imageSchema),
      places: placesSchema,
    }),
    progress: nothing,
    result: z.object({
      probabilities: z.array(z.array(z.number())),
      /** Reason code per picture that could not be read, else null. */
      failed: z.array(z.string().nullable()),
      /** How far from what the run knows (see `learnNovelty`); null where it has not learned that. */
      distances: z.array(z.number().nullable()),
    }),
  },
  /**
   * Keeps the features of training pictures in the run's folder, and finds the distance from them that a share
   * `falseAlarms` of the held-out pictures exceeds.
   */
  learnNovelty: {
    params: z.object({
      run: z.string(),
      training: z.array(datasetItemSchema),
      heldOut: z.array(datasetItemSchema),
      k: z.number().int().min(1),
      falseAlarms: z.number().gt(0).lt(1),
      places: placesSchema,
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({
      threshold: z.number().nullable(),
      bank: z.number().int(),
      items: z.number().int(),
      width: z.number().int(),
    }),
  },
  /** What a run's network sees of items, in the few directions in which they differ most; unreadable ones left out. */
  reduceFeatures: {
    params: z.object({
      run: z.string(),
      items: z.array(datasetItemSchema),
      columns: z.number().int().min(2),
      seed: z.number().int(),
      places: placesSchema,
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({ ids: int32Array, columns: z.number().int(), features: float32Array }),
  },
  /** Lays features out in the plane; see `featureMap`. */
  mapFeatures: {
    params: z.object({ features: float32Array, columns: z.number().int(), seed: z.number().int() }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({
      pca: float32Array,
      explained: z.tuple([z.number(), z.number()]),
      umap: float32Array,
    }),
  },
  /** Where a run's network looked in pictures, for the class it predicts or for one asked about. */
  explain: {
    params: z.object({
      run: z.string(),
      images: z.array(imageSchema),
      classIndex: z.number().int().nullable(),
      places: placesSchema,
    }),
    progress: nothing,
    result: z.object({
      height: z.number().int(),
      width: z.number().int(),
      resize: z.enum(['stretch', 'crop']),
      pictures: z.array(
        z.object({
          failed: z.string().nullable(),
          classIndex: z.number().int(),
          probabilities: z.array(z.number()),
          map: z.array(z.number()),
          /** The map of the same network with random weights. */
          random: z.array(z.number()),
        }),
      ),
      /** What had random weights: an imported body keeps its own. */
      randomised: z.enum(['network', 'head']),
    }),
  },
  /** Writes a report as one HTML file: see `reportDocument`. */
  writeReport: {
    params: z.object({ data: reportDataSchema, language: z.enum(['en', 'zh']), out: path }),
    progress: nothing,
    result: nothing,
  },
  /** Writes a run and what it stands on as one file: see `packCapsule`. */
  packCapsule: {
    params: z.object({
      out: path,
      facts: capsuleFactsSchema,
      files: z.array(z.object({ name: z.string(), path })),
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: z.object({ bytes: z.number(), sha256: z.string() }),
  },
  /** Checks a capsule and lays it out in a folder made for it: see `unpackCapsule`. */
  unpackCapsule: {
    params: z.object({ file: path, into: path }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: capsuleFactsSchema.extend({ entries: z.number().int() }),
  },
  /** Writes a run's model to `out`, reads it back, and compares the two on the pictures of `check`. */
  exportModel: {
    params: z.object({
      run: z.string(),
      format: z.enum(exportFormats),
      out: path,
      card: modelCardSchema.omit({ input: true }),
      known: z.object({ bank: path, k: z.number().int().min(1) }).nullable(),
      check: z.array(path),
      places: placesSchema,
    }),
    progress: z.object({ done: z.number(), total: z.number() }),
    result: certificateSchema,
  },
} as const;

export type EngineMethods = typeof engineMethods;
export type EngineMethod = keyof EngineMethods;
export type EngineParams<M extends EngineMethod> = z.input<EngineMethods[M]['params']>;
export type EngineProgress<M extends EngineMethod> = z.output<EngineMethods[M]['progress']>;
export type EngineResult<M extends EngineMethod> = z.output<EngineMethods[M]['result']>;

export type ControlAction = 'pause' | 'resume' | 'stop' | 'cancel';

/** main -> engine */
export type ToEngine =
  | { type: 'request'; id: number; method: EngineMethod; params: unknown }
  | { type: 'control'; id: number; action: ControlAction }
  | { type: 'shutdown' };

/** engine -> main */
export type FromEngine =
  | { type: 'ready' }
  | { type: 'progress'; id: number; progress: unknown }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; error: { code: string; params: Record<string, string | number> } };

/** A request under way. */
export interface EngineCall<M extends EngineMethod> {
  result: Promise<EngineResult<M>>;
  control(action: ControlAction): void;
}

/**
 * The engine as the lab sees it; `electron/engine/client.ts` makes one that supervises a real process.
 * A request whose process dies rejects with `engine.lost`; the client then starts a new process by itself.
 */
export interface Engine {
  request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    onProgress?: (progress: EngineProgress<M>) => void,
  ): EngineCall<M>;
  /** Called when the process starts, is ready, is lost, or gave up. */
  onState(listener: (state: 'starting' | 'ready' | 'lost' | 'failed') => void): () => void;
  readonly state: 'starting' | 'ready' | 'lost' | 'failed';
  readonly restarts: number;
  readonly pid: number | undefined;
  restart(): Promise<void>;
  close(): Promise<void>;
}
