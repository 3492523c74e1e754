import { z } from 'zod';

/** How the value of a column is written. */
export type ColumnForm =
  'text' | 'count' | 'number' | 'share' | 'score' | 'rate' | 'seconds' | 'bytes' | 'date' | 'flag';

interface ColumnKind {
  /** What it is a field of: the run itself, its recipe, or what was measured. */
  readonly of: 'run' | 'recipe' | 'metric';
  readonly form: ColumnForm;
}

/**
 * What the table of runs can show, sort by and draw. `accuracy`, `macroF1` and `rocAuc` are of the run's own test
 * items, of validation where it has none. `best…` is of the epoch that was kept, `last…` of the last one, both
 * measured on validation.
 */
export const runColumns = {
  number: { of: 'run', form: 'count' },
  name: { of: 'run', form: 'text' },
  status: { of: 'run', form: 'text' },
  created: { of: 'run', form: 'date' },
  seconds: { of: 'run', form: 'seconds' },
  epochs: { of: 'run', form: 'count' },
  device: { of: 'run', form: 'text' },
  trainable: { of: 'run', form: 'count' },
  size: { of: 'run', form: 'bytes' },
  imagesPerSecond: { of: 'run', form: 'count' },
  kind: { of: 'recipe', form: 'text' },
  backbone: { of: 'recipe', form: 'text' },
  collection: { of: 'recipe', form: 'text' },
  inputSize: { of: 'recipe', form: 'count' },
  cut: { of: 'recipe', form: 'text' },
  plannedEpochs: { of: 'recipe', form: 'count' },
  batchSize: { of: 'recipe', form: 'count' },
  optimizer: { of: 'recipe', form: 'text' },
  learningRate: { of: 'recipe', form: 'rate' },
  schedule: { of: 'recipe', form: 'text' },
  hidden: { of: 'recipe', form: 'text' },
  dropout: { of: 'recipe', form: 'number' },
  augmentation: { of: 'recipe', form: 'flag' },
  labelSmoothing: { of: 'recipe', form: 'number' },
  l2: { of: 'recipe', form: 'rate' },
  patience: { of: 'recipe', form: 'count' },
  classWeights: { of: 'recipe', form: 'text' },
  sampling: { of: 'recipe', form: 'text' },
  seed: { of: 'recipe', form: 'count' },
  accuracy: { of: 'metric', form: 'share' },
  macroF1: { of: 'metric', form: 'score' },
  rocAuc: { of: 'metric', form: 'score' },
  validationAccuracy: { of: 'metric', form: 'share' },
  validationMacroF1: { of: 'metric', form: 'score' },
  validationRocAuc: { of: 'metric', form: 'score' },
  validationLogLoss: { of: 'metric', form: 'score' },
  testAccuracy: { of: 'metric', form: 'share' },
  testLogLoss: { of: 'metric', form: 'score' },
  bestEpoch: { of: 'metric', form: 'count' },
  bestAccuracy: { of: 'metric', form: 'share' },
  bestLoss: { of: 'metric', form: 'score' },
  lastAccuracy: { of: 'metric', form: 'share' },
  lastLoss: { of: 'metric', form: 'score' },
} as const satisfies Record<string, ColumnKind>;

export type RunColumn = keyof typeof runColumns;

export const runColumnNames = Object.keys(runColumns) as [RunColumn, ...RunColumn[]];
export const runColumnSchema = z.enum(runColumnNames);

/** What a person sees who has not chosen. */
export const usualColumns: readonly RunColumn[] = [
  'number',
  'name',
  'status',
  'kind',
  'backbone',
  'accuracy',
  'macroF1',
  'rocAuc',
  'epochs',
  'seconds',
  'created',
];
