import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { splitOfName } from '../scan/names.ts';

/**
 * Where the content of an unpacked archive begins. Many archives hold one folder that holds everything; it is passed
 * over unless it stands for a class or a split: a class folder has pictures, and no folders.
 */
export async function contentRoot(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  if (!only?.isDirectory() || others.length > 0 || splitOfName(only.name)) return folder;
  const inner = join(folder, only.name);
  const within = await readdir(inner, { withFileTypes: true });
  const isClass = within.every((entry) => entry.isFile() && !/\.(csv|tsv|json)$/i.test(entry.name));
  return isClass ? folder : contentRoot(inner);
}
