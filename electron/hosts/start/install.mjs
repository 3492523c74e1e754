/**
 * Gets a checkout ready to run, from nothing: dependencies, the Node that Graft runs on, the build.
 * Plain JavaScript for any Node from 20 on, because it runs before there are dependencies.
 * Says what it does on stderr, so that stdout stays the program's own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const modules = join(root, 'node_modules');
const windows = process.platform === 'win32';

/** The Node that came with the dependencies: the same major as Electron's, so one native binary serves both. */
export const ownNode = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');

const MINIMUM_NODE = 20;

/** Installs the dependencies unless what is there is what package-lock.json asks for. */
export function ensureInstalled() {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
    fail(
      `Graft needs Node ${MINIMUM_NODE} or newer to start; this is ${process.version}. See https://nodejs.org`,
    );
  }
  if (!dependenciesCurrent()) {
    say('Installing dependencies (once, some minutes) ...');
    // Install scripts would fetch hundreds of megabytes nobody asked for (CUDA builds).
    npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  }
  // The one package whose install script is wanted: it fetches its binary from the registry.
  if (!nodeRuns()) npm('rebuild', 'node', '--loglevel=error');
  if (!nodeRuns()) fail(`${ownNode} does not run. Delete node_modules and try again.`);
}

/** Builds out/ unless it was built from the very sources that are there. */
export function ensureBuilt() {
  const stamp = join(root, 'out', '.built-from');
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('Building Graft ...');
  const vite = join(modules, 'electron-vite', 'bin', 'electron-vite.js');
  const built = spawnSync(ownNode, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) fail('The build failed; its messages are above.');
  writeFileSync(stamp, sources);
}

/**
 * Runs a program on Graft's own Node and ends with its exit code. Ctrl+C reaches the whole terminal
 * group by itself; a signal sent to this process alone is passed on.
 */
export function becomeNode(args, env = {}) {
  const child = spawn(ownNode, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

export function fail(line) {
  say(line);
  process.exit(1);
}

/** npm writes node_modules/.package-lock.json when, and only when, an install went through to the end. */
function dependenciesCurrent() {
  const installed = packagesOf(join(modules, '.package-lock.json'));
  if (!installed) return false;
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json')));
  return wanted.every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    const there = installed[path];
    return there ? there.version === version : Boolean(optional);
  });
}

function packagesOf(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')).packages : null;
}

function nodeRuns() {
  return existsSync(ownNode) && spawnSync(ownNode, ['--version']).status === 0;
}

function npm(...args) {
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_ignore_scripts: undefined };
  const options = { cwd: root, stdio: ['ignore', 2, 2], env };
  const own = process.env.npm_execpath;
  const done = own?.endsWith('.js')
    ? spawnSync(process.execPath, [own, ...args], options)
    : spawnSync('npm', args, { ...options, shell: windows });
  if (done.status !== 0)
    fail(`npm ${args[0]} failed${done.error ? ` (${done.error.message})` : ''}; see above.`);
}

/** What the build is made from: the content, not the dates, which a checkout or a copy changes. */
function hashOfSources() {
  const hash = createHash('sha256');
  const files = ['electron', 'renderer', 'shared'].flatMap((folder) => filesUnder(join(root, folder)));
  for (const path of [
    ...files,
    join(root, 'electron.vite.config.ts'),
    join(root, 'package-lock.json'),
  ].sort()) {
    hash.update(relative(root, path)).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
