import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProject, openProject } from '../../../electron/store/open.ts';
import { APPLICATION_ID } from '../../../electron/store/migrate.ts';
import { migrations } from '../../../electron/store/migrations/index.ts';
import type { RunRow } from '../../../electron/store/queries/runs/runs.ts';
import type { Store } from '../../../electron/store/store.ts';
import { runFilterSchema, runOrderSchema } from '../../../shared/contract/runs/experiments.ts';
import type { RunFilter } from '../../../shared/contract/index.ts';
import { defaultRecipe, recipeSchema, type RecipeInput } from '../../../shared/recipe/recipe.ts';
import { runColumnNames } from '../../../shared/run-columns.ts';
import { freshFolder } from './a-project.ts';

const library = { from: 'library', arch: 'vgg16', weights: null, alpha: 1 } as const;
const newest = runOrderSchema.parse({});

function aStore(): Store {
  const store = createProject(freshFolder(), 'Runs');
  onTestFinished(() => store.close());
  return store;
}

interface Wanted {
  name?: string;
  status?: RunRow['status'];
  recipe?: Partial<RecipeInput>;
  validation?: number;
  test?: number;
  epochs?: number[];
  bestEpoch?: number;
}

/** Stores a run and what it came to. */
function addRun(store: Store, wanted: Wanted = {}): string {
  const number = store.runs.nextNumber();
  const id = `run-${number}`;
  store.runs.insert({
    id,
    number,
    name: wanted.name ?? `run ${number}`,
    group: null,
    status: wanted.status ?? 'done',
    recipe: recipeSchema.parse({ ...defaultRecipe('features', library, 96), ...wanted.recipe }),
    classes: ['cat', 'dog'],
    classIds: [1, 2],
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    seconds: { decode: 1, features: 2, train: 3, evaluate: 4 },
    imagesPerSecond: null,
    params: null,
    frozenUnchanged: null,
    device: '',
    bestEpoch: wanted.bestEpoch ?? null,
    error: null,
  });
  wanted.epochs?.forEach((valAccuracy, index) =>
    store.epochs.put(id, {
      epoch: index + 1,
      stage: 0,
      loss: 1,
      accuracy: 0.5,
      valLoss: 1 - valAccuracy,
      valAccuracy,
      learningRate: 1e-3,
      seconds: 1,
    }),
  );
  for (const split of ['validation', 'test'] as const) {
    const accuracy = wanted[split];
    const scores = { collection: null, split, n: 10, macroF1: 0.1, rocAuc: null, logLoss: null };
    if (accuracy !== undefined) store.summaries.put(id, { ...scores, accuracy });
  }
  return id;
}

const numbers = (store: Store, filter: Partial<RunFilter> = {}, order = newest): number[] => [
  ...store.runListing.numbers(runFilterSchema.parse(filter), order),
];

describe('the table of runs', () => {
  test('lists the newest first, and leaves out what was put away', () => {
    const store = aStore();
    const [first] = [addRun(store), addRun(store), addRun(store)];
    expect(numbers(store)).toEqual([3, 2, 1]);
    store.runMarks.set(first, { archived: true });
    expect(numbers(store)).toEqual([3, 2]);
    expect(numbers(store, { archived: true })).toEqual([1]);
  });

  test('filters by kind, backbone, status, tag, star and words', () => {
    const store = aStore();
    addRun(store, { name: 'Leaves 100%', recipe: { kind: 'fine-tune' } });
    const second = addRun(store, { name: 'Petals', status: 'failed' });
    addRun(store, { name: 'from scratch', recipe: { kind: 'scratch-cnn', backbone: null } });
    store.runMarks.set(second, { starred: true, notes: 'too few petals' });
    store.runMarks.addTag(second, 'paper');
    expect(numbers(store, { kinds: ['fine-tune'] })).toEqual([1]);
    expect(numbers(store, { backbones: ['vgg16'] })).toEqual([2, 1]);
    expect(numbers(store, { backbones: [null] })).toEqual([3]);
    expect(numbers(store, { statuses: ['failed'] })).toEqual([2]);
    expect(numbers(store, { tags: ['paper', 'other'] })).toEqual([2]);
    expect(numbers(store, { starred: true })).toEqual([2]);
    expect(numbers(store, { text: 'leaves' })).toEqual([1]);
    expect(numbers(store, { text: '0%' })).toEqual([1]);
    expect(numbers(store, { text: 'few paper' })).toEqual([2]);
    expect(numbers(store, { text: '#3' })).toEqual([3]);
    expect(numbers(store, { text: 'nothing such' })).toEqual([]);
  });

  test('sorts by any column, what is not known last either way', () => {
    const store = aStore();
    addRun(store, { test: 0.8 });
    addRun(store);
    addRun(store, { test: 0.9 });
    addRun(store, { validation: 0.85 });
    const by = (column: (typeof runColumnNames)[number], ascending: boolean) =>
      numbers(store, {}, { column, ascending });
    expect(by('accuracy', false)).toEqual([3, 4, 1, 2]);
    expect(by('accuracy', true)).toEqual([1, 4, 3, 2]);
    expect(by('validationAccuracy', true)[0]).toBe(4);
    expect(by('name', true)).toEqual([1, 2, 3, 4]);
    addRun(store, { name: 'run 10' });
    addRun(store, { name: 'Run 9' });
    expect(by('name', true).slice(-2)).toEqual([6, 5]);
    for (const column of runColumnNames) expect(by(column, true)).toHaveLength(6);
  });

  test('reads every column of the runs on view, in the order asked for', () => {
    const store = aStore();
    const run = addRun(store, { validation: 0.75, epochs: [0.5, 0.7, 0.6], bestEpoch: 2 });
    addRun(store, { recipe: { kind: 'scratch-cnn', backbone: null, seed: 7 } });
    store.runMarks.addTag(run, 'b');
    store.runMarks.addTag(run, 'a');
    const columns = ['seed', 'bestAccuracy', 'lastAccuracy', 'epochs', 'learningRate', 'seconds'] as const;
    const [second, first] = store.runListing.lines([2, 1], columns);
    expect(first).toMatchObject({
      id: run,
      kind: 'features',
      backbone: 'vgg16',
      randomWeights: true,
      tags: ['a', 'b'],
      judged: true,
      values: [42, 0.7, 0.6, 3, 1e-3, 10],
    });
    expect(second).toMatchObject({ backbone: null, randomWeights: false, judged: false });
    expect(second!.values).toEqual([7, null, null, 0, 1e-3, 10]);
    expect(store.runListing.lines([1], runColumnNames)[0]!.values).toHaveLength(runColumnNames.length);
  });

  test('what was listed is read again once something was written', () => {
    const store = aStore();
    addRun(store);
    expect(numbers(store)).toEqual([1]);
    addRun(store);
    expect(numbers(store)).toEqual([2, 1]);
    expect(store.runListing.facets()).toMatchObject({
      total: 2,
      kinds: [{ value: 'features', count: 2 }],
      backbones: [{ value: 'vgg16', count: 2 }],
    });
  });

  test('runs that differ in seed and data alone are of one recipe', () => {
    const store = aStore();
    addRun(store, { recipe: { seed: 1, data: { collection: null, revision: 1, splitHash: 'x' } } });
    addRun(store, { recipe: { seed: 2, data: { collection: null, revision: 2 } } });
    addRun(store, { recipe: { l2: 0.1 } });
    const keys = store.runListing.bundled(runFilterSchema.parse({}), newest, 'recipe').map(({ key }) => key);
    expect(keys[1]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });
});

test('a project of before has its runs bundled by recipe like new ones', () => {
  const dir = freshFolder();
  const recipe = recipeSchema.parse({ ...defaultRecipe('features', library, 96), seed: 1 });
  writeProjectOfBefore(dir, JSON.stringify(recipe));
  const store = openProject(dir);
  onTestFinished(() => store.close());
  addRun(store, { recipe: { seed: 2 } });
  const keys = store.runListing.bundled(runFilterSchema.parse({}), newest, 'recipe').map(({ key }) => key);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

/** A project with one run, as the version before the table of many runs left it. */
function writeProjectOfBefore(dir: string, recipe: string): void {
  const steps = migrations.slice(
    0,
    migrations.findIndex(({ sql }) => sql.includes('recipe_key')),
  );
  const db = new Database(join(dir, 'graft.db'));
  for (const { sql } of steps) db.exec(sql);
  db.pragma(`user_version = ${steps.length}`);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.exec("INSERT INTO project (id, name, created_at, last_run_number) VALUES (1, 'Old', '', 1)");
  db.prepare(
    `INSERT INTO runs (id, number, name, status, recipe, classes, created_at, seconds)
     VALUES ('old', 1, 'old', 'done', ?, '[]', '', '{}')`,
  ).run(recipe);
  db.close();
}
