import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of package.json: the checkout when run from source, the app's archive when installed. */
export const appRoot = rootAbove(import.meta.dirname);

const fromSource = import.meta.filename.endsWith('.ts');

/** The program of the engine process. */
export const engineFile = join(appRoot, fromSource ? 'electron/engine/process.ts' : 'out/main/engine.js');
export const rendererDir = join(appRoot, 'out', 'renderer');

export const appVersion = (
  JSON.parse(readFileSync(join(appRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/**
 * Where the weights library, settings and the list of recent projects live: GRAFT_DATA_DIR, or
 * the place each system keeps such things (XDG base directories on Linux).
 */
export function dataDir(env = process.env, platform = process.platform, home = homedir()): string {
  if (env.GRAFT_DATA_DIR) return env.GRAFT_DATA_DIR;
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Graft');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Graft');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'graft');
}

/** What may be fetched: --offline or GRAFT_OFFLINE=1 forbids it, GRAFT_MIRROR is asked in the publishers' place. */
export function network(env = process.env, argv = process.argv): { offline: boolean; mirror?: string } {
  return {
    offline: argv.includes('--offline') || env.GRAFT_OFFLINE === '1',
    ...(env.GRAFT_MIRROR ? { mirror: env.GRAFT_MIRROR } : {}),
  };
}

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
  return rootAbove(parent);
}
