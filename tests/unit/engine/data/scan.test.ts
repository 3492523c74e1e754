import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectScan, scanSource } from '../../../../electron/engine/data/scan.ts';
import type { ScanOptions } from '../../../../electron/engine/data/scan.ts';

const jpegStart = Buffer.from('ffd8ffe000104a464946', 'hex');
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-scan-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), jpegStart);
  }
}

/** Entries as `path|label|split` and skipped files as `path|reason`, relative to the root. */
async function scanned(path = root, kind: ScanOptions['kind'] = 'auto') {
  const scan = await collectScan(path, { kind });
  return {
    entries: scan.entries.map((entry) => `${relative(root, entry.path)}|${entry.label}|${entry.split}`),
    skipped: scan.skipped.map((file) => `${relative(root, file.path)}|${file.reason}`),
    classes: scan.classes,
  };
}

describe('a folder', () => {
  it('of class folders gives each picture its folder as label', async () => {
    await put('cat/1.jpg', 'dog/2.JPG', 'dog/3.png');
    const { entries, classes } = await scanned();
    expect(entries).toEqual(['cat/1.jpg|cat|null', 'dog/2.JPG|dog|null', 'dog/3.png|dog|null']);
    expect(classes).toEqual(['cat', 'dog']);
  });

  it('of split folders keeps the given splits, in any spelling', async () => {
    await put(
      'Train/a/1.jpg',
      'VAL/a/2.jpg',
      'valid/b/3.jpg',
      'test/a/4.jpg',
      'test/loose.jpg',
      'notes/x.jpg',
    );
    const { entries, skipped } = await scanned();
    expect(entries).toEqual([
      'Train/a/1.jpg|a|train',
      'VAL/a/2.jpg|a|validation',
      'test/loose.jpg|null|test',
      'test/a/4.jpg|a|test',
      'valid/b/3.jpg|b|validation',
    ]);
    expect(skipped).toEqual(['notes|outside-splits']);
  });

  it('takes "train" for a class when it holds pictures and no folders', async () => {
    await put('train/1.jpg', 'aeroplane/2.jpg');
    expect((await scanned()).classes).toEqual(['aeroplane', 'train']);
  });

  it('of loose pictures gives unlabelled entries', async () => {
    await put('1.jpg', '2.webp');
    expect((await scanned()).entries).toEqual(['1.jpg|null|null', '2.webp|null|null']);
  });

  it('with one class only is listed as it is', async () => {
    await put('only/1.jpg');
    expect(await scanned()).toEqual({ entries: ['only/1.jpg|only|null'], skipped: [], classes: ['only'] });
  });

  it('reads names in any script, and joins composed and decomposed accents into one class', async () => {
    await put(
      'train/caf\u00e9/1.jpg',
      'test/cafe\u0301/2.jpg',
      'train/猫/😺 "a", b;c.jpg',
      'train/قطة/=1+2.jpg',
    );
    const { entries, classes } = await scanned();
    expect(entries).toHaveLength(4);
    expect(classes).toEqual(['caf\u00e9', 'قطة', '猫']);
  });

  it('names everything it leaves aside, with a reason', async () => {
    await put(
      'a/1.jpg',
      'a/desktop.ini',
      'a/._1.jpg',
      'a/Thumbs.db',
      'a/folder.jpg/inside.jpg',
      '.git/x.jpg',
    );
    await writeFile(join(root, 'a', 'notes.txt'), 'hello');
    await writeFile(join(root, 'a', 'strange.xyz'), 'hello');
    const { entries, skipped } = await scanned();
    expect(entries).toEqual(['a/1.jpg|a|null']);
    expect(skipped.sort()).toEqual([
      '.git|system-file',
      'a/._1.jpg|system-file',
      'a/Thumbs.db|system-file',
      'a/desktop.ini|system-file',
      'a/folder.jpg|nested-folder',
      'a/notes.txt|not-an-image',
      'a/strange.xyz|not-an-image',
    ]);
  });

  it('recognises a picture without extension, and keeps a broken one with a picture’s extension for inspection', async () => {
    await put('a/no-extension', 'a/odd.name');
    await writeFile(join(root, 'a', 'empty.jpg'), '');
    expect((await scanned()).entries).toEqual([
      'a/empty.jpg|a|null',
      'a/no-extension|a|null',
      'a/odd.name|a|null',
    ]);
  });

  it('follows links to files and folders but not in circles', async () => {
    await put('real/1.jpg', 'elsewhere/deep/2.jpg');
    await symlink(root, join(root, 'real', 'up'));
    await symlink(join(root, 'loop'), join(root, 'loop'));
    await symlink(join(root, 'gone.jpg'), join(root, 'real', 'dangling.jpg'));
    await symlink(join(root, 'real', '1.jpg'), join(root, 'real', 'link.jpg'));
    const { entries, skipped } = await scanned();
    expect(entries).toEqual(['real/1.jpg|real|null', 'real/link.jpg|real|null']);
    expect(skipped.sort()).toEqual([
      'elsewhere/deep|nested-folder',
      'loop|broken-link',
      'real/dangling.jpg|broken-link',
      'real/up|nested-folder',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'goes on past a folder it may not open (needs a user other than root)',
    async () => {
      await put('a/1.jpg', 'locked/2.jpg');
      await chmod(join(root, 'locked'), 0);
      const { entries, skipped } = await scanned();
      await chmod(join(root, 'locked'), 0o700);
      expect(entries).toEqual(['a/1.jpg|a|null']);
      expect(skipped).toEqual(['locked|unreadable-folder']);
    },
  );

  it('that is empty, missing or a file is refused by name', async () => {
    await expect(scanned()).rejects.toMatchObject({ code: 'import.empty', params: { path: root } });
    const gone = join(root, 'gone');
    await expect(scanned(gone)).rejects.toMatchObject({ code: 'file.missing', params: { path: gone } });
    await put('1.jpg');
    await expect(scanned(join(root, '1.jpg'), 'folder')).rejects.toMatchObject({
      code: 'import.not-a-folder',
    });
  });

  it('comes in batches and stops when cancelled', async () => {
    await put(...Array.from({ length: 2500 }, (_, i) => `a/${i}.jpg`));
    const controller = new AbortController();
    let seen = 0;
    const scan = async () => {
      for await (const batch of scanSource(root, { kind: 'auto', signal: controller.signal })) {
        seen += batch.entries.length;
        if (seen > 0) controller.abort();
      }
    };
    await expect(scan()).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(2500);
  });
});

describe('a single picture', () => {
  it('is one unlabelled entry', async () => {
    await put('x.jpg');
    expect((await scanned(join(root, 'x.jpg'))).entries).toEqual(['x.jpg|null|null']);
  });
});

describe('a table', () => {
  async function table(content: string | Buffer, name = 'list.csv') {
    await put('p/1.jpg', 'p/2.jpg', 'p/comma, "csv".jpg', 'p/ spaced .jpg');
    await writeFile(join(root, name), content);
    return scanned(join(root, name));
  }

  it('needs no header; an empty label is unlabelled', async () => {
    const { entries } = await table('p/1.jpg,cat,train\np/2.jpg,,\n');
    expect(entries).toEqual(['p/1.jpg|cat|train', 'p/2.jpg|null|null']);
  });

  it('finds columns by their header, in any order', async () => {
    const { entries } = await table('Split,id,Label,Filename\nVal,7,dog,p/1.jpg\n');
    expect(entries).toEqual(['p/1.jpg|dog|validation']);
  });

  it('reads quotes, semicolons, tabs, a byte-order mark, CR LF, UTF-16 and Windows paths', async () => {
    expect((await table('"p/comma, ""csv"".jpg",cat\r\n')).entries).toEqual(['p/comma, "csv".jpg|cat|null']);
    expect((await table('\ufeffpath;label\r\np/1.jpg;hund\r\n')).entries).toEqual(['p/1.jpg|hund|null']);
    expect((await table('p\\1.jpg\tcat\ttest\n', 'l.tsv')).entries).toEqual(['p/1.jpg|cat|test']);
    const utf16 = Buffer.from('\ufeffpath\tlabel\np/2.jpg\t猫\n', 'utf16le');
    expect((await table(utf16, 'excel.txt')).entries).toEqual(['p/2.jpg|猫|null']);
    expect((await table('p/ spaced .jpg,cat\n')).entries).toEqual(['p/ spaced .jpg|cat|null']);
  });

  it('takes absolute paths as they are', async () => {
    const { entries } = await table(`${join(root, 'p', '1.jpg')},cat\n`);
    expect(entries).toEqual(['p/1.jpg|cat|null']);
  });

  it('sets aside rows it cannot use, with the reason', async () => {
    const scan = await table('p/1.jpg,cat,train\np/1.jpg,dog,train\ngone.jpg,cat\np/2.jpg,cat,fold7\n');
    expect(scan.entries).toEqual(['p/1.jpg|cat|train']);
    expect(scan.skipped.map((text) => text.split('|')[1])).toEqual([
      'listed-twice',
      'missing-file',
      'unknown-split',
    ]);
  });

  it('says at which line it cannot be understood', async () => {
    await expect(table('p/1.jpg,cat\n"p/2.jpg,cat\n')).rejects.toMatchObject({
      code: 'import.table-malformed',
    });
  });

  it('is refused when it is no table or not UTF-8', async () => {
    await expect(table(Buffer.from([0x89, 0, 1, 2, 0, 0]))).rejects.toMatchObject({
      code: 'import.not-a-table',
    });
    await expect(table(Buffer.from('p/1.jpg,\xe9t\xe9\n', 'latin1'))).rejects.toMatchObject({
      code: 'import.table-encoding',
    });
    await expect(table('')).rejects.toMatchObject({ code: 'import.empty' });
  });
});
