import { join } from 'node:path';
import { settingsSchema } from '../../shared/contract/app.ts';
import type { Settings } from '../../shared/contract/index.ts';
import { readJson, writeJson } from './json-file.ts';

const fileOf = (dataDir: string) => join(dataDir, 'settings.json');

export function readSettings(dataDir: string): Settings {
  return readJson(fileOf(dataDir), settingsSchema, settingsSchema.parse({}));
}

/** Changes some settings and returns them all. */
export function changeSettings(dataDir: string, changes: Partial<Settings>): Settings {
  const settings = settingsSchema.parse({ ...readSettings(dataDir), ...changes });
  writeJson(fileOf(dataDir), settings);
  return settings;
}
