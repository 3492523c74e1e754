/** The steps of `npm test`. Each gives `{ passed, failed, skipped }`; `skipped` names tests and says why. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../electron/hosts/start/install.mjs';

const bin = (path) => join(root, 'node_modules', path);
const results = join(root, 'test-results');

/** Checks that pass or fail as a whole, all at once: they are independent and short. */
export async function staticChecks() {
  const checks = [
    ['type check, program and tests', bin('typescript/bin/tsc'), '-p', 'tsconfig.node.json'],
    ['type check, window', bin('vue-tsc/bin/vue-tsc.js'), '-p', 'tsconfig.web.json'],
    ['lint', bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    ['format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ];
  const done = await Promise.all(checks.map(([name, ...args]) => runCheck(name, args)));
  const passed = done.filter(Boolean).length;
  return { passed, failed: done.length - passed, skipped: [] };
}

export async function build() {
  const ok = await runCheck('build', [
    bin('electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel',
    'warn',
  ]);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] };
}

/** Unit, integration, malformed and conformance tests. */
export async function vitest() {
  const file = freshResult('vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await runShown([bin('vitest/vitest.mjs'), 'run', ...reporters]);
  if (!existsSync(file)) return crashed;
  const { testResults: files } = JSON.parse(readFileSync(file, 'utf8'));
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  // A file that could not be loaded holds no tests, and has failed all the same.
  const unloadable = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  );
  const failed = failedTests + unloadable.length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  return {
    passed,
    // An error outside every test (an unhandled rejection) fails the whole run.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: skipped.map(({ fullName }) => ({ name: fullName.trim() })),
  };
}

/** `browser` is a path, or null for Playwright's own. */
export async function endToEnd(browser) {
  const file = freshResult('playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, ...(browser ? { GRAFT_BROWSER: browser } : {}) };
  const code = await runShown([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], env);
  if (!existsSync(file)) return crashed;
  const { stats, suites, errors } = JSON.parse(readFileSync(file, 'utf8'));
  const failed = stats.unexpected + stats.flaky + errors.length;
  return {
    passed: stats.expected,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: suites.flatMap(skippedSpecs),
  };
}

const crashed = { passed: 0, failed: 1, skipped: [] };

function skippedSpecs({ specs = [], suites = [] }) {
  const mine = specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'skipped')
      .map(({ annotations }) => ({
        name: title,
        reason: annotations.find(({ type }) => type === 'skip')?.description,
      })),
  );
  return [...mine, ...suites.flatMap(skippedSpecs)];
}

function freshResult(name) {
  mkdirSync(results, { recursive: true });
  const file = join(results, name);
  rmSync(file, { force: true });
  return file;
}

/** Shows what a check had to say only where it failed. */
async function runCheck(name, args) {
  const started = Date.now();
  const { code, output } = await run(args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const took = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${took} s)${code === 0 ? '' : `\n${output}`}`);
  return code === 0;
}

async function runShown(args, env = {}) {
  const { code } = await run(args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return code;
}

function run(args, options) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, ...options });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ code: 1, output: String(error) }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
