import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

const real = labForThisFile(1);
const { lab } = real;

test('through the starter backbone a few labels say what the rest is, and learn from each further one', async () => {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red'), [190, 20, 20], 20);
  await paintPictures(join(photos, 'blue'), [20, 20, 190], 20);
  await importAndWait(lab, { path: photos });
  const { items } = await lab.call('items.list', { offset: 0, limit: 100 });
  const isRed = ({ path }: { path: string }) => path.includes('red');
  const [reds, blues] = [items.filter(isRed), items.filter((item) => !isRed(item))];
  const [red, blue] = [reds[0]!.classId!, blues[0]!.classId!];
  const labelled = [...reds.slice(0, 7), ...blues.slice(0, 7)];
  const open = items.filter((item) => !labelled.includes(item)).map(({ id }) => id);
  await lab.call('items.label', { ids: open, classId: null });
  // One of the labels is wrong.
  await lab.call('items.label', { ids: [reds[1]!.id], classId: blue });

  const { job } = await lab.call('suggestions.start', {});
  const ended = await nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');
  expect(ended.error).toBeUndefined();
  const { last } = await lab.call('suggestions.summary', {});
  expect(last).toMatchObject({ labels: 14, classes: 2, open: 26, accuracy: { judged: 14 } });
  const suggested = await lab.call('items.get', { ids: open });
  for (const item of suggested) expect(item.suggestion!.classId).toBe(isRed(item) ? red : blue);
  const disagreeing = { filter: { agreement: 'disagrees' as const }, offset: 0, limit: 100 };
  expect((await lab.call('items.list', disagreeing)).items.map(({ id }) => id)).toContain(reds[1]!.id);

  const queue = await lab.call('items.list', { order: 'queue', offset: 0, limit: 100 });
  expect(queue.total).toBe(26);
  const next = queue.items.slice(0, 10).map(({ id }) => id);
  expect((await lab.call('suggestions.accept', { ids: next })).changed).toBe(10);
  await lab.call('items.label', { ids: [reds[1]!.id], classId: red });
  const judged = nextEvent(lab, 'suggestions.changed', (summary) => summary.last?.accuracy?.judged === 24);
  const after = await lab.call('suggestions.update', {});
  expect(after).toMatchObject({ job: null, last: { labels: 24, open: 16, accuracy: { judged: 14 } } });
  expect((await judged).last!.accuracy!.value).toBeGreaterThan(last!.accuracy!.value);
}, 60_000);
