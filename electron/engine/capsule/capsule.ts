import { createHash } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GraftError } from '../../../shared/errors.ts';
import { capsuleFactsSchema, type CapsuleFacts } from './facts.ts';
import { ZipWriter } from '../data/archive/zip-write.ts';
import { orUnwritable } from '../tensors/write-beside.ts';
import { openBytes } from '../weights/byte-reader.ts';
import type { ByteReader } from '../weights/byte-reader.ts';
import { openEntry, readZip } from '../weights/formats/zip.ts';
import type { ZipEntry } from '../weights/formats/zip.ts';

/**
 * A capsule: a ZIP of a project with one run, every entry stored as it is, and `capsule.json` with the SHA-256 of each.
 * Unpacked by hand it is a project that Graft opens; opened by Graft, every hash is checked first.
 */

const manifestName = 'capsule.json';
const maxManifestBytes = 64 * 2 ** 20;
const maxEntries = 500_000;
const pieceBytes = 2 ** 20;
/** The only names there are: nothing else is written to disk, whatever an archive says. */
const known =
  /^(graft\.db|runs\/[\w-]{1,100}\/[\w-]{1,60}\.(json|safetensors|onnx)|items\/\d{1,15}\.[a-z0-9]{1,8}|weights\/[0-9a-f]{64}\.(safetensors|onnx))$/;

const manifestSchema = capsuleFactsSchema.extend({
  entries: z
    .array(
      z.object({
        name: z.string().regex(known),
        bytes: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(maxEntries),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface CapsuleFile {
  /** Name in the capsule. */
  name: string;
  path: string;
}

type Progress = (done: number, total: number) => void;

/** Writes a capsule of these files; returns its size and the hash of its manifest, which stands for all of it. */
export async function packCapsule(
  out: string,
  facts: CapsuleFacts,
  files: readonly CapsuleFile[],
  signal: AbortSignal,
  onProgress: Progress,
): Promise<{ bytes: number; sha256: string }> {
  const writer = await ZipWriter.open(out);
  try {
    const entries: Manifest['entries'] = [];
    for (const [index, { name, path }] of files.entries()) {
      if (signal.aborted) throw new GraftError('cancelled');
      entries.push(await writer.add(name, { path }).catch((error: unknown) => unreadable(error, path)));
      onProgress(index + 1, files.length);
    }
    const manifest: Manifest = { ...facts, entries };
    const { sha256 } = await writer.add(
      manifestName,
      Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`, 'utf8'),
    );
    await writer.finish();
    return { bytes: (await stat(out)).size, sha256 };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

function unreadable(error: unknown, path: string): never {
  if (error instanceof GraftError) throw error;
  const detail = (error as NodeJS.ErrnoException).code ?? String(error);
  throw new GraftError(detail === 'ENOENT' ? 'file.missing' : 'file.unreadable', { path, detail });
}

/**
 * Checks a capsule entry by entry and lays it out in `into`, a folder made for it; where anything is wrong, the folder
 * is gone again.
 * @throws GraftError capsule.not-one, capsule.damaged, capsule.altered naming the entry, file.*
 */
export async function unpackCapsule(
  file: string,
  into: string,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<CapsuleFacts & { entries: number }> {
  const reader = openBytes(file);
  try {
    await orUnwritable(into, () => mkdir(into, { recursive: true }));
    const archive = entriesOf(file, reader);
    const manifest = readManifest(file, reader, archive);
    for (const [index, expected] of manifest.entries.entries()) {
      if (signal.aborted) throw new GraftError('cancelled');
      await layOut(file, entryReader(file, reader, archive, expected), expected, into);
      onProgress(index + 1, manifest.entries.length);
    }
    const { entries, ...facts } = manifest;
    return { ...facts, entries: entries.length };
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  } finally {
    reader.close();
  }
}

/** What is wrong with an archive is said of the capsule it should have been. */
function orDamaged<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GraftError) || !error.code.startsWith('weights.')) throw error;
    const detail = String(error.params['detail'] ?? error.params['feature'] ?? error.code);
    throw new GraftError('capsule.damaged', { path, detail }, { cause: error });
  }
}

function entriesOf(path: string, reader: ByteReader): Map<string, ZipEntry> {
  return orDamaged(path, () => readZip(reader, { entries: maxEntries + 1, directoryBytes: 2 ** 28 }));
}

function readManifest(path: string, reader: ByteReader, archive: Map<string, ZipEntry>): Manifest {
  const entry = archive.get(manifestName);
  if (!entry) throw new GraftError('capsule.not-one', { path });
  const bytes = readStored(path, reader, entry);
  if (bytes.size > maxManifestBytes)
    throw new GraftError('capsule.damaged', { path, detail: `a list of ${bytes.size} bytes` });
  const parsed = manifestSchema.safeParse(parseJson(bytes.bytes(0, bytes.size).toString('utf8')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new GraftError('capsule.damaged', {
      path,
      detail: `${manifestName}: ${issue?.path.join('.')} ${issue?.message}`,
    });
  }
  const names = new Set(parsed.data.entries.map(({ name }) => name));
  const unlisted = [...archive.keys()].find((name) => name !== manifestName && !names.has(name));
  if (unlisted !== undefined)
    throw new GraftError('capsule.altered', { path, entry: unlisted, detail: 'not in its list' });
  if (names.size !== parsed.data.entries.length)
    throw new GraftError('capsule.damaged', { path, detail: `${manifestName} lists a name twice` });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Capsules store what they hold: whatever is packed is not ours, and may unpack to anything. */
function readStored(path: string, reader: ByteReader, entry: ZipEntry): ByteReader {
  if (entry.method !== 0)
    throw new GraftError('capsule.damaged', { path, detail: `${entry.name} is compressed` });
  return orDamaged(path, () => openEntry(reader, entry));
}

function entryReader(
  path: string,
  reader: ByteReader,
  archive: Map<string, ZipEntry>,
  { name, bytes }: Manifest['entries'][number],
): ByteReader {
  const entry = archive.get(name);
  if (!entry) throw new GraftError('capsule.altered', { path, entry: name, detail: 'missing' });
  const content = readStored(path, reader, entry);
  if (content.size !== bytes)
    throw new GraftError('capsule.altered', {
      path,
      entry: name,
      detail: `${content.size} bytes instead of ${bytes}`,
    });
  return content;
}

async function layOut(
  path: string,
  content: ByteReader,
  { name, bytes, sha256 }: Manifest['entries'][number],
  into: string,
): Promise<void> {
  const target = join(into, ...name.split('/'));
  const hash = createHash('sha256');
  await orUnwritable(target, async () => {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(target, 'wx');
    try {
      for (let at = 0; at < bytes; at += pieceBytes) {
        const piece = content.bytes(at, Math.min(pieceBytes, bytes - at));
        hash.update(piece);
        await handle.writeFile(piece);
      }
    } finally {
      await handle.close();
    }
  });
  const received = hash.digest('hex');
  if (received !== sha256)
    throw new GraftError('capsule.altered', {
      path,
      entry: name,
      detail: `SHA-256 ${received.slice(0, 12)}…`,
    });
}
