/**
 * How long the table of runs takes: `npm run bench -- runs [--count 10000] [--folder <dir>]`. Each question is asked
 * of a real project through the lab, as the window asks it, serialisation included; the first column is the first
 * time, the second the median of the times after something was written. With `--folder` the project is kept.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLab } from '../../electron/hosts/open-lab.ts';
import { createProject } from '../../electron/store/open.ts';
import { runColumnNames, usualColumns } from '../../shared/run-columns.ts';
import type { MethodName, Params } from '../../shared/contract/index.ts';
import { generateRuns } from './runs/generate.ts';

const { values: options } = parseArgs({
  options: { folder: { type: 'string' }, count: { type: 'string', default: '10000' } },
});
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'graft-runs-bench-'));
process.env['GRAFT_DATA_DIR'] = join(folder, 'data');
const project = join(folder, 'project');
const TIMES = 5;
const columns = [...usualColumns];
const window = { columns, offset: 0, limit: 100 };

const lab = openLab({ host: 'terminal' });
try {
  if (!existsSync(join(project, 'graft.db'))) {
    const store = createProject(project, 'Many runs');
    generateRuns(store, Number(options.count));
    store.close();
  }
  await lab.call('projects.open', { path: project });
  const { runs: count } = await lab.call('experiments.list', window);
  console.log(`| question (${count} runs) | first, ms | after a change, ms |\n| --- | ---: | ---: |`);
  await row('the table as it opens: newest first, first window', 'experiments.list', window);
  await row('what there is to filter by', 'experiments.facets', {});
  await row('window in the middle', 'experiments.list', { ...window, offset: Math.floor(count / 2) });
  for (const column of ['name', 'accuracy', 'learningRate', 'hidden', 'lastAccuracy', 'seconds'] as const)
    await row(`sorted by ${column}`, 'experiments.list', { ...window, order: { column } });
  await row('text and kind', 'experiments.list', { ...window, filter: { text: '77', kinds: ['fine-tune'] } });
  for (const bundle of ['recipe', 'backbone', 'group'] as const)
    await row(`bundled by ${bundle}`, 'experiments.list', { ...window, bundle });
  await row('every column of a window', 'experiments.list', { ...window, columns: runColumnNames });
  await row('six columns of 2,000 runs, for a chart', 'experiments.drawn', {
    columns: ['learningRate', 'batchSize', 'dropout', 'seconds', 'validationAccuracy', 'testAccuracy'],
  });
} finally {
  await lab.close();
  if (!options.folder) rmSync(folder, { recursive: true, force: true });
}

async function row<M extends MethodName>(what: string, method: M, params: Params<M>): Promise<void> {
  const first = await timed(method, params);
  const again: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    // Anything written makes the lists be read again.
    await lab.call('projects.rename', { name: `Many runs ${time}` });
    again.push(await timed(method, params));
  }
  const median = again.sort((a, b) => a - b)[Math.floor(TIMES / 2)]!;
  console.log(`| ${what} | ${first.toFixed(1)} | ${median.toFixed(1)} |`);
}

async function timed<M extends MethodName>(method: M, params: Params<M>): Promise<number> {
  const started = performance.now();
  JSON.stringify(await lab.call(method, params));
  return performance.now() - started;
}
