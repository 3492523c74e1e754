/**
 * `npm run bench` measures the engine, `npm run bench -- data` what the dataset check finds, and
 * `npm run bench -- large` a project of 100,000 images; options follow.
 */
import { argv } from 'node:process';

const parts: Record<string, () => Promise<unknown>> = {
  data: () => import('./data.ts'),
  large: () => import('./large.ts'),
};
const part = parts[argv[2] ?? ''];
if (part) argv.splice(2, 1);
await (part ?? (() => import('./engine.ts')))();
