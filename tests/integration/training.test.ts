import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splits } from '../../shared/contract/projects.ts';
import { augmentationSchema, guideAugmentation } from '../../shared/recipe/augmentation.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { RecipeInput } from '../../shared/recipe/recipe.ts';
import type { DatasetItem, EngineProgress, Places } from '../../electron/engine/protocol.ts';
import { engineStats, resetStats } from '../../electron/engine/backend/index.ts';
import { readSafetensors } from '../../electron/engine/tensors/safetensors.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { backendInfo } from '../../electron/engine/training/device.ts';
import { judgeImages } from '../../electron/engine/handlers/novelty.ts';
import { predictItems } from '../../electron/engine/training/inference/predict.ts';
import { previewAugmentation } from '../../electron/engine/training/preview.ts';
import { findRate } from '../../electron/engine/training/rate-finder.ts';
import { trainRun } from '../../electron/engine/training/session.ts';

/** Real training on small real files: two classes of drawn pictures, discs and bars of any colour and place. */

const classes = ['bar', 'disc'];
const perClass = { train: 40, validation: 12, test: 20 };
let folder: string;
let places: Places;
let items: DatasetItem[];

function drawing(shape: string, seed: number): string {
  const at = (n: number) => ((seed * 7919 + n * 104729) % 997) / 997;
  const colour = `hsl(${Math.round(at(1) * 360)},${40 + Math.round(at(2) * 50)}%,${30 + Math.round(at(3) * 20)}%)`;
  const [x, y, r] = [14 + at(4) * 20, 14 + at(5) * 20, 6 + at(6) * 7];
  const body =
    shape === 'disc'
      ? `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}"/>`
      : `<rect x="${x - r / 3}" y="${y - 1.5 * r}" width="${r / 1.5}" height="${3 * r}" fill="${colour}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" fill="#f2efe6"/>${body}</svg>`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-training-'));
  places = {
    libraryDir: join(folder, 'library'),
    cacheDir: join(folder, 'cache'),
    runsDir: join(folder, 'runs'),
  };
  items = [];
  for (const split of splits) {
    for (let i = 0; i < perClass[split] * classes.length; i++) {
      const classIndex = i % classes.length;
      const path = join(folder, `${split}-${i}.png`);
      const png = await sharp(Buffer.from(drawing(classes[classIndex] as string, items.length + 1)))
        .png()
        .toBuffer();
      await sharp(png).toFile(path);
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      items.push({ id: items.length + 1, path, sha256, classIndex, split });
    }
  }
  await backendInfo();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

type Report = EngineProgress<'train'>;

function train(
  run: string,
  recipe: RecipeInput,
  options: {
    resume?: boolean;
    checkpointInterval?: number;
    from?: DatasetItem[];
    onReport?: (report: Report, control: RunControl) => void;
  } = {},
) {
  const control = new RunControl();
  const reports: Report[] = [];
  const request = {
    run,
    recipe: recipeSchema.parse(recipe),
    classes,
    items: options.from ?? items,
    places,
    resume: options.resume ?? false,
    checkpointInterval: options.checkpointInterval,
  };
  const result = trainRun(request, control, (report) => {
    reports.push(report);
    options.onReport?.(report, control);
  });
  return { result, reports, control };
}

const epochsOf = (reports: Report[]) =>
  reports.flatMap((report) => (report.kind === 'epoch' ? [report.epoch] : []));

function accuracyOf(predictions: { ids: number[]; probabilities: Float32Array } | null): number {
  if (!predictions) return NaN;
  const right = predictions.ids.filter((id, row) => {
    const [p0 = 0, p1 = 0] = predictions.probabilities.subarray(row * 2, row * 2 + 2);
    return items.find((item) => item.id === id)?.classIndex === (p1 > p0 ? 1 : 0);
  });
  return right.length / predictions.ids.length;
}

const weightsOf = async (run: string) =>
  createHash('sha256')
    .update(await readFile(join(places.runsDir, run, 'weights.safetensors')))
    .digest('hex');

const scratch: RecipeInput = {
  kind: 'scratch-cnn',
  backbone: null,
  input: { size: 32 },
  head: { pooling: 'flatten', hidden: [32], dropout: 0.2 },
  stages: [
    { train: { what: 'all' }, epochs: 12, batchSize: 8, optimizer: { name: 'adam', learningRate: 1e-3 } },
  ],
};

describe('a run from recipe to model', () => {
  it('scratch-cnn learns to tell discs from bars, and predicts from its stored model as it did in training', async () => {
    const { result, reports } = train('scratch', scratch);
    const trained = await result;
    const epochs = epochsOf(reports);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(epochs.at(-1)?.loss).toBeLessThan((epochs[0]?.loss ?? 0) / 2);
    expect(accuracyOf(trained.predictions.test)).toBeGreaterThan(0.85);
    expect(trained.frozenUnchanged).toBeNull();

    const test = items.filter(({ split }) => split === 'test');
    const again = await predictItems(
      join(places.runsDir, 'scratch'),
      test,
      new RunControl(),
      () => undefined,
    );
    expect(again.ids).toEqual(trained.predictions.test?.ids);
    again.probabilities.forEach((p, i) =>
      expect(p).toBeCloseTo(trained.predictions.test?.probabilities[i] as number, 5),
    );
  });

  it('carries an earlier run over: frozen layers keep their bits, the new head learns', async () => {
    const { result } = train('carried', {
      ...scratch,
      kind: 'features',
      backbone: { from: 'run', run: 'scratch' },
      head: { pooling: 'flatten', hidden: [], dropout: 0 },
      stages: [
        {
          train: { what: 'head' },
          epochs: 15,
          batchSize: 32,
          optimizer: { name: 'adam', learningRate: 5e-3 },
        },
      ],
    });
    const trained = await result;
    expect(trained.frozenUnchanged).toBe(true);
    expect(trained.params.frozen).toBe(3 * 3 * 3 * 16 + 16 + 3 * 3 * 16 * 64 + 64 + 3 * 3 * 64 * 128 + 128);
    expect(accuracyOf(trained.predictions.test)).toBeGreaterThan(0.85);
  });

  it('fine-tunes a backbone with batch normalization: head first, then its last block, nothing below moves', async () => {
    const { result, reports } = train('tuned', {
      kind: 'fine-tune',
      backbone: { from: 'library', arch: 'mobilenet', weights: null, alpha: 0.25 },
      input: { size: 32 },
      head: { hidden: [16], dropout: 0.1 },
      stages: [
        {
          train: { what: 'head' },
          epochs: 2,
          batchSize: 32,
          optimizer: { name: 'adam', learningRate: 1e-2 },
        },
        {
          train: { what: 'from', block: 'block_12' },
          epochs: 2,
          batchSize: 16,
          optimizer: { name: 'rmsprop', learningRate: 1e-4 },
        },
      ],
    });
    const trained = await result;
    expect(trained.frozenUnchanged).toBe(true);
    expect(epochsOf(reports).map(({ stage }) => stage)).toEqual([0, 0, 1, 1]);
  });

  it('reads cached features instead of computing them again', async () => {
    const recipe: RecipeInput = {
      kind: 'features',
      backbone: { from: 'library', arch: 'mobilenet', weights: null, alpha: 0.25 },
      input: { size: 40 },
      stages: [
        {
          train: { what: 'head' },
          epochs: 1,
          batchSize: 32,
          optimizer: { name: 'adam', learningRate: 1e-2 },
        },
      ],
    };
    const first = await train('cache-1', recipe).result;
    const second = await train('cache-2', recipe).result;
    expect(first.imagesPerSecond).toBeGreaterThan(0);
    expect(second.imagesPerSecond).toBeNull();
    expect(second.predictions.test?.probabilities).toEqual(first.predictions.test?.probabilities);
  });
});

describe('recipes with more to them', () => {
  it('augments pixels inside the step, mixes them, and compiles no more for it', async () => {
    const recipe: RecipeInput = {
      ...scratch,
      augmentation: { rotation: 20, shift: 0.1, zoom: 0.1, brightness: 0.2, erasing: 0.3, mixup: 0.2 },
      stages: [
        {
          train: { what: 'all' },
          epochs: 3,
          batchSize: 16,
          optimizer: { name: 'adamw', learningRate: 1e-3, weightDecay: 0.01 },
          schedule: { name: 'one-cycle', warmup: 1 },
        },
      ],
      clipNorm: 1,
      labelSmoothing: 0.1,
      classWeights: 'balanced',
      l2: 1e-5,
    };
    await train('augmented', recipe).result;
    resetStats();
    await train('augmented-again', recipe).result;
    expect(engineStats().compiles).toBeLessThanOrEqual(4);
    expect(engineStats().fallbacks).toEqual({});
    expect(await weightsOf('augmented-again')).toBe(await weightsOf('augmented'));
  });

  it('draws classes equally often when asked to, so that a rare one is not drowned', async () => {
    const discs = items.filter(({ split, classIndex }) => split === 'train' && classIndex === 1);
    const tooMany = new Set(discs.slice(5).map(({ id }) => id));
    const from = items.filter(({ id }) => !tooMany.has(id));
    const recipe = (sampling: 'each' | 'balanced'): RecipeInput => ({
      kind: 'features',
      backbone: { from: 'run', run: 'scratch' },
      input: { size: 32 },
      head: { pooling: 'avg', hidden: [], dropout: 0 },
      stages: [
        {
          train: { what: 'head' },
          epochs: 10,
          batchSize: 9,
          optimizer: { name: 'adam', learningRate: 0.01 },
        },
      ],
      sampling,
    });
    /** Mean probability of a disc on test items, half of which are discs. */
    const discsExpected = async (sampling: 'each' | 'balanced') => {
      const { predictions } = await train(`drawn-${sampling}`, recipe(sampling), { from }).result;
      const discs = predictions.test!.probabilities.filter((_, at) => at % 2 === 1);
      return discs.reduce((sum, p) => sum + p, 0) / discs.length;
    };
    const [each, balanced] = [await discsExpected('each'), await discsExpected('balanced')];
    expect(each).toBeLessThan(0.3);
    expect(balanced).toBeGreaterThan(0.4);
    expect(balanced).toBeLessThan(0.65);
  });

  it('caches features of augmented variants, and each epoch sees another one', async () => {
    const recipe: RecipeInput = {
      kind: 'features',
      backbone: { from: 'run', run: 'scratch' },
      input: { size: 32 },
      head: { pooling: 'avg', hidden: [], dropout: 0 },
      augmentation: { rotation: 10, flipHorizontal: true, variants: 2 },
      stages: [
        { train: { what: 'head' }, epochs: 4, batchSize: 80, optimizer: { name: 'sgd', learningRate: 1e-9 } },
      ],
    };
    const { result, reports } = train('variants', recipe);
    await result;
    // At this rate nothing moves: the loss shows which variant an epoch saw.
    const [a = 0, b = 0, c = 0, d = 0] = epochsOf(reports).map(({ loss }) => loss);
    expect(c).toBeCloseTo(a, 5);
    expect(d).toBeCloseTo(b, 5);
    expect(Math.abs(a - b)).toBeGreaterThan(1e-4);
  });

  it('fine-tunes block by block at falling rates, pulled towards where the weights came from', async () => {
    const distance = async (l2sp: number, run: string) => {
      await train(run, {
        kind: 'fine-tune',
        backbone: { from: 'run', run: 'scratch' },
        input: { size: 32 },
        head: { pooling: 'flatten', hidden: [], dropout: 0 },
        stages: [
          {
            train: { what: 'from', block: 'block2' },
            epochs: 3,
            batchSize: 16,
            optimizer: { name: 'nesterov', learningRate: 1e-2 },
            blockDecay: 0.3,
          },
        ],
        restoreBest: false,
        l2sp,
      }).result;
      const read = async (name: string) =>
        (await readSafetensors(join(places.runsDir, name, 'weights.safetensors'))).tensors;
      const [start, end] = [await read('scratch'), await read(run)];
      const moved = (layer: string) => {
        const [from, to] = [start.get(`body/${layer}/kernel`)?.data, end.get(`body/${layer}/kernel`)?.data];
        return Math.sqrt(
          (from as Float32Array).reduce(
            (sum, value, i) => sum + (value - ((to as Float32Array)[i] as number)) ** 2,
            0,
          ),
        );
      };
      return { block1: moved('block1_conv'), block2: moved('block2_conv'), block3: moved('block3_conv') };
    };
    const free = await distance(0, 'free');
    const held = await distance(0.5, 'held');
    expect(free.block1).toBe(0);
    expect(free.block2).toBeGreaterThan(0);
    expect(held.block3).toBeLessThan(free.block3);
  });
});

describe('the same recipe and seed', () => {
  it('gives the same weights, bit for bit', async () => {
    const short = { ...scratch, stages: scratch.stages.map((stage) => ({ ...stage, epochs: 2 })) };
    await train('same-a', short).result;
    await train('same-b', short).result;
    expect(await weightsOf('same-b')).toBe(await weightsOf('same-a'));
    await train('other-seed', { ...short, seed: 7 }).result;
    expect(await weightsOf('other-seed')).not.toBe(await weightsOf('same-a'));
  });
});

describe('a run cut off in mid-epoch', () => {
  const twoStages: RecipeInput = {
    ...scratch,
    kind: 'fine-tune',
    backbone: { from: 'run', run: 'scratch' },
    stages: [
      { train: { what: 'head' }, epochs: 3, batchSize: 16, optimizer: { name: 'adam', learningRate: 1e-3 } },
      {
        train: { what: 'from', block: 'block2' },
        epochs: 3,
        batchSize: 16,
        optimizer: { name: 'momentum', learningRate: 1e-3 },
      },
    ],
  };

  it.each([2, 3, 5])(
    'goes on after epoch %i and ends with the weights of the run nobody disturbed',
    async (lastEpoch) => {
      await train('whole', twoStages).result;
      const cut = train('cut', twoStages, {
        checkpointInterval: 0,
        onReport: (report, control) => {
          if (report.kind === 'epoch' && report.epoch.epoch === lastEpoch) control.cancel();
        },
      });
      await expect(cut.result).rejects.toMatchObject({ code: 'cancelled' });
      const { result, reports } = train('cut', twoStages, { resume: true });
      await result;
      expect(epochsOf(reports)[0]?.epoch).toBe(lastEpoch + 1);
      expect(await weightsOf('cut')).toBe(await weightsOf('whole'));
    },
  );
});

describe('steering', () => {
  it('stop keeps what was learned so far', async () => {
    const { result, reports } = train('stopped', scratch, {
      onReport: (report, control) => {
        if (report.kind === 'epoch' && report.epoch.epoch === 3) control.stop();
      },
    });
    const trained = await result;
    expect(trained.stopped).toBe(true);
    expect(epochsOf(reports)).toHaveLength(3);
    expect(trained.predictions.test?.ids).toHaveLength(40);
  });

  it('pause holds training until resumed, and changes nothing', async () => {
    const short = { ...scratch, stages: scratch.stages.map((stage) => ({ ...stage, epochs: 2 })) };
    let held = false;
    const { result } = train('paused', short, {
      onReport: (report, control) => {
        if (report.kind === 'epoch' && report.epoch.epoch === 1) control.pause();
        if (report.kind === 'paused') {
          held = true;
          setTimeout(() => control.resume(), 50);
        }
      },
    });
    await result;
    expect(held).toBe(true);
    expect(await weightsOf('paused')).toBe(await weightsOf('same-a'));
  });

  it('cancel ends the run with nothing stored', async () => {
    const { result } = train('cancelled', scratch, {
      onReport: (report, control) => {
        if (report.kind === 'epoch') control.cancel();
      },
    });
    await expect(result).rejects.toMatchObject({ code: 'cancelled' });
    await expect(weightsOf('cancelled')).rejects.toThrow(/ENOENT/);
  });
});

describe('the augmentation preview', () => {
  it('shows pictures as training would see them: the same seed the same, nothing at all when all is off', async () => {
    const paths = [items[0]?.path as string, join(folder, 'missing.png')];
    const options = { count: 2, size: 48, seed: 3, signal: new AbortController().signal };
    const [shown, missing] = await previewAugmentation(paths, guideAugmentation, options);
    expect(missing).toEqual([]);
    expect(await previewAugmentation(paths, guideAugmentation, options)).toEqual([shown, []]);
    const [[plain] = []] = await previewAugmentation(paths, augmentationSchema.parse({}), options);
    const pixels = (file: Uint8Array | string | undefined) => sharp(file).removeAlpha().raw().toBuffer();
    expect(await pixels(plain)).toEqual(await pixels(paths[0]));
    expect(await pixels(shown?.[0])).not.toEqual(await pixels(plain));
  });
});

describe('the learning-rate finder', () => {
  it('sees the loss fall, then blow up, and suggests a rate in between', async () => {
    const { recipe, ...rest } = { run: 'rate', recipe: recipeSchema.parse(scratch), classes, items, places };
    const { rates, losses, suggestion } = await findRate(
      { ...rest, recipe, stage: 0, steps: 80 },
      new RunControl(),
      () => undefined,
    );
    expect(rates.length).toBe(losses.length);
    expect(Math.min(...losses)).toBeLessThan((losses[5] as number) - 0.02);
    expect(suggestion).toBeGreaterThan(1e-5);
    expect(suggestion).toBeLessThan(0.3);
  });
});

describe('a trained run', () => {
  it('predicts pictures from a path and from bytes alike, and names the one that cannot be read', async () => {
    const path = items.find(({ split }) => split === 'test')?.path as string;
    const { probabilities, failed, distances } = await judgeImages(
      join(places.runsDir, 'scratch'),
      [
        { name: 'a', path },
        { name: 'b', data: await readFile(path) },
        { name: 'c', data: Buffer.from('<html>404</html>') },
      ],
      new RunControl(),
    );
    expect(probabilities[1]).toEqual(probabilities[0]);
    expect(failed).toEqual([null, null, 'not-an-image']);
    expect(distances).toEqual([null, null, null]);
  });

  it('says so when there is no model', async () => {
    await expect(
      predictItems(join(places.runsDir, 'none'), [], new RunControl(), () => undefined),
    ).rejects.toMatchObject({
      code: 'model.missing',
    });
  });
});
