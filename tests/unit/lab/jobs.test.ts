import { expect, test } from 'vitest';
import { EventBus } from '../../../electron/lab/event-bus.ts';
import { Jobs } from '../../../electron/lab/jobs.ts';
import type { JobControls } from '../../../electron/lab/jobs.ts';

/** Work that goes on until it is cancelled, and then fails as cancelled work does. */
const untilCancelled = ({ signal }: JobControls) =>
  new Promise<never>((_, fail) => {
    const end = () => fail(new Error('ended'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });

test('closing a project ends its work, and leaves what fills the library of weights', async () => {
  const jobs = new Jobs(new EventBus());
  const download = jobs.start({ kind: 'weights', subject: 'weights.h5' }, untilCancelled);
  const images = jobs.start({ kind: 'import', subject: 'photos' }, untilCancelled);
  const ends = [download, images].map(({ result }) => result.catch((error: Error) => error.message));
  await jobs.clear();
  expect(jobs.list()).toMatchObject([{ id: download.job.id, status: 'running' }]);
  await jobs.close();
  expect(jobs.list()).toEqual([]);
  expect(await Promise.all(ends)).toEqual(['ended', 'ended']);
});
