/** `npm test`: everything, from a bare checkout. Closes with the line `N passed, N failed[, N skipped]`. */
import { fileURLToPath } from 'node:url';
import { becomeNode, ensureInstalled, ownNode } from '../electron/hosts/start/install.mjs';
import { realpathSync } from 'node:fs';

ensureInstalled();
if (realpathSync(process.execPath) === realpathSync(ownNode)) await runAll();
else becomeNode([fileURLToPath(import.meta.url)]);

async function runAll() {
  const { build, endToEnd, staticChecks, vitest } = await import('./steps.mjs');
  const { ensureBrowser } = await import('./browser.mjs');
  const started = Date.now();
  const total = { passed: 0, failed: 0, skipped: [] };
  // One step's failure does not hide what the others have to say.
  const step = async (title, run) => {
    console.log(`\n== ${title}`);
    const { passed, failed, skipped } = await run();
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped);
  };

  await step('Type check, lint, format', staticChecks);
  await step('Unit, integration, malformed input, conformance', vitest);
  await step('Build', build);
  await step('End to end', () => {
    const browser = ensureBrowser((line) => console.log(line));
    if (browser.problem) {
      console.log(`FAIL end to end: ${browser.problem}`);
      return { passed: 0, failed: 1, skipped: [] };
    }
    return endToEnd(browser.path);
  });
  sumUp(total, Date.now() - started);
}

function sumUp({ passed, failed, skipped }, took) {
  if (skipped.length > 0) console.log('\nSkipped:');
  for (const { name, reason } of skipped) console.log(`  ${name}${reason ? ` (${reason})` : ''}`);
  console.log(`\nTook ${Math.round(took / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
