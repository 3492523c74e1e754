import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezingProofSchema } from '../../shared/contract/runs/runs.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { DatasetItem, Places } from '../../electron/engine/protocol.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { onBackend } from '../../electron/engine/training/device.ts';
import { exportModel } from '../../electron/engine/training/exporting/export.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { architectures } from '../../electron/engine/zoo/registry.ts';
import { cardOf, classes, placesIn, plainPictures } from './plain-pictures.ts';

/** What every architecture of the zoo must do, at its smallest input: train from its default cut, keep the rest, leave as ONNX. */

const EXPORT_TOLERANCE = 1e-4;
let folder: string;
let places: Places;
let items: DatasetItem[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-architectures-'));
  places = placesIn(folder);
  items = await plainPictures(folder, 12, 8);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** PyTorch's forms of a network differ in padding and the order of channels alone. */
const rows = architectures.filter(({ id }) => !id.endsWith('_torch'));

describe.each(rows.map(({ id, minInputSize, defaultCut }) => ({ id, minInputSize, defaultCut })))(
  '$id',
  ({ id, minInputSize, defaultCut }) => {
    it('trains from its default cut, leaves every other layer as it was, and is exported with the same answers', async () => {
      const recipe = recipeSchema.parse({
        kind: 'fine-tune',
        backbone: { from: 'library', arch: id, weights: null, alpha: 1 },
        input: { size: minInputSize },
        head: { hidden: [] },
        stages: [
          {
            train: { what: 'from', block: defaultCut },
            epochs: 1,
            batchSize: 8,
            optimizer: { name: 'adam', learningRate: 1e-3 },
          },
        ],
        restoreBest: false,
      });
      const request = { run: id, recipe, classes, items, places, resume: false };
      const result = await onBackend('auto', () => trainRun(request, new RunControl(), () => undefined));
      expect(result.frozenUnchanged).toBe(true);
      const dir = join(places.runsDir, id);
      const stored = await readFile(join(dir, 'freezing.json'), 'utf8');
      const proof = freezingProofSchema.parse(JSON.parse(stored));
      const frozen = proof.layers.filter((layer) => layer.frozen);
      const trained = proof.layers.filter((layer) => !layer.frozen);
      expect(frozen.length).toBeGreaterThan(0);
      expect(frozen.filter(({ before, after }) => before !== after)).toEqual([]);
      expect(trained.filter(({ changed }) => changed > 0).length).toBeGreaterThan(1);

      const out = join(folder, `${id}.onnx`);
      const pictures = items.slice(0, 4).map(({ path }) => path);
      const card = cardOf(recipe);
      const wanted = { dir, format: 'onnx', out, card, known: null, check: pictures } as const;
      const exported = await onBackend('auto', () => exportModel(wanted, new RunControl(), () => undefined));
      expect(exported.largestDifference).toBeLessThan(EXPORT_TOLERANCE);
    }, 120_000);
  },
);
