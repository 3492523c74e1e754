/** Electron's binary: where it is, and getting it. It is not part of the npm package. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownNode, root, say } from './install.mjs';

const folder = join(root, 'node_modules', 'electron');
const REACH_MS = 6_000;
/** Enough to unpack a copy from Electron's download cache when there is no network. */
const OFFLINE_MS = 20_000;
/** A crash this early is a machine without the libraries or the rights Electron needs. */
const EARLY_MS = 10_000;

/** Why a window cannot be opened on this computer at all, or null. */
export function noWindowBecause() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'this computer has no display';
  if (process.getuid?.() === 0) return 'Electron does not run as root';
  return null;
}

/** Path of Electron's binary, fetched if need be; null when it cannot be had. */
export async function getElectron() {
  const there = installedBinary();
  if (there) return there;
  say('Fetching Electron (once, about 120 MB) ...');
  await runInstaller();
  return installedBinary();
}

/** Opens the window and waits until it is closed; false when Electron could not start. */
export function openWindow(binary, args) {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(binary, [root, ...args], { stdio: 'inherit' });
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0 || Date.now() - started > EARLY_MS));
  });
}

function installedBinary() {
  const name = join(folder, 'path.txt');
  if (!existsSync(name)) return null;
  const path = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'),
    readFileSync(name, 'utf8'),
  );
  return existsSync(path) ? path : null;
}

/** Electron's own installer, ended early when its source cannot be reached: it would try for minutes. */
async function runInstaller() {
  const proxied = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  const env = { ...process.env, ...(proxied ? { ELECTRON_GET_USE_PROXY: '1' } : {}) };
  const child = spawn(ownNode, [join(folder, 'install.js')], { stdio: 'ignore', env });
  const ended = new Promise((done) => child.on('exit', done).on('error', done));
  const stop = () => child.kill();
  process.once('SIGINT', stop);
  let timer;
  if (!proxied && !(await reachable())) timer = setTimeout(stop, OFFLINE_MS);
  await ended;
  clearTimeout(timer);
  process.off('SIGINT', stop);
}

async function reachable() {
  const source =
    process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com';
  try {
    await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(REACH_MS) });
    return true;
  } catch {
    return false;
  }
}
