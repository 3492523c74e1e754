/**
 * `npm run bench` measures the engine; `npm run bench -- data` what the dataset check finds and how a project of
 * 100,000 images behaves, which `-- check` and `-- large` do one by one; `-- runs` how a table of 10,000 runs does;
 * `-- transfer` tries the alarm for negative transfer. Options follow.
 */
import { argv } from 'node:process';

const parts: Record<string, (() => Promise<unknown>)[]> = {
  data: [() => import('./check.ts'), () => import('./large.ts')],
  check: [() => import('./check.ts')],
  large: [() => import('./large.ts')],
  runs: [() => import('./runs.ts')],
  transfer: [() => import('./transfer.ts')],
};
const part = parts[argv[2] ?? ''];
if (part) argv.splice(2, 1);
for (const run of part ?? [() => import('./engine.ts')]) await run();
