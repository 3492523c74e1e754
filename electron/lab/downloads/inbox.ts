import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Architecture, InboxReport, WeightsEntry } from '../../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../../shared/errors.ts';
import type { LabContext } from '../context.ts';
import { readJson, writeJson } from '../json-file.ts';
import { verify } from './part-file.ts';

/** The folder for weight files that a person fetched by hand; it is looked into on demand alone. */
export const inboxOf = (dataDir: string): string => join(dataDir, 'inbox');

/**
 * Imports what lies in the inbox. A file with the name of a published one is checked against what its publisher
 * states first. Files stay where they are; those imported before and not changed since are passed over.
 */
export async function importInbox(lab: LabContext): Promise<InboxReport> {
  const { dataDir } = lab.options;
  const path = inboxOf(dataDir);
  const zoo = await lab.engines.media.request('zooList', { libraryDir: lab.libraryDir }).result;
  const here = new Set(zoo.flatMap(({ installed }) => installed.map(({ id }) => id)));
  const memory = readJson(memoryOf(dataDir), rememberedSchema, {});
  const report: InboxReport = { path, imported: [], known: [], failed: [] };
  for (const file of await filesIn(path)) {
    try {
      const stamp = await stampOf(join(path, file));
      const before = memory[file];
      if (before?.stamp === stamp && here.has(before.id)) {
        report.known.push(file);
        continue;
      }
      const entry = await importOne(lab, join(path, file), file, zoo);
      report.imported.push({ file, entry });
      memory[file] = { stamp, id: entry.id };
    } catch (error) {
      const { code, params } = toGraftError(error);
      report.failed.push({ file, error: { code, params } });
    }
  }
  if (report.imported.length > 0) {
    writeJson(memoryOf(dataDir), memory);
    lab.events.emit('zoo.changed', {});
  }
  return report;
}

/** Files and folders (of TensorFlow.js models) in the inbox; the inbox is made if it is not there. */
async function filesIn(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true });
    return (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unreadable', { path, detail }, { cause: error });
  }
}

const rememberedSchema = z.record(z.string(), z.object({ stamp: z.string(), id: z.string() }));

/** What was taken in from the inbox: which state of which file, and the weights it became. */
const memoryOf = (dataDir: string) => join(dataDir, 'inbox.json');

/** Changes whenever the file's content does. */
async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs, ctimeMs } = await stat(path);
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

async function importOne(
  { engines, libraryDir }: LabContext,
  path: string,
  file: string,
  zoo: Architecture[],
): Promise<WeightsEntry> {
  const published = zoo.flatMap((row) => row.published).find((candidate) => candidate.file === file);
  if (published?.checksum) await verify(path, published.checksum);
  return engines.media.request('weightsImport', { path, libraryDir }).result;
}
