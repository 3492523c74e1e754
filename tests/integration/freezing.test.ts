import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezingProofSchema } from '../../shared/contract/runs/runs.ts';
import type { FreezingProof } from '../../shared/contract/runs/runs.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { Stage } from '../../shared/recipe/recipe.ts';
import type { DatasetItem, Places } from '../../electron/engine/protocol.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { onBackend } from '../../electron/engine/training/device.ts';
import { brokenFreezing, proveFreezing, stateOf } from '../../electron/engine/training/network/freezing.ts';
import { networkTensors } from '../../electron/engine/training/network/network.ts';
import { layersTrainedIn, startingNetwork } from '../../electron/engine/training/plan.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { classes, placesIn, plainPictures } from './plain-pictures.ts';

/** Freezing by single layers, on real files and the real engine: what was frozen has not moved by one bit. */

let folder: string;
let places: Places;
let items: DatasetItem[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-freezing-'));
  places = placesIn(folder);
  items = await plainPictures(folder, 24, 16);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const recipe = (train: Stage['train']) =>
  recipeSchema.parse({
    kind: 'fine-tune',
    backbone: { from: 'library', arch: 'mobilenet_v2', weights: null, alpha: 0.35 },
    input: { size: 32 },
    head: { hidden: [] },
    stages: [{ train, epochs: 2, batchSize: 8, optimizer: { name: 'adam', learningRate: 1e-3 } }],
    restoreBest: false,
  });

async function train(run: string, what: Stage['train']): Promise<FreezingProof> {
  const request = { run, recipe: recipe(what), classes, items, places, resume: false };
  const result = await onBackend('auto', () => trainRun(request, new RunControl(), () => undefined));
  expect(result.frozenUnchanged).toBe(true);
  const stored = await readFile(join(places.runsDir, run, 'freezing.json'), 'utf8');
  return freezingProofSchema.parse(JSON.parse(stored));
}

describe('freezing single layers', () => {
  it('trains exactly the layers named, through frozen ones in between, and stores the proof', async () => {
    const named = ['block_15_expand', 'block_15_depthwise_BN', 'block_16_project'];
    const proof = await train('single', { what: 'layers', layers: named });
    const moved = proof.layers.filter(({ before, after }) => before !== after);
    expect(moved.map(({ layer }) => layer)).toEqual([...named, 'head_logits']);
    expect(proof.layers.filter(({ frozen }) => !frozen)).toEqual(moved);
    for (const { changed } of moved) expect(changed).toBeGreaterThan(0);
    // A frozen batch normalization between two trained layers keeps its statistics.
    const between = proof.layers.find(({ layer }) => layer === 'block_15_project_BN');
    expect(between).toMatchObject({ frozen: true, block: 'block_15', values: 4 * 56, changed: 0 });
  });

  it('follows the statistics of a batch normalization that is trained', async () => {
    const proof = await train('statistics', { what: 'layers', layers: ['Conv_1_bn'] });
    const trained = proof.layers.find(({ layer }) => layer === 'Conv_1_bn');
    // Mean and variance move with every batch, besides gamma and beta.
    expect(trained?.changed).toBeGreaterThan(2 * 1280);
  });

  it('refuses a layer that the network does not have, by name', async () => {
    const train: Stage['train'] = { what: 'layers', layers: ['block5_conv2'] };
    const request = { run: 'none', recipe: recipe(train), classes, items, places, resume: false };
    const run = onBackend('auto', () => trainRun(request, new RunControl(), () => undefined));
    await expect(run).rejects.toMatchObject({ code: 'recipe.no-layer', params: { layer: 'block5_conv2' } });
  });

  it('finds the one value of a frozen layer that changed', async () => {
    const stage = recipe({ what: 'from', block: 'last_conv' }).stages[0] as Stage;
    await onBackend('auto', async () => {
      const network = await startingNetwork(recipe(stage.train), classes, places);
      const tensors = networkTensors(network);
      const before = stateOf(tensors);
      const kernel = tensors.find(({ name }) => name === 'body/block_1_expand/kernel');
      const values = kernel?.variable.read().dataSync().slice() as Float32Array;
      values[3] = (values[3] as number) + 1;
      const [height = 0, width = 0, channels = 0, filters = 0] = kernel?.shape ?? [];
      kernel?.variable.write(tensor4d(values, [height, width, channels, filters]));
      const trained = tensors.find(({ name }) => name === 'body/Conv_1_bn/gamma');
      trained?.variable.write(tensor1d(new Float32Array(1280).fill(2)));
      const proof = proveFreezing(before, tensors, layersTrainedIn(stage, network.blocks), network.blocks);
      expect(brokenFreezing(proof).map(({ layer, changed }) => [layer, changed])).toEqual([
        ['block_1_expand', 1],
      ]);
    });
  });
});
