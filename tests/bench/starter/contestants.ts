/** What is compared: features of a frozen network under a linear probe, and whole networks trained on. */
import { mean, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { augmentationSchema } from '../../../shared/recipe/augmentation.ts';
import { recipeSchema } from '../../../shared/recipe/recipe.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { bake, unbake } from '../../../electron/engine/backend/index.ts';
import { decodeMany } from '../../../electron/engine/data/decode.ts';
import type { DatasetItem, Places } from '../../../electron/engine/protocol.ts';
import { RunControl } from '../../../electron/engine/training/control.ts';
import { trainRun } from '../../../electron/engine/training/session.ts';
import { openWeights } from '../../../electron/engine/weights/open.ts';
import { loadWeights } from '../../../electron/engine/weights/load.ts';
import { preprocess } from '../../../electron/engine/zoo/preprocessing.ts';
import { architecture } from '../../../electron/engine/zoo/registry.ts';
import { drawTraining, positionsOf } from './pictures.ts';
import type { LabelledPictures } from './pictures.ts';
import type { Rows } from './linear-probe.ts';

const starter = architecture('starter');
const batch = 32;

/** Pooled features of every picture, `[items * width]`, from weights in a file or from random ones of a seed. */
export async function featuresOf(
  { items }: LabelledPictures,
  pixels: Uint8Array,
  size: number,
  from: { file: string } | { seed: number },
): Promise<Float32Array> {
  const { model } = starter.build({ inputSize: size, seed: 'seed' in from ? from.seed : undefined });
  if ('file' in from) await loadWeights(model, await openWeights(from.file));
  const weights = model.weights.map((weight) => weight.read());
  const width = starter.featureWidth(1);
  const bytes = size * size * 3;
  const features = new Float32Array(items.length * width);
  bake(weights);
  for (let start = 0; start < items.length; start += batch) {
    const chunk = new Float32Array(batch * bytes);
    chunk.set(pixels.subarray(start * bytes, (start + batch) * bytes));
    const output = tidy(() => {
      const images = tensor4d(chunk, [batch, size, size, 3]) as Tensor4D;
      return mean(model.predict(preprocess(images, starter.preprocessing)) as Tensor, [1, 2]);
    });
    const rows = Math.min(batch, items.length - start);
    features.set(output.dataSync<'float32'>().subarray(0, rows * width), start * width);
    output.dispose();
  }
  unbake(weights);
  model.dispose();
  return features;
}

/** All pictures of a set, uint8 `[items, size, size, 3]`. */
export async function decodeAll({ items }: LabelledPictures, size: number): Promise<Uint8Array> {
  const { pixels, failures } = await decodeMany(
    items.map(({ path }) => path),
    { size, mode: 'stretch' },
  );
  if (failures.length > 0) throw new Error(`${failures.length} pictures could not be read`);
  return pixels;
}

export function rowsAt(
  pictures: LabelledPictures,
  features: Float32Array,
  positions: readonly number[],
): Rows {
  const width = starter.featureWidth(1);
  const values = new Float32Array(positions.length * width);
  positions.forEach((at, row) => values.set(features.subarray(at * width, (at + 1) * width), row * width));
  const labels = Int32Array.from(positions, (at) => pictures.items[at]!.classIndex);
  return { values, width, labels };
}

export interface Tuning {
  size: number;
  epochs: number;
  batchSize: number;
  /** Of the whole network, at the top of the schedule. */
  learningRate: number;
  /** Id of the weights in the library; null: from scratch. */
  weights: string | null;
  seed: number;
}

/** One recipe for both: only the weights it starts from and the rate differ. */
function tuningRecipe({ size, epochs, batchSize, learningRate, weights, seed }: Tuning): Recipe {
  return recipeSchema.parse({
    kind: 'fine-tune',
    backbone: { from: 'library', arch: starter.id, weights },
    input: { size },
    head: { pooling: 'avg', hidden: [], dropout: 0 },
    augmentation: augmentationSchema.parse({ flipHorizontal: true, rotation: 10, shift: 0.08, zoom: 0.15 }),
    stages: [
      {
        train: { what: 'all' },
        epochs,
        batchSize,
        optimizer: { name: 'adamw', learningRate, weightDecay: 0.02 },
        schedule: { name: 'cosine', warmup: 1 },
      },
    ],
    restoreBest: false,
    seed,
  });
}

/** Accuracy on a split of the whole network trained on `perClass` pictures of each class. */
export async function tunedAccuracy(
  pictures: LabelledPictures,
  perClass: number,
  split: 'validation' | 'test',
  tuning: Tuning,
  places: Places,
): Promise<number> {
  const judged: DatasetItem[] = positionsOf(pictures, split).map((at) => ({
    ...pictures.items[at]!,
    split: 'test',
  }));
  const items = [
    ...drawTraining(pictures, perClass, tuning.seed).map((at) => pictures.items[at]!),
    ...judged,
  ];
  const { predictions } = await trainRun(
    { run: 'judged', recipe: tuningRecipe(tuning), classes: pictures.classes, items, places, resume: false },
    new RunControl(),
    () => undefined,
  );
  const { ids, probabilities } = predictions.test!;
  const classes = pictures.classes.length;
  const right = ids.filter((id, row) => {
    const shares = probabilities.subarray(row * classes, (row + 1) * classes);
    return shares.indexOf(Math.max(...shares)) === pictures.items[id]!.classIndex;
  });
  return right.length / ids.length;
}
