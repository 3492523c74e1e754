import { describe, expect, test } from 'vitest';
import { createProject, openProject } from '../../../electron/store/open.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import type { Store } from '../../../electron/store/store.ts';
import type { RunRow } from '../../../electron/store/queries/runs/runs.ts';
import { anItem, freshFolder } from './a-project.ts';

function projectWith(paths: string[]): {
  dir: string;
  store: Store;
  ids: number[];
  cat: number;
  dog: number;
} {
  const dir = freshFolder();
  const store = createProject(dir, 'Pets');
  store.items.addCollection('main');
  const cat = store.classes.insert('cat');
  const dog = store.classes.insert('dog');
  const ids = paths.map((path) => store.items.insert(anItem(path))!);
  return { dir, store, ids, cat, dog };
}

function aRun(store: Store, changes: Partial<RunRow> = {}): RunRow {
  const number = store.runs.nextNumber();
  return {
    id: `r${number}`,
    number,
    name: 'First',
    status: 'running',
    recipe: defaultRecipe('scratch-cnn', null, 48),
    classes: ['cat', 'dog'],
    classIds: [1, 2],
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: null,
    frozenUnchanged: null,
    device: '',
    bestEpoch: null,
    error: null,
    group: null,
    ...changes,
  };
}

describe('attributes', () => {
  test('are kept by name, the later value standing, and go with their item', () => {
    const { store, ids } = projectWith(['a.jpg', 'b.jpg', 'c.jpg']);
    store.attributes.put(ids[0]!, { patient: 'p1', camera: '左' });
    store.attributes.put(ids[1]!, { patient: 'p1' });
    store.attributes.put(ids[1]!, { patient: 'p2' });
    expect(store.attributes.columns()).toEqual([
      { name: 'camera', values: 1, items: 1 },
      { name: 'patient', values: 2, items: 2 },
    ]);
    expect(store.attributes.ofName('patient')).toEqual(
      new Map([
        [ids[0], 'p1'],
        [ids[1], 'p2'],
      ]),
    );
    expect(store.attributes.ofItem(ids[0]!)).toEqual([
      { name: 'camera', value: '左' },
      { name: 'patient', value: 'p1' },
    ]);
    store.close();
  });
});

describe('groups of runs', () => {
  test('hold their runs, and leave them in no group when they go', () => {
    const { store } = projectWith([]);
    const group = {
      id: 'g1',
      kind: 'folds' as const,
      name: '5 folds',
      params: { folds: 5 },
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    store.runGroups.insert(group);
    store.runs.insert(aRun(store, { group: 'g1' }));
    expect(store.runGroups.all()).toEqual([group]);
    store.runGroups.update({ id: 'g1', name: 'folds of leaves', params: { folds: 10 } });
    expect(store.runGroups.byId('g1')).toMatchObject({ name: 'folds of leaves', params: { folds: 10 } });
    expect(store.runs.byId('r1')!.group).toBe('g1');
    store.runGroups.remove('g1');
    expect(store.runs.byId('r1')!.group).toBeNull();
    expect(() => store.runs.insert(aRun(store, { group: 'gone' }))).toThrow('FOREIGN KEY');
    store.close();
  });
});

describe('items', () => {
  test('a path or a source is taken once', () => {
    const { store } = projectWith(['a.jpg']);
    expect(store.items.insert(anItem('a.jpg'))).toBeUndefined();
    expect(store.items.insert(anItem('items/a.jpg', { source: 'a.jpg' }))).toBeUndefined();
    expect(store.items.known(['a.jpg', 'b.jpg'])).toEqual(new Set(['a.jpg']));
    store.close();
  });

  test('are read by id in the order asked for, with the name of the file', () => {
    const { store, ids } = projectWith(['cats/кошка 🐱.jpg', 'C:\\pictures\\b.jpg']);
    const items = store.items.byIds([ids[1]!, 999, ids[0]!]);
    expect(items.map(({ name }) => name)).toEqual(['b.jpg', 'кошка 🐱.jpg']);
    store.close();
  });

  test('are counted by class, split, status and collection', () => {
    const { store, ids, cat, dog } = projectWith(['1', '2', '3', '4', '5']);
    store.items.insert(anItem('6', { status: 'broken', reasons: ['corrupt'], classId: cat, split: 'train' }));
    store.edits.record('label', 'class_id', [
      [ids[0]!, cat],
      [ids[1]!, cat],
      [ids[2]!, dog],
      [ids[3]!, dog],
    ]);
    store.edits.record('split', 'split', [
      [ids[0]!, 'train'],
      [ids[1]!, 'test'],
      [ids[2]!, 'train'],
      [ids[4]!, 'train'],
    ]);
    store.edits.record('exclude', 'excluded', [[ids[2]!, 1]]);
    const { counts, classes, splitTable } = store.project.counts();
    expect(counts).toEqual({
      items: 6,
      labelled: 5,
      broken: 1,
      excluded: 1,
      train: 1,
      validation: 0,
      test: 1,
      runs: 0,
    });
    expect(classes.map(({ name, count }) => [name, count])).toEqual([
      ['cat', 3],
      ['dog', 2],
    ]);
    expect(splitTable[0]).toEqual({ classId: cat, train: 1, validation: 0, test: 1 });
    expect(store.items.usable('main').map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3]]);
    store.close();
  });

  test('are counted on as they change: what is undone or rolled back is counted back', () => {
    const { store, ids, cat, dog } = projectWith(['1', '2', '3']);
    const counted = () => {
      const { counts, classes } = store.project.counts();
      return { items: counts.items, train: counts.train, classes: classes.map(({ count }) => count) };
    };
    expect(counted()).toEqual({ items: 3, train: 0, classes: [0, 0] });
    store.edits.record('label', 'class_id', [
      [ids[0]!, cat],
      [ids[1]!, dog],
    ]);
    store.edits.record('split', 'split', [[ids[0]!, 'train']]);
    store.items.insert(anItem('4', { classId: cat, split: 'train' }));
    expect(counted()).toEqual({ items: 4, train: 2, classes: [2, 1] });
    expect(() =>
      store.transaction(() => {
        store.edits.record('label', 'class_id', [[ids[2]!, dog]]);
        throw new Error('full disk');
      }),
    ).toThrow('full disk');
    expect(counted()).toEqual({ items: 4, train: 2, classes: [2, 1] });
    store.edits.undo();
    store.edits.undo();
    expect(counted()).toEqual({ items: 4, train: 1, classes: [1, 0] });
    store.close();
  });

  test('are listed by every filter, in the order of their path', () => {
    const { store, ids, cat } = projectWith(['b/2.jpg', 'a/1.jpg', 'c/100%_x.jpg']);
    store.items.addCollection('other');
    store.items.insert(anItem('d.jpg', { collection: 'other', status: 'warning', reasons: ['tiny'] }));
    store.edits.record('label', 'class_id', [[ids[0]!, cat]]);
    const paths = (filter: Parameters<Store['listing']['window']>[0]) =>
      store.items.byIds(store.listing.window(filter, 0, 10, 1).ids).map(({ path }) => path);
    expect(paths({})).toEqual(['a/1.jpg', 'b/2.jpg', 'c/100%_x.jpg', 'd.jpg']);
    expect(paths({ classes: [cat] })).toEqual(['b/2.jpg']);
    expect(paths({ classes: [null] })).toEqual(['a/1.jpg', 'c/100%_x.jpg', 'd.jpg']);
    expect(paths({ classes: [] })).toEqual([]);
    expect(paths({ splits: [null], statuses: ['warning'] })).toEqual(['d.jpg']);
    expect(paths({ collections: ['main'] })).toHaveLength(3);
    expect(paths({ excluded: true })).toEqual([]);
    expect(paths({ text: '0%_' })).toEqual(['c/100%_x.jpg']);
    store.close();
  });

  test('have a place in a filtered list, and folders to filter by', () => {
    const { store, ids } = projectWith([
      'photos/train/cat/1.jpg',
      'photos/train/cat/2.jpg',
      'photos/train/dog/1.jpg',
      'photos/train-2/x.jpg',
      '../beside/y.jpg',
      'C:\\pics\\z.jpg',
      'top.jpg',
    ]);
    expect(store.folders()).toEqual([
      { path: '../beside', items: 1 },
      { path: 'C:\\pics', items: 1 },
      { path: 'photos', items: 4 },
      { path: 'photos/train', items: 3 },
      { path: 'photos/train-2', items: 1 },
      { path: 'photos/train/cat', items: 2 },
      { path: 'photos/train/dog', items: 1 },
    ]);
    for (const { path, items } of store.folders())
      expect(store.listing.window({ folder: path }, 0, 10, 1).total).toBe(items);
    expect(store.listing.position({ folder: 'photos/train' }, ids[2]!, 1)).toBe(2);
    expect(store.listing.position({ folder: 'photos/train' }, ids[3]!, 1)).toBeNull();
    store.close();
  });

  test('100,000 of them are listed and counted in a blink', () => {
    const { store, cat, dog } = projectWith([]);
    store.transaction(() => {
      for (let i = 0; i < 100_000; i++) {
        const path = `photos/${i % 2 ? 'cat' : 'dog'}/${String(i).padStart(6, '0')}.jpg`;
        store.items.insert(anItem(path, { classId: i % 2 ? cat : dog, split: i % 10 ? 'train' : 'test' }));
      }
    });
    const timed = (work: () => unknown) => {
      const start = performance.now();
      work();
      return performance.now() - start;
    };
    const filter = { classes: [cat], splits: ['train' as const], text: '9' };
    const first = timed(() => store.listing.window(filter, 10_000, 200, 1));
    const second = timed(() => store.listing.window(filter, 20_000, 200, 1));
    const counting = timed(() => store.project.counts());
    expect(store.listing.window({}, 99_990, 200, 1)).toMatchObject({ total: 100_000 });
    expect(first).toBeLessThan(1000);
    expect(second).toBeLessThan(50);
    expect(counting).toBeLessThan(1000);
    store.close();
  });
});

describe('edits', () => {
  test('are undone and redone as a whole, after closing and opening too', () => {
    const { dir, store, ids, cat, dog } = projectWith(['1', '2']);
    store.edits.record('label', 'class_id', [
      [ids[0]!, cat],
      [ids[1]!, cat],
    ]);
    expect(
      store.edits.record('label', 'class_id', [
        [ids[0]!, cat],
        [ids[1]!, dog],
      ]),
    ).toBe(1);
    store.close();
    const again = openProject(dir);
    const labels = () => again.items.byIds(ids).map(({ classId }) => classId);
    expect(again.edits.undo()).toMatchObject({ action: 'label', changed: 1, item: ids[1] });
    expect(labels()).toEqual([cat, cat]);
    expect(again.edits.undo()).toMatchObject({ action: 'label', changed: 2, item: ids[0] });
    expect(labels()).toEqual([null, null]);
    expect(again.edits.undo()).toBeUndefined();
    again.edits.redo();
    expect(again.edits.redo()).toMatchObject({ action: 'label', changed: 1 });
    expect(labels()).toEqual([cat, dog]);
    expect(again.edits.redo()).toBeUndefined();
    again.close();
  });

  test('that change nothing leave no trace to undo', () => {
    const { store, ids } = projectWith(['1']);
    expect(store.edits.record('exclude', 'excluded', [[ids[0]!, 0]])).toBe(0);
    expect(store.edits.undo()).toBeUndefined();
    store.close();
  });

  test('drop what was undone before them', () => {
    const { store, ids } = projectWith(['1']);
    store.edits.record('split', 'split', [[ids[0]!, 'train']]);
    store.edits.undo();
    store.edits.record('split', 'split', [[ids[0]!, 'test']]);
    expect(store.edits.redo()).toBeUndefined();
    expect(store.items.byIds(ids)[0]!.split).toBe('test');
    store.close();
  });
});

describe('runs', () => {
  test('keep everything over closing and opening, predictions bit for bit', () => {
    const { dir, store } = projectWith([]);
    const run = aRun(store, {
      status: 'done',
      params: { trainable: 10, frozen: 5 },
      frozenUnchanged: true,
      error: { code: 'internal', params: { detail: 'x' } },
    });
    store.runs.insert(run);
    const epoch = {
      epoch: 1,
      stage: 0,
      loss: 0.1 + 0.2,
      accuracy: 0.5,
      valLoss: null,
      valAccuracy: null,
      learningRate: 1e-3,
      seconds: 1,
    };
    store.epochs.put(run.id, epoch);
    const predictions = {
      ids: Int32Array.of(7, -1, 2 ** 31 - 1),
      truths: Int32Array.of(0, 1, 1),
      probabilities: Float32Array.of(0.1, 0.9, 1e-38, 1, 0.5, 0.5),
    };
    store.predictions.put(run.id, null, 'test', predictions);
    const summary = {
      collection: null,
      split: 'test' as const,
      n: 3,
      accuracy: 1 / 3,
      macroF1: 0.2,
      rocAuc: null,
      logLoss: 1,
    };
    store.summaries.put(run.id, summary);
    store.close();
    const again = openProject(dir);
    expect(again.runs.byId(run.id)).toEqual(run);
    expect(again.epochs.ofRun(run.id)).toEqual([epoch]);
    expect(again.predictions.get(run.id, null, 'test')).toEqual(predictions);
    expect(again.predictions.get(run.id, 'other', 'test')).toBeUndefined();
    expect(again.summaries.ofRun(run.id)).toEqual([summary]);
    again.close();
  });

  test('take what belongs to them along when removed, and their number is not given again', () => {
    const { store } = projectWith([]);
    const run = aRun(store);
    store.runs.insert(run);
    store.artifacts.put(run.id, { kind: 'weights', path: 'runs/r1/weights.safetensors', bytes: 3 });
    store.runs.remove(run.id);
    expect(store.artifacts.ofRun(run.id)).toEqual([]);
    expect(store.runs.nextNumber()).toBe(2);
    store.close();
  });
});
