import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { GraftError } from '../../../../shared/errors.ts';
import { openBytes } from '../byte-reader.ts';
import { broken, fieldsOf, groupFields } from './protobuf-reader.ts';

/**
 * A network in the library that is no architecture of the zoo: an ONNX file of the part up to the chosen cut, with
 * what is known of it noted at its start.
 */

export const graphFactsSchema = z.object({
  version: z.literal(1),
  /** Format it was imported from. */
  format: z.enum(['onnx', 'tfjs-graph']),
  sourceName: z.string(),
  sourceSha256: z.string(),
  /** When, as an ISO 8601 date. */
  imported: z.string(),
  input: z.string(),
  layout: z.enum(['NHWC', 'NCHW']),
  size: z.number().int().positive(),
  fixedSize: z.boolean(),
  batch: z.enum(['any', 'one']),
  preprocessing: z.enum(['tf', 'caffe', 'torch', 'unit', 'none']),
  cut: z.string(),
  /** Whether a feature map at the cut has its channels last. */
  channelsLast: z.boolean(),
  /** Of what leaves at the cut for one picture of `size`, as `[height, width, channels]`. */
  features: z.array(z.number().int().positive()).length(3),
  params: z.number().int().nonnegative(),
  /** Multiplications for one picture. */
  macs: z.number().nonnegative(),
  operations: z.number().int().positive(),
});
export type GraphFacts = z.infer<typeof graphFactsSchema>;

export interface GraphEntry extends GraphFacts {
  /** SHA-256 of the network, its cut and how its pictures are prepared. */
  hash: string;
  path: string;
  bytes: number;
}

const idDigits = 16;
const idStart = 'graph-';

/** What an imported network is called where an architecture of the zoo has its id. */
export const graphArchitecture = ({ hash }: Pick<GraphEntry, 'hash'>): string =>
  idStart + hash.slice(0, idDigits);

export const isGraphArchitecture = (id: string): boolean => id.startsWith(idStart);

export const NOTE = 'graft';
const METADATA = 14;
const OPSETS = 8;
/** Notes stand at the start and are short. */
const headBytes = 64 * 1024;

/**
 * The notes of a network in the library, without reading the rest.
 * @throws GraftError weights.damaged, file.*
 */
export function readGraphFacts(path: string): GraphFacts {
  const reader = openBytes(path);
  try {
    const head = reader.bytes(0, Math.min(headBytes, reader.size));
    for (const { number, bytes } of fieldsOf(head, path)) {
      if (number === OPSETS) break;
      if (number !== METADATA) continue;
      const field = groupFields(bytes, path);
      if (field(1).at(-1)?.bytes.toString('utf8') !== NOTE) continue;
      return graphFactsSchema.parse(JSON.parse(field(2).at(-1)?.bytes.toString('utf8') ?? ''));
    }
  } catch (error) {
    if (error instanceof GraftError && error.code !== 'weights.damaged') throw error;
  } finally {
    reader.close();
  }
  throw broken(path, 'it does not say what it holds');
}

/** @throws GraftError weights.damaged, file.* */
export function readGraphEntry(path: string, hash: string): GraphEntry {
  return { ...readGraphFacts(path), hash, path, bytes: statSync(path).size };
}

/** The whole file and its SHA-256, which is the proof that nothing of it has changed. */
export function readGraphFile(path: string): { bytes: Buffer; sha256: Buffer } {
  const bytes = readFileSync(path);
  return { bytes, sha256: createHash('sha256').update(bytes).digest() };
}
