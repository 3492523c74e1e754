import { fork } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../electron/store/open.ts';
import { freshFolder } from './a-project.ts';

test('kill -9 in the middle of inserting loses nothing that was reported as saved, and the lock is free again', async () => {
  const dir = join(freshFolder(), 'project');
  const child = fork(join(import.meta.dirname, 'insert-forever.ts'), [dir]);
  let reported = 0;
  const died = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  child.on('message', (saved: number) => {
    reported = saved;
    if (saved >= 500) child.kill('SIGKILL');
  });
  expect(await died).toBe('SIGKILL');
  const store = openProject(dir);
  const { items } = store.project.counts().counts;
  expect(items).toBeGreaterThanOrEqual(reported);
  // Every transaction adds 50: a half of one is never seen.
  expect(items % 50).toBe(0);
  store.close();
});
