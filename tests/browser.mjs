/** A Chromium for the end-to-end tests: an installed one, the distribution's, or Playwright's own. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const { env, platform } = process;

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const macApps = ['Google Chrome', 'Microsoft Edge', 'Chromium'];
const windowsPaths = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

/**
 * `path` is null where Playwright's own browser is to be used; `problem` says why there is none at all.
 * `say` is told before something is installed.
 */
export function ensureBrowser(say) {
  const installed = findInstalled();
  if (installed) return { path: installed };
  if (platform === 'linux' && process.getuid() === 0 && existsSync('/etc/debian_version')) {
    say('No browser here: installing the Debian package chromium for the end-to-end tests ...');
    runQuietly('apt-get', ['update']);
    runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
    const path = findInstalled();
    if (path) return { path };
  }
  say("No browser here: fetching Playwright's own Chromium for the end-to-end tests ...");
  const cli = join(import.meta.dirname, '..', 'node_modules', 'playwright', 'cli.js');
  if (runQuietly(process.execPath, [cli, 'install', 'chromium'])) return { path: null };
  return { path: null, problem: 'no Chrome, Edge or Chromium is installed, and none could be fetched' };
}

function findInstalled() {
  return candidates().find((path) => path && existsSync(path)) ?? null;
}

function candidates() {
  if (env.GRAFT_BROWSER) return [env.GRAFT_BROWSER];
  if (platform === 'darwin') return macApps.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    return roots.flatMap((root) => windowsPaths.map((path) => join(root, path)));
  }
  const folders = (env.PATH ?? '').split(delimiter).concat('/usr/bin');
  return programs.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function runQuietly(command, args) {
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return done.status === 0;
}
