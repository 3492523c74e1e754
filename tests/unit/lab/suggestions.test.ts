import { describe, expect, test } from 'vitest';
import type { EngineParams, EngineResult } from '../../../electron/engine/protocol.ts';
import { queueAfter } from '../../../electron/lab/suggestions/queue.ts';
import { openProject } from '../../../electron/store/open.ts';
import type { Params } from '../../../shared/contract/index.ts';
import { anItem } from '../store/a-project.ts';
import { aLab, nextEvent, type TestLab } from './a-lab.ts';

const installed = {
  id: 'mobilenet_v2',
  title: 'MobileNetV2',
  family: 'MobileNet',
  params: 1,
  featureWidth: 1280,
  inputSize: 224,
  minInputSize: 32,
  top1: 0.7,
  licence: 'Apache-2.0',
  paper: { title: '', url: '' },
  alphas: [1],
  blocks: [],
  defaultCut: '',
  frozenOnly: false,
  published: [],
  installed: [
    {
      id: 'w1',
      arch: 'mobilenet_v2',
      alpha: 1,
      withTop: false,
      classes: null,
      params: 1,
      bytes: 1,
      source: '',
      format: '',
      importedAt: '',
    },
  ],
} satisfies EngineResult<'zooList'>[number];

/** Ten items: the first three cats, the next three dogs, the rest without a label. */
async function tenItems(): Promise<TestLab & { ids: number[]; cat: number; dog: number; dir: string }> {
  const test = aLab();
  const dir = `${test.folder}/pets`;
  await test.lab.call('projects.create', { path: dir, name: 'Pets' });
  await test.lab.call('projects.close', {});
  const store = openProject(dir);
  const made = store.transaction(() => {
    store.items.addCollection('main');
    const [cat, dog] = [store.classes.insert('cat'), store.classes.insert('dog')];
    const labels = [cat, cat, cat, dog, dog, dog];
    const ids = Array.from({ length: 10 }, (_, at) =>
      store.items.insert(anItem(`${at}.jpg`, { classId: labels[at] ?? null }))!,
    );
    return { ids, cat, dog };
  });
  store.close();
  await test.lab.call('projects.open', { path: dir });
  return { ...test, ...made, dir };
}

type Suggested = NonNullable<EngineResult<'suggest'>['suggested']>;

/** Every item a dog, with the probability 0.5 + its position / 20; the queue in the order of the items. */
function allDogs(
  { ids, y }: EngineParams<'suggest'>,
  changes: Partial<Suggested> = {},
): EngineResult<'suggest'> {
  let rank = 0;
  const suggested = {
    classes: new Int32Array(ids.length).fill(1),
    probabilities: Float32Array.from(ids, (_, at) => 0.5 + at / 20),
    ranks: y.map((label) => (label < 0 ? rank++ : -1)),
    seconds: 0.1,
    ...changes,
  };
  suggested.classes.forEach((_, at) => y[at]! >= 0 && (suggested.classes[at] = -1));
  return { missing: new Int32Array(), suggested };
}

/** Every labelled item a dog as well, in which `agreeing` labels agree. */
function judgedDogs(
  { ids, y }: EngineParams<'judgeSuggestions'>,
  agreeing = 3,
): EngineResult<'judgeSuggestions'> {
  const judgement = {
    classes: y.map((label) => (label < 0 ? -1 : 1)),
    probabilities: Float32Array.from(ids, (_, at) => 0.5 + at / 20),
    judged: y.filter((label) => label >= 0).length,
    agreeing,
  };
  return { missing: new Int32Array(), judgement };
}

/** Turns suggestions on, answering the engine's questions; features are held already. */
async function turnOn({ lab, media, compute }: TestLab): Promise<EngineParams<'suggest'>> {
  const { job } = await lab.call('suggestions.start', {});
  const done = nextEvent(
    lab,
    'suggestions.changed',
    (summary) => summary.last !== null && summary.job === null,
  );
  (await media.next('zooList')).resolve([installed]);
  const judging = await compute.next('judgeSuggestions');
  judging.resolve(judgedDogs(judging.params));
  const asked = await compute.next('suggest');
  asked.resolve(allDogs(asked.params));
  await done;
  expect((await lab.call('jobs.list', {})).find(({ id }) => id === job)?.status).toBe('done');
  return asked.params;
}

async function update(
  project: TestLab,
  place: Params<'suggestions.update'>,
  changes: Partial<Suggested> = {},
) {
  const summary = project.lab.call('suggestions.update', place);
  (await project.media.next('zooList')).resolve([installed]);
  const asked = await project.compute.next('suggest');
  asked.resolve(allDogs(asked.params, changes));
  return { summary: await summary };
}

async function namesIn({ lab }: TestLab, params: Omit<Params<'items.list'>, 'offset' | 'limit'>) {
  const { items } = await lab.call('items.list', { ...params, offset: 0, limit: 100 });
  return items.map(({ name }) => name);
}

describe('a queue made anew', () => {
  const ids = Int32Array.of(10, 11, 12, 13, 14);
  const before = { ids, ranks: Int32Array.of(0, 1, 2, 3, 4) };
  const reversed = Int32Array.of(4, 3, 2, 1, 0);

  test('leaves what was done and what is in view where it was', () => {
    expect([...queueAfter(before, ids, reversed, { after: 11, ahead: 1 })]).toEqual([0, 1, 2, 4, 3]);
    expect([...queueAfter(before, ids, reversed, { ahead: 1 })]).toEqual([...reversed]);
    expect([...queueAfter(null, ids, reversed, { after: 11, ahead: 1 })]).toEqual([...reversed]);
  });

  test('keeps the place of an item that has its label now, and takes in new items', () => {
    const now = Int32Array.of(10, 11, 13, 20);
    // 10 was labelled, 12 left out, 20 came in.
    const ranks = Int32Array.of(-1, 1, 2, 0);
    expect([...queueAfter(before, now, ranks, { after: 10, ahead: 0 })]).toEqual([0, 2, 3, 1]);
  });
});

test('with too few labels suggestions cannot be turned on, and say so', async () => {
  const project = await tenItems();
  await project.lab.call('items.label', { ids: project.ids.slice(1, 3), classId: null });
  expect((await project.lab.call('suggestions.summary', {})).fewLabels).toBe(true);
  await expect(project.lab.call('suggestions.start', {})).rejects.toMatchObject({
    code: 'suggestions.few-labels',
  });
});

test('features that the engine does not hold are computed as a job, then it is asked again', async () => {
  const { lab, media, compute, ids, dir } = await tenItems();
  await lab.call('suggestions.start', {});
  (await media.next('zooList')).resolve([installed]);
  const first = await compute.next('judgeSuggestions');
  first.resolve({ missing: first.params.ids, judgement: null });
  const hold = await compute.next('holdFeatures');
  expect(hold.params.items.map(({ id }) => id).sort((a, b) => a - b)).toEqual(ids);
  expect(hold.params).toMatchObject({ total: 10, recipe: { kind: 'features', input: { size: 224 } } });
  expect(hold.params.items[0]!.path).toContain(dir);
  hold.resolve(null);
  const done = nextEvent(lab, 'suggestions.changed', ({ last, job }) => last !== null && job === null);
  const judging = await compute.next('judgeSuggestions');
  judging.resolve(judgedDogs(judging.params));
  const second = await compute.next('suggest');
  second.resolve(allDogs(second.params));
  expect(await done).toMatchObject({
    last: { labels: 6, classes: 2, open: 4, backbone: 'MobileNetV2', stale: false },
    fewLabels: false,
  });
});

test('suggestions show beside items, filter and order them, and survive a restart', async () => {
  const project = await tenItems();
  const { lab, ids, dog, dir } = project;
  const asked = await turnOn(project);
  expect([...asked.y]).toEqual([0, 0, 0, 1, 1, 1, -1, -1, -1, -1]);
  const reopen = async () => {
    await lab.call('projects.close', {});
    await lab.call('projects.open', { path: dir });
  };
  await reopen();
  const [item] = await lab.call('items.get', { ids: [ids[7]!] });
  expect(item!.suggestion!.classId).toBe(dog);
  expect(item!.suggestion!.probability).toBeCloseTo(0.85, 5);
  expect(await namesIn(project, { filter: { agreement: 'agrees' } })).toEqual(['3.jpg', '4.jpg', '5.jpg']);
  expect(await namesIn(project, { filter: { agreement: 'disagrees' } })).toEqual(['0.jpg', '1.jpg', '2.jpg']);
  expect(await namesIn(project, { filter: { agreement: 'suggested', sure: 0.9 } })).toEqual([
    '8.jpg',
    '9.jpg',
  ]);
  expect(await namesIn(project, { filter: { classes: [null], sure: 0.95 } })).toEqual(['9.jpg']);
  expect(await namesIn(project, { order: 'queue' })).toEqual(['6.jpg', '7.jpg', '8.jpg', '9.jpg']);
  const { last } = await lab.call('suggestions.summary', {});
  expect(last!.counts).toEqual({ suggested: 4, agrees: 3, disagrees: 3 });
  expect(last!.accuracy).toMatchObject({ value: 0.5, judged: 6 });
  expect(last!.accuracy!.low).toBeCloseTo(0.1876, 3); // Wilson, 3 of 6.
});

test('accepting labels as suggested in one edit that undo takes back; labelled items stay as they are', async () => {
  const project = await tenItems();
  const { lab, ids, dog } = project;
  await turnOn(project);
  const { changed } = await lab.call('suggestions.accept', { ids: [ids[0]!, ids[6]!, ids[7]!] });
  expect(changed).toBe(2);
  const labels = async () => (await lab.call('items.get', { ids })).map(({ classId }) => classId === dog);
  expect((await labels()).slice(0, 1)).toEqual([false]);
  expect((await labels()).slice(6)).toEqual([true, true, false, false]);
  expect(await lab.call('items.undo', {})).toMatchObject({ done: true, action: 'accept', changed: 2 });
  expect((await labels()).slice(6)).toEqual([false, false, false, false]);
  await lab.call('suggestions.accept', { filter: { agreement: 'suggested', sure: 0.85 } });
  expect((await labels()).slice(6)).toEqual([false, true, true, true]);
});

test('while a person labels along the queue, what they did keeps its place and what was said of it stands', async () => {
  const project = await tenItems();
  const { lab, ids, cat } = project;
  await turnOn(project);
  await lab.call('items.label', { ids: [ids[6]!], classId: cat });
  expect((await lab.call('suggestions.summary', {})).last!.stale).toBe(true);
  const nothing = new Int32Array(10).fill(-1);
  const { summary } = await update(
    project,
    { after: ids[7]!, ahead: 0 },
    {
      classes: Int32Array.from(nothing, (_, at) => (at > 6 ? 0 : -1)),
      ranks: Int32Array.from(nothing, (_, at) => (at > 6 ? 9 - at : -1)),
    },
  );
  expect(summary.last).toMatchObject({ labels: 7, stale: false, accuracy: { judged: 6 } });
  // 6 is labelled, 7 in hand; behind them the queue is the new one.
  expect(await namesIn(project, { order: 'queue' })).toEqual(['6.jpg', '7.jpg', '9.jpg', '8.jpg']);
  // What was said of 6 without knowing its label says now that the head disagrees.
  expect(await namesIn(project, { filter: { agreement: 'disagrees' } })).toContain('6.jpg');
});

test('turned off, they are forgotten, and an answer that comes late brings nothing back', async () => {
  const project = await tenItems();
  const { lab, media, compute } = project;
  await turnOn(project);
  const late = lab.call('suggestions.update', {});
  (await media.next('zooList')).resolve([installed]);
  const asked = await compute.next('suggest');
  expect((await lab.call('suggestions.stop', {})).last).toBeNull();
  asked.resolve(allDogs(asked.params));
  await expect(late).rejects.toMatchObject({ code: 'cancelled' });
  expect((await lab.call('suggestions.summary', {})).last).toBeNull();
  expect(await namesIn(project, { order: 'queue' })).toEqual([]);
  await compute.next('releaseFeatures');
});

/** Forty items: those of `tenItems`, and thirty more without a label. */
async function manyLabels(): Promise<Awaited<ReturnType<typeof tenItems>>> {
  const project = await tenItems();
  const { dir, lab } = project;
  await lab.call('projects.close', {});
  const store = openProject(dir);
  store.transaction(() => {
    for (let at = 10; at < 40; at++) project.ids.push(store.items.insert(anItem(`${at}.jpg`))!);
  });
  store.close();
  await lab.call('projects.open', { path: dir });
  return project;
}

test('an update answers before labels are judged, and a newer one ends the judging of the one before', async () => {
  const project = await manyLabels();
  const { lab, compute, ids, dog } = project;
  await turnOn(project);
  await lab.call('items.label', { ids: ids.slice(6, 20), classId: dog });
  const first = await update(project, {});
  expect(first.summary.last).toMatchObject({ labels: 20, accuracy: { judged: 6 } });
  const outdated = await compute.next('judgeSuggestions');

  await lab.call('items.label', { ids: ids.slice(20, 22), classId: dog });
  const second = await update(project, {});
  expect(outdated.controls).toContain('cancel');
  expect(second.summary.last).toMatchObject({ labels: 22, accuracy: { judged: 6 } });
  outdated.resolve(judgedDogs(outdated.params, 20));
  const judged = nextEvent(lab, 'suggestions.changed', ({ last }) => last?.accuracy?.judged === 22);
  const judging = await compute.next('judgeSuggestions');
  judging.resolve(judgedDogs(judging.params, 19));
  expect((await judged).last).toMatchObject({ labels: 22, stale: false, accuracy: { value: 19 / 22 } });
  expect(await namesIn(project, { filter: { agreement: 'agrees' } })).toHaveLength(19);
});
