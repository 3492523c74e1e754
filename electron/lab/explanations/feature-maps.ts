import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { FeatureMap, MappedPoint, Split } from '../../../shared/contract/index.ts';
import { splits } from '../../../shared/contract/projects.ts';
import { GraftError } from '../../../shared/errors.ts';
import { seededRandom, shuffle } from '../../../shared/random.ts';
import type { DatasetItem } from '../../engine/protocol.ts';
import { argmax } from '../../evaluation/predictions.ts';
import type { UsableItem } from '../../store/queries/items/items.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { JobControls } from '../jobs.ts';
import { readJson, writeJson } from '../json-file.ts';
import type { OpenProject } from '../project-keeper.ts';
import { requireModel } from '../runs/run-files.ts';
import { hidesTest } from '../evaluations/test-looks.ts';
import { rowOf } from '../runs/runs.ts';

/** A map of more says no more, and would take minutes to lay out. */
const MOST_POINTS = 3000;
/** Directions that are kept for neighbours to be found in. */
const COLUMNS = 50;
const SEED = 42;

const pairs = z.array(z.tuple([z.number(), z.number()]));
/** Places of items alone: labels, splits and predictions are looked up anew, since they change. */
const storedMapSchema = z.object({
  /** Names the model and the items it is of. */
  key: z.string(),
  ids: z.array(z.number().int()),
  pca: pairs,
  umap: pairs,
  explained: z.tuple([z.number(), z.number()]),
});
type StoredMap = z.infer<typeof storedMapSchema>;

/** Maps of what a run's network sees, kept in the project's cache. */
export function featureMapHandlers(lab: LabContext): HandlersOf<'featureMaps'> {
  return {
    'featureMaps.get'({ run }) {
      const project = lab.projects.current;
      const row = rowOf(project, run);
      const stored = readJson(fileOf(project, row), storedMapSchema.nullable(), null);
      return stored?.key === keyOf(row, itemsOf(project, row)) ? shown(project, row, stored) : null;
    },
    'featureMaps.start'({ run }) {
      const project = lab.projects.current;
      const row = rowOf(project, run);
      requireModel(project, row);
      const { job } = lab.jobs.start({ kind: 'map', subject: row.name, run }, (controls) =>
        draw(lab, project, row, controls),
      );
      return { job: job.id };
    },
  };
}

async function draw(lab: LabContext, project: OpenProject, row: RunRow, job: JobControls): Promise<null> {
  const all = itemsOf(project, row);
  if (all.length === 0)
    throw new GraftError('run.no-items', { collection: row.recipe.data.collection ?? '' });
  const chosen = shuffle([...all], seededRandom(SEED)).slice(0, MOST_POINTS);
  const items = chosen.map((item) => datasetItem(project, row, item));
  const { compute, media } = lab.engines;
  const seen = await requestUntil(
    job.signal,
    compute,
    'reduceFeatures',
    { run: row.id, items, columns: COLUMNS, seed: SEED, places: project.places },
    (progress) => job.progress({ phase: 'features', ...progress }),
  );
  const { ids, ...features } = seen;
  const { pca, umap, explained } = await requestUntil(
    job.signal,
    media,
    'mapFeatures',
    { ...features, seed: SEED },
    (progress) => job.progress({ phase: 'layout', ...progress }),
  );
  const stored: StoredMap = {
    key: keyOf(row, all),
    ids: [...ids],
    pca: pairsOf(pca),
    umap: pairsOf(umap),
    explained,
  };
  writeJson(fileOf(project, row), stored);
  return null;
}

const fileOf = ({ places }: OpenProject, { id }: RunRow) =>
  join(places.cacheDir, 'feature-maps', `${id}.json`);

const itemsOf = ({ store }: OpenProject, { recipe }: RunRow) => store.items.usable(recipe.data.collection);

/** Another picture, or another model, gives another map; a new label or split only other colours. */
function keyOf(row: RunRow, items: readonly UsableItem[]): string {
  const hash = createHash('sha256').update(`${row.id} ${row.finishedAt}\n`);
  for (const { id, sha256 } of items) hash.update(`${id} ${sha256}\n`);
  return hash.digest('hex');
}

function datasetItem({ dir }: OpenProject, row: RunRow, item: UsableItem): DatasetItem {
  const { id, path, sha256, split, classId } = item;
  const classIndex = row.classIds.indexOf(classId);
  return { id, path: absolutePath(dir, path), sha256, classIndex, split: split ?? 'train' };
}

function shown(project: OpenProject, row: RunRow, stored: StoredMap): FeatureMap {
  const items = new Map(itemsOf(project, row).map((item) => [item.id, item]));
  const predicted = predictionsOf(project, row);
  const points = stored.ids.map((id, at): MappedPoint => {
    const item = items.get(id);
    return {
      item: id,
      truth: item ? row.classIds.indexOf(item.classId) : -1,
      predicted: predicted.get(id) ?? null,
      split: item?.split ?? null,
      pca: stored.pca[at]!,
      umap: stored.umap[at]!,
    };
  });
  return { classes: row.classes, points, items: items.size, explained: stored.explained };
}

/** What a run says of each item; nothing of those of a sealed test split. */
function predictionsOf(project: OpenProject, row: RunRow): Map<number, number> {
  const classes = row.classes.length;
  return new Map(
    splits.flatMap((split: Split) => {
      const stored = project.store.predictions.get(row.id, null, split);
      if (!stored || (split === 'test' && hidesTest(project, row))) return [];
      const { ids, probabilities } = stored;
      return Array.from(ids, (id, at): [number, number] => [
        id,
        argmax(probabilities, at * classes, classes),
      ]);
    }),
  );
}

const pairsOf = (values: Float32Array): [number, number][] =>
  Array.from({ length: values.length / 2 }, (_, at) => [values[2 * at]!, values[2 * at + 1]!]);
