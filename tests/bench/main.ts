/** `npm run bench` measures the engine, `npm run bench -- data` what the dataset check finds; options follow. */
import { argv } from 'node:process';

if (argv[2] === 'data') {
  argv.splice(2, 1);
  await import('./data.ts');
} else {
  await import('./engine.ts');
}
