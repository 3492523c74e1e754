import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { GraftError } from '../../shared/errors.ts';

/** The content of a JSON file, or `fallback` when it is missing, damaged or of another shape. */
export function readJson<S extends z.ZodType>(path: string, schema: S, fallback: z.output<S>): z.output<S> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return fallback;
  }
}

/**
 * Writes a JSON file beside and renames it, so that it is the old one or the new one at any moment.
 * @throws GraftError file.unwritable
 */
export function writeJson(path: string, value: unknown): void {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(part, 'wx');
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unwritable', { path, detail }, { cause: error });
  }
}
