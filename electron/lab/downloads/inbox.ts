import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture, InboxReport, WeightsEntry } from '../../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../../shared/errors.ts';
import type { LabContext } from '../context.ts';
import { verify } from './part-file.ts';

/** The folder for weight files that a person fetched by hand; it is looked into on demand alone. */
export const inboxOf = (dataDir: string): string => join(dataDir, 'inbox');

/**
 * Imports what lies in the inbox. A file with the name of a published one is checked against what its publisher
 * states first. Files stay where they are; those imported before and not changed since are passed over.
 */
export async function importInbox(lab: LabContext): Promise<InboxReport> {
  const path = inboxOf(lab.options.dataDir);
  const zoo = await lab.engines.media.request('zooList', { libraryDir: lab.libraryDir }).result;
  const report: InboxReport = { path, imported: [], known: [], failed: [] };
  for (const file of await filesIn(path)) {
    try {
      if (await isKnown(join(path, file), file, zoo)) report.known.push(file);
      else report.imported.push({ file, entry: await importOne(lab, join(path, file), file, zoo) });
    } catch (error) {
      const { code, params } = toGraftError(error);
      report.failed.push({ file, error: { code, params } });
    }
  }
  if (report.imported.length > 0) lab.events.emit('zoo.changed', {});
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

/** Its content came to this place, or was changed, before the library took it in. */
async function isKnown(path: string, file: string, zoo: Architecture[]): Promise<boolean> {
  const { mtimeMs, ctimeMs } = await stat(path);
  return zoo.some(({ installed }) =>
    installed.some(
      ({ source, importedAt }) => source === file && Date.parse(importedAt) > Math.max(mtimeMs, ctimeMs),
    ),
  );
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
