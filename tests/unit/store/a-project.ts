import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NewItem } from '../../../electron/store/queries/items/items.ts';

/** An empty folder that is removed when the test ends. */
export function freshFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'graft-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A readable, unlabelled item of `main`, changed as the test wants it. */
export function anItem(path: string, changes: Partial<NewItem> = {}): NewItem {
  return {
    path,
    source: path,
    classId: null,
    split: null,
    collection: 'main',
    status: 'ok',
    reasons: [],
    width: 640,
    height: 480,
    bytes: 1000,
    format: 'jpeg',
    sha256: path,
    dhash: '0000000000000000',
    ...changes,
  };
}
