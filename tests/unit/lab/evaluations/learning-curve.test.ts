import { expect, test } from 'vitest';
import { labWithItems, nextEvent, type TestLab } from '../a-lab.ts';
import { architecture } from '../../../../electron/engine/zoo/registry.ts';

const weights = {
  id: 'a'.repeat(64),
  arch: 'mobilenet_v2',
  alpha: 1,
  withTop: false,
  classes: null,
  params: 1,
  bytes: 1,
  source: 'w.h5',
  format: 'keras-h5',
  importedAt: '2026-01-01T00:00:00.000Z',
};
const card = {
  id: 'mobilenet_v2',
  title: 'MobileNetV2',
  family: 'MobileNet',
  params: 1,
  featureWidth: 1280,
  inputSize: 224,
  minInputSize: 32,
  top1: 71.8,
  licence: 'Apache-2.0',
  paper: architecture('mobilenet_v2').paper,
  alphas: [1],
  blocks: [],
  defaultCut: 'block_16',
  frozenOnly: false,
  published: [],
  installed: [weights],
};

/** Answers a measurement whose error is 0.6 / sqrt(items), of 100 tested. */
async function measureOnce({ lab, media, compute }: TestLab): Promise<void> {
  const { job } = await lab.call('learningCurve.start', {});
  const ended = nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');
  (await media.next('zooList')).resolve([card]);
  const { params, resolve } = await compute.next('learningCurve');
  expect(params.items.some(({ split }) => split === 'test')).toBe(false);
  const trained = params.items.filter(({ split }) => split === 'train').length;
  const trial = (wanted: number) => {
    const items = Math.round(wanted);
    const wrong = Math.round(60 / Math.sqrt(items));
    return { items, wrong, tested: 100, correct: [1, 0] };
  };
  const overall = [0.25, 0.5, 0.75, 1].map((share) => trial(share * trained));
  const perClass = [{ classIndex: 1, trials: [1, 2, 3, trained / 2].map(trial) }];
  resolve({ overall, perClass, tested: 100 });
  expect((await ended).status).toBe('done');
}

test('a forecast is stored, and later held against what came with more pictures', async () => {
  const setup = await labWithItems();
  const { lab, ids } = setup;
  expect(await lab.call('learningCurve.get', {})).toEqual({ curve: null, earlier: [] });
  await measureOnce(setup);
  const { curve, earlier } = await lab.call('learningCurve.get', {});
  expect(earlier).toEqual([]);
  expect(curve).toMatchObject({ trained: 8, tested: 100, backbone: 'MobileNetV2', accuracy: 0.79 });
  const whole = curve!.measured.at(-1)!;
  expect(whole).toMatchObject({ items: 8, accuracy: 0.79 });
  // Wilson's interval of 79 of 100.
  expect(whole.interval[0]).toBeCloseTo(0.7002, 3);
  expect(whole.interval[1]).toBeCloseTo(0.8583, 3);
  const twice = curve!.forecasts.at(-1)!;
  expect(twice.items).toBe(16);
  expect(twice.accuracy).toBeGreaterThan(0.8);
  expect(twice.interval[0]).toBeLessThan(twice.accuracy);
  const sizes = curve!.fitted.map(({ items }) => items);
  expect([sizes[0], sizes.at(-1)]).toEqual([2, 16]);
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
  expect(curve!.classes[0]).toMatchObject({ name: 'dog', items: 4, recall: 0, more: 5 });
  expect(curve!.classes[0]!.gain).toBeGreaterThan(0);

  await lab.call('items.setSplit', { ids: ids.slice(10, 12), split: 'train' });
  await measureOnce(setup);
  const later = await lab.call('learningCurve.get', {});
  expect(later.curve!.trained).toBe(10);
  expect(later.earlier).toMatchObject([{ from: 8, items: 10, came: 0.81, held: true }]);
});
