import type { RunColumn } from '../../../../shared/run-columns.ts';
import { hiddenTest } from './test-looks.ts';

const fromRecipe = (path: string) => `json_extract(r.recipe, '$.${path}')`;
/** Of the last stage: the one that says what the run was after. */
const fromLastStage = (path: string) => fromRecipe(`stages[#-1].${path}`);
const summary = (field: string, split: 'validation' | 'test') =>
  `(SELECT ${field} FROM summaries s WHERE s.run_id = r.id AND s.collection = '' AND s.split = '${split}'
    AND NOT ${hiddenTest('s.run_id', 's.split', 's.collection')})`;
const ofBoth = (field: string) => `coalesce(${summary(field, 'test')}, ${summary(field, 'validation')})`;
const atBest = (field: string) =>
  `(SELECT ${field} FROM epochs e WHERE e.run_id = r.id AND e.epoch = r.best_epoch)`;
const atLast = (field: string) =>
  `(SELECT ${field} FROM epochs e WHERE e.run_id = r.id ORDER BY e.epoch DESC LIMIT 1)`;
const phase = (name: string) => `json_extract(r.seconds, '$.${name}')`;

export const backboneExpression = `CASE ${fromRecipe('backbone.from')}
  WHEN 'library' THEN ${fromRecipe('backbone.arch')}
  WHEN 'run' THEN 'run:' || ${fromRecipe('backbone.run')} END`;

/** Where each column of the table of runs is read, `r` being the run. */
export const columnExpressions: Record<RunColumn, string> = {
  number: 'r.number',
  name: 'r.name',
  status: 'r.status',
  created: 'r.created_at',
  seconds: `(${['decode', 'features', 'train', 'evaluate'].map(phase).join(' + ')})`,
  epochs: 'coalesce((SELECT max(e.epoch) FROM epochs e WHERE e.run_id = r.id), 0)',
  device: 'r.device',
  trainable: 'r.trainable_params',
  size: "(SELECT sum(a.bytes) FROM artifacts a WHERE a.run_id = r.id AND a.kind = 'weights')",
  imagesPerSecond: 'r.images_per_second',
  kind: fromRecipe('kind'),
  backbone: backboneExpression,
  collection: fromRecipe('data.collection'),
  inputSize: fromRecipe('input.size'),
  cut: `coalesce(${fromLastStage('train.block')}, ${fromLastStage('train.what')})`,
  plannedEpochs: `(SELECT sum(json_extract(value, '$.epochs')) FROM json_each(r.recipe, '$.stages'))`,
  batchSize: fromLastStage('batchSize'),
  optimizer: fromLastStage('optimizer.name'),
  learningRate: fromLastStage('optimizer.learningRate'),
  schedule: fromLastStage('schedule.name'),
  hidden: `(SELECT group_concat(value, ' · ') FROM json_each(r.recipe, '$.head.hidden'))`,
  dropout: fromRecipe('head.dropout'),
  augmentation: `${fromRecipe('augmentation')} IS NOT NULL`,
  labelSmoothing: fromRecipe('labelSmoothing'),
  l2: fromRecipe('l2'),
  patience: fromRecipe('patience'),
  classWeights: fromRecipe('classWeights'),
  // Recipes stored before there was a choice drew every item once.
  sampling: `coalesce(${fromRecipe('sampling')}, 'each')`,
  seed: fromRecipe('seed'),
  accuracy: ofBoth('accuracy'),
  macroF1: ofBoth('macro_f1'),
  rocAuc: ofBoth('roc_auc'),
  validationAccuracy: summary('accuracy', 'validation'),
  validationMacroF1: summary('macro_f1', 'validation'),
  validationRocAuc: summary('roc_auc', 'validation'),
  validationLogLoss: summary('log_loss', 'validation'),
  testAccuracy: summary('accuracy', 'test'),
  testLogLoss: summary('log_loss', 'test'),
  bestEpoch: 'r.best_epoch',
  bestAccuracy: atBest('val_accuracy'),
  bestLoss: atBest('val_loss'),
  lastAccuracy: atLast('val_accuracy'),
  lastLoss: atLast('val_loss'),
};
