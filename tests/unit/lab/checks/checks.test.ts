import { expect, test } from 'vitest';
import type { EngineParams, EngineResult } from '../../../../electron/engine/protocol.ts';
import { openProject } from '../../../../electron/store/open.ts';
import type { NewItem } from '../../../../electron/store/queries/items/items.ts';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import type { FindingKind } from '../../../../shared/findings.ts';
import { anItem } from '../../store/a-project.ts';
import { aLab, nextEvent, type TestLab } from '../a-lab.ts';

type Row = Partial<NewItem> & { label: 'cat' | 'dog' };

/** A project of these items, `<index>.jpg`; every one has its own hash unless it is given one. */
async function projectOf(
  rows: Row[],
): Promise<TestLab & { ids: number[]; classes: Record<Row['label'], number> }> {
  const test = aLab();
  const dir = `${test.folder}/pets`;
  await test.lab.call('projects.create', { path: dir, name: 'Pets' });
  await test.lab.call('projects.close', {});
  const store = openProject(dir);
  const { ids, classes } = store.transaction(() => {
    store.items.addCollection('main');
    const classes = { cat: store.classes.insert('cat'), dog: store.classes.insert('dog') };
    const ids = rows.map(({ label, ...item }, at) => {
      const own = { classId: classes[label], split: 'train' as const, sha256: `hash ${at}` };
      return store.items.insert(anItem(`${at}.jpg`, { ...own, ...item }))!;
    });
    return { ids, classes };
  });
  store.close();
  await test.lab.call('projects.open', { path: dir });
  return { ...test, ids, classes };
}

/** Twelve pictures of each class, brightness and all other measures alike. */
const plain = (label: Row['label'], count = 12): Row[] => Array.from({ length: count }, () => ({ label }));

interface Answers {
  groups?: number[][];
  rows?: (at: number) => number;
  weights?: string;
  examine?: (params: EngineParams<'examine'>) => EngineResult<'examine'>;
}

/** Starts a check, answers the engines' questions, and waits for the job's end. */
async function check({ lab, media, compute }: TestLab, answers: Answers = {}) {
  const { job: id } = await lab.call('checks.start', { weights: answers.examine ? undefined : null });
  const ended = nextEvent(lab, 'job.changed', (job) => job.id === id && job.status !== 'running');
  const measuring = await media.next('measurePictures');
  const count = measuring.params.items.length;
  const valueOf = (at: number) => answers.rows?.(Math.floor(at / 6)) ?? at % 7;
  const measures = Float32Array.from({ length: count * 6 }, (_, at) => valueOf(at));
  measuring.resolve({ measures, turned: new Array<string>(count).fill('') });
  (await media.next('groupDuplicates')).resolve(answers.groups ?? []);
  if (answers.examine) {
    (await media.next('zooList')).resolve([installed]);
    const examining = await compute.next('examine');
    examining.resolve(answers.examine(examining.params));
  }
  return ended;
}

const installed = {
  id: 'mobilenet_v2',
  title: 'MobileNetV2',
  inputSize: 224,
  top1: 71,
  installed: [{ id: 'weights', arch: 'mobilenet_v2', alpha: 1, bytes: 1 }],
} as never;

const kindsOf = async ({ lab }: TestLab): Promise<Partial<Record<FindingKind, number>>> =>
  Object.fromEntries((await lab.call('checks.summary', {})).kinds.map(({ kind, open }) => [kind, open]));
const findingsOf = async ({ lab }: TestLab, kind: FindingKind, kept = false) =>
  (await lab.call('checks.list', { kind, kept, offset: 0, limit: 100 })).findings;

test('copies are a conflict across classes, a leak across splits, else just copies; and say what to leave out', async () => {
  const project = await projectOf([
    { label: 'cat', sha256: 'same' },
    { label: 'dog', sha256: 'same' },
    { label: 'cat', width: 100, height: 100 },
    { label: 'cat', split: 'test', width: 10, height: 10 },
    { label: 'dog', sha256: 'twice' },
    { label: 'dog', sha256: 'twice', width: 4000 },
    { label: 'dog', width: 30 },
    { label: 'dog', width: 20 },
  ]);
  await check(project, {
    groups: [
      [2, 3],
      [6, 7],
    ],
  });
  expect(await kindsOf(project)).toMatchObject({ conflict: 1, leak: 1, duplicate: 1, 'near-duplicate': 1 });
  const ids = (...at: number[]) => at.map((index) => project.ids[index]);
  const [conflict] = await findingsOf(project, 'conflict');
  expect(conflict).toMatchObject({ params: { classes: 'cat, dog' }, leaveOut: ids(0, 1) });
  expect(conflict!.items.map(({ id }) => id)).toEqual(ids(0, 1));
  expect((await findingsOf(project, 'leak'))[0]).toMatchObject({
    params: { splits: 'train,test' },
    leaveOut: ids(2),
    togetherIn: 'test',
  });
  await project.lab.call('items.setSplit', { ids: [project.ids[2]!, project.ids[3]!], split: 'test' });
  expect(await kindsOf(project)).not.toHaveProperty('leak');
  expect((await findingsOf(project, 'duplicate'))[0]).toMatchObject({ params: { n: 2 }, leaveOut: ids(4) });
  expect((await findingsOf(project, 'near-duplicate'))[0]).toMatchObject({ leaveOut: ids(7) });
});

test('a finding goes when it is mended, comes back with undo, and is not told again once kept', async () => {
  const project = await projectOf([
    { label: 'cat', sha256: 'same' },
    { label: 'dog', sha256: 'same' },
  ]);
  const { lab, ids, classes } = project;
  await check(project);
  await lab.call('items.label', { ids: [ids[0]!], classId: classes.dog });
  expect(await kindsOf(project)).not.toHaveProperty('conflict');
  await lab.call('items.undo', {});
  expect(await kindsOf(project)).toHaveProperty('conflict', 1);
  await lab.call('items.exclude', { ids: [ids[0]!], excluded: true });
  expect(await kindsOf(project)).not.toHaveProperty('conflict');
  await lab.call('items.undo', {});
  const [conflict] = await findingsOf(project, 'conflict');
  await lab.call('checks.keep', { kind: 'conflict', keys: [conflict!.key] });
  expect(await kindsOf(project)).toHaveProperty('conflict', 0);
  await check(project);
  expect(await findingsOf(project, 'conflict')).toEqual([]);
  expect(await findingsOf(project, 'conflict', true)).toMatchObject([{ kept: true }]);
  await lab.call('checks.keep', { kind: 'conflict', keys: [conflict!.key], kept: false });
  expect(await findingsOf(project, 'conflict')).toHaveLength(1);
});

test('of very many copies the first are shown, and what is done is done to all', async () => {
  const project = await projectOf(
    Array.from({ length: 90 }, () => ({ label: 'cat' as const, sha256: 'same' })),
  );
  await check(project);
  const [copies] = await findingsOf(project, 'duplicate');
  expect(copies!.items).toHaveLength(60);
  expect(copies!.ids).toEqual(project.ids);
  expect(copies!.leaveOut).toHaveLength(89);
  await project.lab.call('items.exclude', { ids: copies!.leaveOut, excluded: true });
  expect(await kindsOf(project)).not.toHaveProperty('duplicate');
});

test('notes on files and counts of classes show without a check', async () => {
  const project = await projectOf([
    { label: 'cat', status: 'broken', reasons: ['truncated'] },
    { label: 'cat', status: 'warning', reasons: ['cmyk', 'tiny'], format: 'jpeg' },
    ...plain('cat', 60),
    ...plain('dog', 3),
    { label: 'cat', split: 'test' },
  ]);
  expect(await kindsOf(project)).toEqual({
    truncated: 1,
    cmyk: 1,
    tiny: 1,
    'class-missing': 1,
    'class-few': 1,
    'class-imbalance': 1,
  });
  const [few] = await findingsOf(project, 'class-few');
  expect(few).toMatchObject({ params: { class: 'dog', n: 3, wanted: 10 }, leaveOut: [] });
  expect(few!.items).toHaveLength(3);
  expect((await project.lab.call('checks.summary', {})).last).toBeNull();
});

test('a class that is brighter than the other is told, with the pictures of either side', async () => {
  const project = await projectOf([...plain('cat'), ...plain('dog')]);
  await check(project, { rows: (item) => (item < 12 ? 10 + item : item - 12) });
  const shifts = await findingsOf(project, 'shift-class');
  expect(shifts.map(({ params }) => params.measure)).toContain('brightness');
  expect(shifts[0]).toMatchObject({ params: { class: 'cat', direction: 'more', percent: 99 } });
  expect(shifts[0]!.items.map(({ id }) => id)).toContain(project.ids[11]);
  expect(shifts[0]!.items).toHaveLength(12);
});

test('a backbone’s view gives label errors with the class to correct to, and outliers; copies stay in one fold', async () => {
  const project = await projectOf([...plain('cat'), ...plain('dog'), { label: 'dog', sha256: 'hash 12' }]);
  const { ids, classes } = project;
  await check(project, {
    examine: (params) => {
      expect(params.recipe).toMatchObject({ kind: 'features', input: { size: 224 } });
      expect(params.groups[24]).toBe(params.groups[12]);
      expect(new Set(params.groups).size).toBe(24);
      const probabilities = new Float32Array(50);
      for (let row = 0; row < 25; row++) {
        // Number 3 is a cat by label, and surely a dog by what is seen.
        const cat = row < 12 && row !== 3 ? 0.95 : 0.02;
        probabilities.set([cat, 1 - cat], 2 * row);
      }
      const distances = Float32Array.from({ length: 25 }, (_, row) => (row === 20 ? 1 : 0.3 + row / 1000));
      return {
        ids: params.items.map(({ id }) => id),
        probabilities,
        logLoss: 0.1,
        distances,
        alike: [[ids[5]!, ids[6]!]],
      };
    },
  });
  expect((await project.lab.call('checks.summary', {})).last).toMatchObject({
    examined: 25,
    backbone: 'MobileNetV2',
    skipped: '',
    stale: false,
  });
  const [error, ...others] = await findingsOf(project, 'label-error');
  expect(others).toEqual([]);
  expect(error).toMatchObject({
    suggestedClass: classes.dog,
    params: { given: 'cat', suggested: 'dog', percent: 98 },
  });
  expect(error!.items.map(({ id }) => id)).toEqual([ids[3]]);
  expect((await findingsOf(project, 'outlier')).map(({ items }) => items[0]!.id)).toEqual([ids[20]]);
  expect((await findingsOf(project, 'near-duplicate')).map(({ items }) => items.length)).toEqual([2]);
  await project.lab.call('items.label', { ids: [ids[3]!], classId: classes.dog });
  expect(await kindsOf(project)).not.toHaveProperty('label-error');
});

test('a head that hardly tells the classes apart judges no label, and says so', async () => {
  const project = await projectOf([...plain('cat'), ...plain('dog')]);
  await check(project, {
    examine: ({ items }) => ({
      ids: items.map(({ id }) => id),
      probabilities: Float32Array.from({ length: 48 }, (_, at) => (at === 0 ? 0.4 : at === 1 ? 0.6 : 0.5)),
      logLoss: 0.6,
      distances: new Float32Array(24).fill(0.3),
      alike: [],
    }),
  });
  expect(await kindsOf(project)).not.toHaveProperty('label-error');
  expect((await project.lab.call('checks.summary', {})).last).toMatchObject({
    backbone: 'MobileNetV2',
    skipped: 'weak-model',
  });
});

test('a second check ends the first; a cancelled one leaves what the last one found', async () => {
  const project = await projectOf([
    { label: 'cat', sha256: 'same' },
    { label: 'dog', sha256: 'same' },
  ]);
  await check(project);
  const { job: first } = await project.lab.call('checks.start', { weights: null });
  const cancelled = nextEvent(
    project.lab,
    'job.changed',
    (job) => job.id === first && job.status === 'cancelled',
  );
  await project.media.next('measurePictures');
  const done = check(project);
  await cancelled;
  expect((await done).status).toBe('done');
  expect(await kindsOf(project)).toHaveProperty('conflict', 1);
});

test('splitting again keeps the copies that a check found together, unless a person said to keep them apart', async () => {
  const project = await projectOf([...plain('cat', 30), ...plain('dog', 30)]);
  const { lab, ids } = project;
  const shares = { train: 0.4, validation: 0.3, test: 0.3 };
  await check(project, { groups: [[3, 14, 22, 40]] });
  const splitsOf = async () => {
    const items = await lab.call('items.get', { ids: [3, 14, 22, 40].map((at) => ids[at]!) });
    return new Set(items.map(({ split }) => split)).size;
  };
  for (const seed of [1, 2, 3]) {
    await lab.call('items.resplit', { ...shares, seed });
    expect(await splitsOf()).toBe(1);
  }
  const [conflict] = await findingsOf(project, 'conflict');
  await lab.call('checks.keep', { kind: 'conflict', keys: [conflict!.key] });
  const apart = [];
  for (const seed of [1, 2, 3]) {
    await lab.call('items.resplit', { ...shares, seed });
    apart.push(await splitsOf());
  }
  expect(Math.max(...apart)).toBeGreaterThan(1);
});

test('after an import in a window a check begins by itself, and gives way to a training that begins', async () => {
  const { lab, media, compute, folder } = aLab({ host: 'browser' });
  await lab.call('projects.create', { path: `${folder}/pets`, name: 'Pets' });
  const ended = nextEvent(lab, 'job.changed', ({ kind, status }) => kind === 'check' && status !== 'running');
  await lab.call('items.import', { path: folder });
  const paths = Array.from({ length: 20 }, (_, at) => `${folder}/${at}.jpg`);
  const scan = await media.next('scan');
  const label = (at: number) => (at % 2 ? 'cat' : 'dog');
  scan.progress({ entries: paths.map((path, at) => ({ path, label: label(at), split: null })), skipped: [] });
  scan.resolve({ entries: paths.length, skipped: 0 });
  const inspect = await media.next('inspect');
  const facts = { broken: null, warnings: [], width: 9, height: 9, bytes: 9, format: 'jpeg', dhash: '' };
  inspect.progress({ inspected: paths.map((path) => ({ ...facts, path, sha256: path })) });
  inspect.resolve(null);

  const measuring = await media.next('measurePictures');
  measuring.resolve({ measures: new Float32Array(120), turned: paths.map(() => '') });
  (await media.next('groupDuplicates')).resolve([[0, 1]]);
  (await media.next('zooList')).resolve([installed]);
  const examining = await compute.next('examine');
  await lab.call('runs.start', { recipe: defaultRecipe('scratch-cnn', null, 48) });
  expect(examining.controls).toEqual(['cancel']);
  expect((await ended).status).toBe('done');
  const { last, kinds } = await lab.call('checks.summary', {});
  expect(last).toMatchObject({ items: 20, examined: 0, skipped: 'busy' });
  expect(kinds.map(({ kind }) => kind)).toContain('conflict');
});
