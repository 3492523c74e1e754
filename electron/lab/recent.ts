import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../../shared/contract/index.ts';
import { readJson, writeJson } from './json-file.ts';

const MOST_RECENT = 20;
const recentSchema = z.array(z.object({ path: z.string(), name: z.string(), openedAt: z.string() }));
type Remembered = z.infer<typeof recentSchema>;

const fileOf = (dataDir: string) => join(dataDir, 'recent.json');
const read = (dataDir: string): Remembered => readJson(fileOf(dataDir), recentSchema, []);

/** Projects opened lately, the latest first, and whether each is still where it was. */
export function recentProjects(dataDir: string): RecentProject[] {
  return read(dataDir).map((project) => ({
    ...project,
    present: existsSync(join(project.path, 'graft.db')),
  }));
}

export function remember(dataDir: string, path: string, name: string): void {
  const others = read(dataDir).filter((project) => project.path !== path);
  const latest = [{ path, name, openedAt: new Date().toISOString() }, ...others];
  writeJson(fileOf(dataDir), latest.slice(0, MOST_RECENT));
}

export function forget(dataDir: string, path: string): void {
  writeJson(
    fileOf(dataDir),
    read(dataDir).filter((project) => project.path !== path),
  );
}
