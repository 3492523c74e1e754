import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FolderEntry } from '../../shared/contract/index.ts';
import { GraftError } from '../../shared/errors.ts';
import type { HandlersOf, LabContext } from './context.ts';
import { inboxOf } from './downloads/inbox.ts';
import { changeSettings, readSettings } from './settings.ts';

/** Most entries of one folder that the in-app picker shows. */
const MOST_ENTRIES = 2000;

export function appHandlers(lab: LabContext): HandlersOf<'app'> {
  const { dataDir, version, host, pick, offline = false } = lab.options;
  return {
    'app.info': () => ({
      version,
      host,
      platform: process.platform,
      arch: process.arch,
      node: process.versions.node,
      dataDir,
      home: homedir(),
      inboxDir: inboxOf(dataDir),
      startedOffline: offline,
      engine: lab.engineInfo(),
    }),
    'app.settings': () => readSettings(dataDir),
    'app.setSettings': (changes) => changeSettings(dataDir, changes),
    'app.pick': async (options) =>
      pick ? { supported: true, paths: await pick(options) } : { supported: false, paths: [] },
    'app.listFolder': ({ path }) => listFolder(path === '' ? homedir() : resolve(path)),
    'app.makeFolder': ({ parent, name }) => makeFolder(resolve(parent), name.trim()),
    async 'app.restartEngine'() {
      await Promise.all([lab.engines.compute.restart(), lab.engines.media.restart()]);
      return lab.engineInfo();
    },
  };
}

async function listFolder(path: string) {
  const names = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOENT' ? 'file.missing' : 'file.unreadable';
    throw new GraftError(code, { path, detail: error.code ?? String(error) }, { cause: error });
  });
  const visible = names.filter(({ name }) => !name.startsWith('.'));
  const entries = await Promise.all(
    visible.slice(0, MOST_ENTRIES).map(({ name }) => folderEntry(path, name)),
  );
  entries.sort(
    (a, b) =>
      Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
  const parent = dirname(path);
  return {
    path,
    parent: parent === path ? null : parent,
    entries,
    truncated: visible.length > MOST_ENTRIES,
  };
}

async function folderEntry(folder: string, name: string): Promise<FolderEntry> {
  const path = join(folder, name);
  const facts = await stat(path).catch(() => null);
  return { name, path, isFolder: facts?.isDirectory() ?? false, bytes: facts?.isFile() ? facts.size : 0 };
}

async function makeFolder(parent: string, name: string): Promise<{ path: string }> {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    throw new GraftError('folder.name', { name });
  }
  const path = join(parent, name);
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new GraftError('folder.exists', { name, path: parent });
    throw new GraftError('file.unwritable', { path: parent, detail: error.code ?? String(error) });
  });
  return { path };
}
