import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { decisionOf, noveltyFile, rulesOf } from '../../../../electron/lab/evaluations/rules.ts';
import type { OpenProject } from '../../../../electron/lab/project-keeper.ts';
import type { RunRow } from '../../../../electron/store/queries/runs/runs.ts';
import { openProject } from '../../../../electron/store/open.ts';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { labWithItems, type TestLab } from '../a-lab.ts';

const id = '0001-aaaaaa';

/** A finished run of two classes on 200 validation and 200 test items, its probabilities honest. */
function honest(seed: number, n = 200) {
  const random = seededRandom(seed);
  const dog = Float32Array.from({ length: n }, () => random());
  return {
    ids: Int32Array.from(dog.keys()),
    truths: Int32Array.from(dog, (p) => Number(random() < p)),
    probabilities: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? dog[i >> 1]! : 1 - dog[i >> 1]!)),
  };
}

let test_: TestLab & { dir: string };
let run: RunRow;

beforeEach(async () => {
  test_ = await labWithItems();
  const { lab, dir } = test_;
  await lab.call('projects.close', {});
  const store = openProject(dir);
  run = {
    id,
    number: 1,
    name: 'honest',
    status: 'done',
    recipe: defaultRecipe('scratch-cnn', null, 48),
    classes: ['cat', 'dog'],
    classIds: [1, 2],
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: null,
    frozenUnchanged: null,
    device: '',
    bestEpoch: null,
    error: null,
    group: null,
  };
  store.transaction(() => {
    store.runs.insert(run);
    store.predictions.put(id, null, 'validation', honest(1));
    store.predictions.put(id, null, 'test', honest(2));
  });
  store.close();
  await lab.call('projects.open', { path: dir });
});

describe('an operating point', () => {
  test('is chosen on validation, told with its counts on both splits, stored, and decides in Predict', async () => {
    const { lab, compute, dir } = test_;
    const costs = { kind: 'cost', falsePositive: 1, falseNegative: 4 } as const;
    const { threshold } = await lab.call('rules.chooseThreshold', { run: id, class: 1, goal: costs });
    // Honest probabilities: the cheapest threshold is 1 / (1 + 4).
    expect(threshold).toBeGreaterThan(0.1);
    expect(threshold).toBeLessThan(0.3);
    const sweep = await lab.call('rules.sweep', { run: id, class: 1, at: threshold! });
    const point = sweep.points.find((one) => one.threshold === threshold)!;
    expect(point.validation![0] / sweep.validation!.positives).toBeGreaterThan(0.9);
    expect(sweep.judged.positives + sweep.judged.negatives).toBe(200);
    const rules = await lab.call('rules.setOperatingPoint', {
      run: id,
      point: { class: 1, threshold: threshold!, goal: costs },
    });
    expect(rules.operatingPoint).toEqual({ class: 1, threshold, goal: costs, items: 200 });

    await lab.call('projects.close', {});
    await lab.call('projects.open', { path: dir });
    expect(await lab.call('rules.get', { run: id })).toEqual(rules);
    leaveModel(dir);
    const predicting = lab.call('predict.images', { run: id, images: [{ path: join(dir, 'x.jpg') }] });
    (await compute.next('predictImages')).resolve({
      probabilities: [[0.65, 0.35]],
      failed: [null],
      distances: [null],
    });
    expect((await predicting).predictions[0]).toMatchObject({ predicted: 1, byThreshold: true, set: null });
    await lab.call('rules.setOperatingPoint', { run: id, point: null });
    expect((await lab.call('rules.get', { run: id })).operatingPoint).toBeNull();
  });

  test('on validation itself is shown without a second split', async () => {
    const sweep = await test_.lab.call('rules.sweep', { run: id, class: 0, split: 'validation' });
    expect(sweep.validation).toBeNull();
    expect(sweep.points[0]).toMatchObject({ validation: null, judged: [0, 0] });
  });

  test('serves each goal, and none that cannot be reached', async () => {
    const { lab } = test_;
    const choose = async (goal: Parameters<typeof lab.call<'rules.chooseThreshold'>>[1]['goal']) =>
      (await lab.call('rules.chooseThreshold', { run: id, class: 1, goal })).threshold;
    const youden = await choose({ kind: 'youden' });
    expect(Math.abs(youden! - 0.5)).toBeLessThan(0.2);
    const careful = await choose({ kind: 'recall', atLeast: 0.99 });
    const strict = await choose({ kind: 'precision', atLeast: 0.9 });
    expect(careful).toBeLessThan(strict!);
    await expect(choose({ kind: 'recall', atLeast: 2 })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('of a class or run that is not there is refused', async () => {
    const { lab } = test_;
    await expect(lab.call('rules.sweep', { run: id, class: 7 })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await expect(lab.call('rules.get', { run: 'x' })).rejects.toMatchObject({ code: 'run.unknown' });
  });
});

test('prediction sets keep their promise on test, and are shown in Predict', async () => {
  const { lab, compute, dir } = test_;
  const report = await lab.call('rules.trySets', { run: id, coverage: 0.9, method: 'lac' });
  expect(report.coverage.interval[1]).toBeGreaterThan(0.9);
  expect(report.sizes).toHaveLength(3);
  expect(report.sizes[1]! + report.sizes[2]!).toBe(200);
  const { sets } = await lab.call('rules.setSets', { run: id, sets: { coverage: 0.9, method: 'lac' } });
  expect(sets).toEqual(report.rule);
  leaveModel(dir);
  const images = [{ path: join(dir, 'x.jpg') }, { path: join(dir, 'y.jpg') }];
  const predicting = lab.call('predict.images', { run: id, images });
  const probabilities = [
    [0.55, 0.45],
    [0.99, 0.01],
  ];
  (await compute.next('predictImages')).resolve({
    probabilities,
    failed: [null, null],
    distances: [null, null],
  });
  expect((await predicting).predictions.map(({ set }) => set)).toEqual([[0, 1], [0]]);
});

test('what a run knows is learned from training pictures, and said of pictures unlike them', async () => {
  const { lab, compute, dir } = test_;
  leaveModel(dir);
  const learning = lab.call('rules.learnNovelty', { run: id, falseAlarms: 0.05 });
  const call = await compute.next('learnNovelty');
  expect(call.params.training.map(({ split }) => split)).toEqual(Array(8).fill('train'));
  expect(call.params.heldOut.map(({ split }) => split)).toEqual(Array(2).fill('validation'));
  expect(call.params.k).toBe(8);
  call.resolve({ threshold: 0.2, bank: 8, items: 2, width: 128 });
  expect((await learning).novelty).toMatchObject({ threshold: 0.2, k: 8, falseAlarms: 0.05, width: 128 });
  const predicting = lab.call('predict.images', { run: id, images: [{ path: join(dir, 'x.jpg') }] });
  (await compute.next('predictImages')).resolve({
    probabilities: [[0.9, 0.1]],
    failed: [null],
    distances: [0.3],
  });
  expect((await predicting).predictions[0]!.novelty).toEqual({ distance: 0.3, threshold: 0.2, unlike: true });
});

test('nothing is chosen without validation pictures', async () => {
  const { lab, dir } = test_;
  await lab.call('projects.close', {});
  const store = openProject(dir);
  store.predictions.clear(id);
  store.predictions.put(id, null, 'test', honest(2));
  store.close();
  await lab.call('projects.open', { path: dir });
  expect((await lab.call('rules.sweep', { run: id, class: 1 })).validation).toBeNull();
  const refused = { code: 'rules.no-validation', params: { name: 'honest' } };
  const goal = { kind: 'f1' } as const;
  await expect(lab.call('rules.chooseThreshold', { run: id, class: 1, goal })).rejects.toMatchObject(refused);
  await expect(lab.call('rules.trySets', { run: id, coverage: 0.9, method: 'lac' })).rejects.toMatchObject(
    refused,
  );
});

test('an export gets everything it takes to decide the same elsewhere', async () => {
  const { lab, dir } = test_;
  await lab.call('evaluations.get', { run: id });
  const point = { class: 1, threshold: 0.25, goal: { kind: 'hand' } } as const;
  await lab.call('rules.setOperatingPoint', { run: id, point });
  await lab.call('rules.setSets', { run: id, sets: { coverage: 0.8, method: 'aps' } });
  await lab.call('projects.close', {});
  const store = openProject(dir);
  const project = { store, places: { runsDir: join(dir, 'runs') } } as OpenProject;
  const decision = decisionOf(project, run);
  expect(decision.temperature).toBeGreaterThan(0.5);
  expect(decision).toMatchObject({
    operatingPoint: { class: 'dog', threshold: 0.25 },
    sets: { coverage: 0.8, method: 'aps', items: 200 },
    novelty: null,
  });
  const rule = { k: 5, threshold: 0.4, falseAlarms: 0.05, width: 8, bank: 20, items: 30 };
  store.runRules.put(id, 'novelty', rule);
  leaveModel(dir);
  writeFileSync(noveltyFile(project, id), '');
  expect(rulesOf(project, id).novelty).toEqual(rule);
  expect(decisionOf(project, run).novelty).toMatchObject({
    k: 5,
    threshold: 0.4,
    bank: noveltyFile(project, id),
  });
  store.close();
});

function leaveModel(dir: string): void {
  mkdirSync(join(dir, 'runs', id), { recursive: true });
  writeFileSync(join(dir, 'runs', id, 'weights.safetensors'), 'x');
}
