import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { estimateStage } from '../../shared/recipe/estimate.ts';
import { trainedBy } from '../../shared/recipe/freezing.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { Stage } from '../../shared/recipe/recipe.ts';
import type { DatasetItem, Places } from '../../electron/engine/protocol.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { onBackend } from '../../electron/engine/training/device.ts';
import { measureBackbone } from '../../electron/engine/training/timing/measure.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { architecture } from '../../electron/engine/zoo/registry.ts';
import { layerRows } from '../../electron/engine/zoo/layer-rows.ts';
import { networkOf } from '../../shared/network-layers.ts';

/** Estimates beside real runs on this machine. They claim an order of magnitude, and that is what is checked. */

const backbone = { arch: 'mobilenet', alpha: 0.25, inputSize: 64 };
const items = { train: 32, validation: 8, test: 0 };
/** How far off an estimate may be either way. Other programs use this machine at the same time. */
const tolerance = 6;

let folder: string;
let places: Places;
let pictures: DatasetItem[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-estimate-'));
  places = {
    libraryDir: join(folder, 'library'),
    cacheDir: join(folder, 'cache'),
    runsDir: join(folder, 'runs'),
  };
  pictures = await Promise.all(
    Array.from({ length: items.train + items.validation }, async (_, i): Promise<DatasetItem> => {
      const path = join(folder, `${i}.png`);
      const background = { r: (i * 37) % 256, g: (i * 91) % 256, b: (i * 53) % 256 };
      await sharp({ create: { width: 96, height: 96, channels: 3, background } })
        .png()
        .toFile(path);
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return { id: i + 1, path, sha256, classIndex: i % 2, split: i < items.train ? 'train' : 'validation' };
    }),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('a measured backbone tells the time of an epoch to an order of magnitude, whatever is frozen', async () => {
  const measured = await onBackend('auto', () =>
    measureBackbone({ ...backbone, libraryDir: folder }, new RunControl(), () => undefined),
  );
  expect(measured.msPerImage).toBeGreaterThan(0);
  const { layers, blocks, rows } = networkOf(layerRows(architecture(backbone.arch).build(backbone)));

  const trains: Stage['train'][] = [{ what: 'from', block: 'block_6' }, { what: 'all' }];
  const estimated: number[] = [];
  for (const train of trains) {
    const stage = {
      train,
      epochs: 2,
      batchSize: 16,
      optimizer: { name: 'adam' as const, learningRate: 1e-4 },
    };
    const recipe = recipeSchema.parse({
      kind: 'fine-tune',
      backbone: { from: 'library', arch: backbone.arch, weights: null, alpha: backbone.alpha },
      input: { size: backbone.inputSize },
      head: { hidden: [] },
      stages: [stage],
    });
    const estimate = estimateStage({
      layers,
      trained: trainedBy(train, blocks),
      head: { hidden: [], pooling: 'avg', classes: 2 },
      featureShape: rows.at(-1)?.outputShape.map((side) => side ?? 1) ?? [],
      items,
      variants: 0,
      inputSize: backbone.inputSize,
      batchSize: stage.batchSize,
      optimizer: stage.optimizer.name,
      msPerImage: measured.msPerImage,
    });
    const seconds: number[] = [];
    const request = {
      run: `run-${estimated.length}`,
      recipe,
      classes: ['a', 'b'],
      items: pictures,
      places,
      resume: false,
    };
    const result = await onBackend('auto', () =>
      trainRun(request, new RunControl(), (report) => {
        if (report.kind === 'epoch') seconds.push(report.epoch.seconds);
      }),
    );
    expect(estimate.params).toEqual(result.params);
    // The first epoch compiles the step.
    const real = seconds.at(-1) as number;
    expect(estimate.epochSeconds).toBeGreaterThan(real / tolerance);
    expect(estimate.epochSeconds).toBeLessThan(real * tolerance);
    estimated.push(estimate.epochSeconds ?? 0);
  }
  expect(estimated).toEqual([...estimated].sort((a, b) => a - b));
});
