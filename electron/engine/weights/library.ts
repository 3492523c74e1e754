import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { GraftError } from '../../../shared/errors.ts';
import { bytesOf } from '../tensors/dtypes.ts';
import { createSafetensorsWriter, readSafetensorsHeader } from '../tensors/safetensors.ts';
import { architecture } from '../zoo/registry.ts';
import { graphPath } from './graphs/graph-import.ts';
import { identify } from './identify.ts';
import type { Identity } from './identify.ts';
import { readFinite } from './load.ts';
import { modelTensors } from './model-tensors.ts';
import { openWeights } from './open.ts';
import { sourceName } from './source.ts';
import type { WeightSource } from './source.ts';

/**
 * The person's library of weights: one folder, one safetensors file for each set of weights, named by the SHA-256 of
 * its tensors. The same weights from two formats are one entry. Everything known of them is in the file itself.
 */

const extension = '.safetensors';

const metadataSchema = z.object({
  architecture: z.string(),
  alpha: z.coerce.number(),
  classes: z.coerce.number(),
  preprocessing: z.string(),
  licence: z.string(),
  format: z.string(),
  sourceName: z.string(),
  sourceSha256: z.string(),
  imported: z.string(),
});

export interface LibraryEntry extends Identity {
  /** SHA-256 of the tensors, 64 hex digits. */
  hash: string;
  path: string;
  /** Size of the library file. */
  bytes: number;
  preprocessing: string;
  licence: string;
  /** Format it was imported from. */
  format: string;
  /** Name of the file it was imported from. */
  sourceName: string;
  /** SHA-256 of that file; for a model in shards, of all shards joined. */
  sourceSha256: string;
  /** When, as an ISO 8601 date. */
  imported: string;
}

/**
 * Takes a weight file into the library, after checking every name, shape and value. Importing it twice changes nothing.
 * @param as the architecture it is said to be; without it, it is recognised
 * @throws GraftError weights.*, file.*
 */
export async function importWeights(path: string, library: string, as?: string): Promise<LibraryEntry> {
  const source = await openWeights(path);
  try {
    const identity = identify(source, as);
    const shapes = tensorsOf(identity);
    const hash = await hashTensors(source, shapes);
    const target = libraryPath(library, hash);
    if (!existsSync(target)) await store(source, identity, shapes, target);
    return await readEntry(target, hash);
  } finally {
    source.close();
  }
}

/** What the library has, newest first. Files in the folder that are not weights of the zoo are passed over. */
export async function listWeights(library: string): Promise<LibraryEntry[]> {
  const names = existsSync(library) ? await readdir(library) : [];
  const entries: LibraryEntry[] = [];
  for (const name of names) {
    if (!/^[0-9a-f]{64}\.safetensors$/.test(name)) continue;
    try {
      entries.push(await readEntry(join(library, name), basename(name, extension)));
    } catch (error) {
      if (!(error instanceof GraftError)) throw error;
    }
  }
  return entries.sort((a, b) => b.imported.localeCompare(a.imported));
}

/** The weights of an architecture to take when the person has not chosen: the default width first, then the newest. */
export async function findWeights(library: string, id: string): Promise<LibraryEntry | null> {
  const usual = architecture(id).variants[0]?.alpha;
  const entries = (await listWeights(library)).filter((entry) => entry.architecture === id);
  return entries.find((entry) => entry.alpha === usual) ?? entries[0] ?? null;
}

/** @throws GraftError weights.not-in-library */
export async function openLibrary(
  library: string,
  hash: string,
): Promise<{ entry: LibraryEntry; source: WeightSource }> {
  const path = libraryPath(library, hash);
  if (!existsSync(path)) throw new GraftError('weights.not-in-library', { hash, path: library });
  return { entry: await readEntry(path, hash), source: await openWeights(path) };
}

export const hasWeights = (library: string, hash: string): boolean => existsSync(libraryPath(library, hash));

/** @throws GraftError weights.not-in-library */
export async function removeWeights(library: string, hash: string): Promise<void> {
  const path = graphPath(library, hash) ?? libraryPath(library, hash);
  if (!existsSync(path)) throw new GraftError('weights.not-in-library', { hash, path: library });
  await rm(path);
}

function libraryPath(library: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new GraftError('weights.not-in-library', { hash, path: library });
  return join(library, hash + extension);
}

type Shapes = Map<string, number[]>;

/** Names and shapes of the tensors to keep, in the order of the model's layers. */
function tensorsOf({ architecture: id, alpha, withTop, classes }: Identity): Shapes {
  const { model } = architecture(id).build({ alpha, classes: withTop ? classes : undefined });
  const shapes = new Map(modelTensors(model).map(({ name, shape }) => [name, shape]));
  model.dispose();
  return shapes;
}

/** SHA-256 over name, shape and little-endian float32 values of each tensor, in canonical order. */
async function hashTensors(source: WeightSource, shapes: Shapes): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, shape] of shapes) {
    hash.update(`${name} ${shape.join('x')}\n`);
    hash.update(bytesOf(await readFinite(source, name)));
  }
  return hash.digest('hex');
}

async function store(
  source: WeightSource,
  identity: Identity,
  shapes: Shapes,
  target: string,
): Promise<void> {
  const { preprocessing, licence } = architecture(identity.architecture);
  const specs = new Map([...shapes].map(([name, shape]) => [name, { shape, dtype: 'F32' as const }]));
  const writer = await createSafetensorsWriter(target, specs, {
    architecture: identity.architecture,
    alpha: String(identity.alpha),
    classes: String(identity.classes),
    preprocessing,
    licence,
    format: source.format,
    sourceName: sourceName(source.path),
    sourceSha256: await hashSource(source),
    imported: new Date().toISOString(),
  });
  try {
    for (const name of shapes.keys()) await writer.append(name, await source.read(name));
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function hashSource(source: WeightSource): Promise<string> {
  const hash = createHash('sha256');
  for (const file of source.files)
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function readEntry(path: string, hash: string): Promise<LibraryEntry> {
  const { metadata } = await readSafetensorsHeader(path);
  const facts = metadataSchema.safeParse(metadata);
  if (!facts.success)
    throw new GraftError('weights.damaged', { path, detail: 'it does not say what it holds' });
  const { size } = await stat(path);
  return { ...facts.data, withTop: facts.data.classes > 0, hash, path, bytes: size };
}
