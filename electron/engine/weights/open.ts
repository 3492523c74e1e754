import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GraftError } from '../../../shared/errors.ts';
import { archives } from './formats/archives.ts';
import { openBytes } from './byte-reader.ts';
import { kerasH5 } from './formats/keras-h5.ts';
import { withKerasNames } from './formats/pytorch/state-dict.ts';
import { safetensors } from './formats/safetensors.ts';
import { maxTensorBytes } from './source.ts';
import type { WeightFormat, WeightSource } from './source.ts';
import { tfjsLayers } from './formats/tfjs-layers.ts';

/** Every format Graft reads, in the order in which they are tried. */
export const weightFormats: readonly WeightFormat[] = [kerasH5, tfjsLayers, safetensors, archives];

const headBytes = 4096;

/**
 * Opens a weight file, or the folder of a TensorFlow.js model, recognising the format by its content.
 * Only the list of tensors is read. Close the source after use.
 * @throws GraftError file.missing, file.unreadable, weights.not-weights, weights.damaged and the others of `weights.`
 */
export async function openWeights(path: string): Promise<WeightSource> {
  const file = modelJsonOf(path);
  const format = recognise(file);
  const source = withKerasNames(await format.open(file));
  const bytes = source.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  if (bytes <= maxTensorBytes) return source;
  source.close();
  throw new GraftError('weights.too-large', { path: file, bytes, limit: maxTensorBytes });
}

/** A folder stands for the model.json in it. */
export function modelJsonOf(path: string): string {
  if (!existsSync(path)) throw new GraftError('file.missing', { path });
  if (!statSync(path).isDirectory()) return path;
  const file = join(path, 'model.json');
  if (existsSync(file)) return file;
  throw new GraftError('weights.missing-part', { path, part: 'model.json' });
}

/** The first bytes of a file. @throws GraftError file.*, weights.damaged */
export function headOf(path: string): Buffer {
  const reader = openBytes(path);
  try {
    return reader.bytes(0, Math.min(headBytes, reader.size));
  } finally {
    reader.close();
  }
}

function recognise(path: string): WeightFormat {
  const reader = openBytes(path);
  try {
    const head = reader.bytes(0, Math.min(headBytes, reader.size));
    const format = weightFormats.find((candidate) => candidate.match(head, path));
    if (format) return format;
    const known = [
      ...weightFormats.map((candidate) => candidate.title),
      'TensorFlow.js graph model',
      'ONNX',
    ].join(', ');
    throw new GraftError('weights.not-weights', { path, detail: describe(head), known });
  } finally {
    reader.close();
  }
}

/** What the first bytes look like, for the message. */
function describe(head: Buffer): string {
  const start = head.subarray(0, 8);
  const readable = start.every((byte) => byte >= 0x20 && byte < 0x7f);
  return readable
    ? `it begins with "${start.toString('latin1')}"`
    : `it begins with the bytes ${start.toString('hex')}`;
}
