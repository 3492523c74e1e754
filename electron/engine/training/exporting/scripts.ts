import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeBeside } from '../../tensors/write-beside.ts';

/** Short programs that run an exported ONNX file without Graft, laid beside it. */
const scripts = ['predict.py', 'predict.mjs'];
const folderOfScripts = join('resources', 'export');
/** Stands in the first line of ours: what a person wrote under the same name is left alone. */
const mark = 'Written by Graft.';

/** Writes the programs beside `out` and returns their paths. */
export async function writeScripts(out: string): Promise<string[]> {
  const written: string[] = [];
  for (const name of scripts) {
    const path = `${out.replace(/\.onnx$/i, '')}.${name}`;
    if (existsSync(path) && !(await readFile(path, 'utf8')).split('\n', 1)[0]?.includes(mark)) continue;
    await writeBeside(path, await readFile(join(scriptFolder(import.meta.dirname), name)));
    written.push(path);
  }
  return written;
}

/** In a checkout beside the sources, in the app's archive when installed. */
function scriptFolder(folder: string): string {
  const path = join(folder, folderOfScripts);
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No ${folderOfScripts} above ${import.meta.dirname}`);
  return scriptFolder(parent);
}
