import { open, readdir } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { looksLikeCoco } from './coco.ts';
import { isSystemName, splitOfName } from './names.ts';
import { isManifest } from './table.ts';
import { isVoc } from './voc.ts';

/** How a folder describes its pictures, and where. */
export type FolderLayout =
  { kind: 'voc' } | { kind: 'coco'; files: string[] } | { kind: 'csv'; file: string } | { kind: 'folder' };

const headBytes = 64 * 1024;

/**
 * Tells the layout of a folder by what lies in it: Pascal VOC by its two folders, COCO by its JSON files, a table
 * beside loose pictures or one folder of them by its header; everything else is taken as folders of classes.
 */
export async function layoutOf(root: string): Promise<FolderLayout> {
  const { files, folders } = await visible(root);
  if (isVoc(folders)) return { kind: 'voc' };
  const coco = await cocoFiles(root, files, folders);
  if (coco.length > 0) return { kind: 'coco', files: coco };
  const tables = files.filter((name) => /\.(csv|tsv)$/i.test(name)).map((name) => join(root, name));
  const [table, ...others] = tables;
  if (table && others.length === 0 && folders.length <= 1 && (await isManifest(table))) {
    return { kind: 'csv', file: table };
  }
  return { kind: 'folder' };
}

/** COCO files in a folder, in its `annotations`, and in its split folders. Of several tasks the objects are meant. */
export async function cocoFiles(root: string, files: string[], folders: string[]): Promise<string[]> {
  const candidates = files.map((name) => ({ name, path: join(root, name) }));
  for (const folder of folders) {
    if (folder !== 'annotations' && splitOfName(folder) === null) continue;
    const inner = await visible(join(root, folder));
    candidates.push(...inner.files.map((name) => ({ name, path: join(root, folder, name) })));
  }
  const found: { name: string; path: string }[] = [];
  for (const candidate of candidates.filter(({ name }) => /\.json$/i.test(name))) {
    if (await looksLikeCocoFile(candidate.path)) found.push(candidate);
  }
  const objects = found.filter(({ name }) => name.startsWith('instances_'));
  return (objects.length > 0 ? objects : found).map(({ path }) => path);
}

/** Whether a file is COCO, by its first bytes; false where it cannot be read. */
export async function looksLikeCocoFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return looksLikeCoco(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** What lies in a folder, but for system files; nothing where it cannot be opened. */
export async function visible(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = entries.filter(({ name }) => !isSystemName(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    files: shown.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    folders: shown.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}
