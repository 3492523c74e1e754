import type Database from 'better-sqlite3';

export interface ItemFolder {
  /** The beginning of the items' paths, without the last separator. */
  path: string;
  /** In it and under it. */
  items: number;
}

/** More folders than this are not a list a person chooses from. */
const MOST_FOLDERS = 500;

/**
 * The folders items lie in, by name: of more than 500 those with most items. A folder that holds what one folder in
 * it holds says nothing more and is left out.
 */
export function itemFolders(db: Database.Database) {
  // rtrim with every character but the separators leaves what comes before the file's name.
  const leaves = db.prepare<[], ItemFolder>(`
    SELECT rtrim(path, replace(replace(path, '/', ''), '\\', '')) AS path, count(*) AS items
    FROM items INDEXED BY items_listing GROUP BY 1`);
  return (): ItemFolder[] => {
    const folders = withParents(leaves.all());
    const most = [...folders.values()].sort((a, b) => b.items - a.items).slice(0, MOST_FOLDERS);
    return most.sort((a, b) => (a.path < b.path ? -1 : 1));
  };
}

function withParents(leaves: readonly ItemFolder[]): Map<string, ItemFolder> {
  const folders = new Map<string, ItemFolder>();
  for (const { path, items } of leaves) {
    for (const folder of foldersOf(path)) {
      const known = folders.get(folder) ?? { path: folder, items: 0 };
      folders.set(folder, { path: folder, items: known.items + items });
    }
  }
  for (const { path, items } of [...folders.values()]) {
    const parent = path.slice(0, lastSeparator(path));
    if (folders.get(parent)?.items === items) folders.delete(parent);
  }
  return folders;
}

/** `a/b/` is in `a/b` and in `a`; the root of a disk and `..` are no folder of anybody's. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.length - 1; end > 0; end = lastSeparator(path.slice(0, end))) {
    const folder = path.slice(0, end);
    if (/[^.:]/.test(folder.slice(lastSeparator(folder) + 1))) folders.push(folder);
  }
  return folders;
}

const lastSeparator = (path: string): number => Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
