import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import { GraftError } from '../../../../shared/errors.ts';
import { labWithItems, nextEvent } from '../a-lab.ts';

const recipe = defaultRecipe('scratch-cnn', null, 48);

/** A project with runs that failed, a file in the folder of each. */
async function labWithRuns(count: number) {
  const test = await labWithItems();
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { id } = await test.lab.call('runs.start', { recipe });
    const ended = nextEvent(test.lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);
    (await test.compute.next('train')).reject(new GraftError('run.diverged', { epoch: 1 }));
    await ended;
    writeFileSync(join(test.dir, 'runs', id, 'weights.safetensors'), 'x'.repeat(1000));
    ids.push(id);
  }
  return { ...test, runIds: ids };
}

test('what would be lost is told before runs are removed, and then their files are gone', async () => {
  const { lab, dir, runIds } = await labWithRuns(3);
  const ids = runIds.slice(0, 2);
  const loss = await lab.call('experiments.loss', { ids });
  expect(loss).toMatchObject({ runs: 2, epochs: 0, exports: 0, dependants: [] });
  expect(loss.bytes).toBeGreaterThan(2000);
  const told = nextEvent(lab, 'runs.changed', () => true);
  await lab.call('experiments.delete', { ids });
  await told;
  expect(readdirSync(join(dir, 'runs'))).toEqual(runIds.slice(2));
  expect((await lab.call('runs.list', {})).map(({ id }) => id)).toEqual(runIds.slice(2));
  await expect(lab.call('experiments.delete', { ids: [runIds[2]!, 'gone'] })).rejects.toMatchObject({
    code: 'run.unknown',
  });
  expect(existsSync(join(dir, 'runs', runIds[2]!))).toBe(true);
});

test('a removal that was killed leaves each run whole or gone', async () => {
  const { lab, dir, runIds } = await labWithRuns(1);
  const [id] = runIds as [string];
  await lab.call('projects.close', {});
  const runs = join(dir, 'runs');
  // Killed after the folder was set aside and before the row was gone.
  renameSync(join(runs, id), join(runs, `.removed-${id}`));
  // Killed after the row was gone and before the files were.
  mkdirSync(join(runs, '.removed-0099-abc', 'checkpoint'), { recursive: true });
  await lab.call('projects.open', { path: dir });
  expect(readdirSync(runs)).toEqual([id]);
  expect(existsSync(join(runs, id, 'weights.safetensors'))).toBe(true);
});

test('stars, tags, notes and the archive are kept, and change nothing else of a run', async () => {
  const { lab, dir, runIds } = await labWithRuns(2);
  const [first] = runIds as [string, string];
  const before = await lab.call('runs.list', {});
  await lab.call('experiments.edit', { ids: runIds, addTags: ['paper', 'old'], starred: true });
  await lab.call('experiments.edit', {
    ids: [first],
    removeTags: ['old'],
    notes: 'Why it failed',
    archived: true,
  });
  await lab.call('projects.close', {});
  await lab.call('projects.open', { path: dir });
  expect(await lab.call('runs.list', {})).toEqual(before);
  const shown = await lab.call('experiments.list', { filter: { tags: ['old'] }, offset: 0, limit: 10 });
  expect(shown.items).toMatchObject([
    { what: 'run', run: { number: 2, starred: true, tags: ['old', 'paper'] } },
  ]);
  const archived = await lab.call('experiments.list', { filter: { archived: true }, offset: 0, limit: 10 });
  expect(archived.items).toMatchObject([{ run: { number: 1, noted: true, tags: ['paper'] } }]);
  expect(await lab.call('experiments.notes', { id: first })).toEqual({ notes: 'Why it failed' });
  expect(await lab.call('experiments.facets', {})).toMatchObject({ total: 1, archived: 1, starred: 1 });
});

test('runs bundled by recipe show their mean and spread, and open into their runs', async () => {
  const { lab } = await labWithRuns(3);
  const asked = { bundle: 'recipe' as const, columns: ['seed' as const], offset: 0, limit: 10 };
  const closed = await lab.call('experiments.list', asked);
  expect(closed).toMatchObject({
    total: 1,
    runs: 3,
    items: [{ what: 'bundle', bundle: { count: 3, open: false } }],
  });
  const [head] = closed.items;
  const key = head!.what === 'bundle' ? head!.bundle.key : '';
  const opened = await lab.call('experiments.list', { ...asked, open: [key] });
  expect(opened.total).toBe(4);
  expect(opened.items.slice(1).map((row) => row.what === 'run' && row.run.number)).toEqual([3, 2, 1]);
  const second = await lab.call('experiments.list', { ...asked, open: [key], offset: 2, limit: 1 });
  expect(second.items).toMatchObject([{ what: 'run', inBundle: true, run: { number: 2, values: [42] } }]);
});
