import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { GraftError } from '../../../../shared/errors.ts';
import { halfToNumber } from '../../tensors/half.ts';
import { openBytes } from '../byte-reader.ts';
import { elementsOf } from '../source.ts';

/** The parts of a TensorFlow.js model: `model.json`, and its weights in shard files beside it. */

const maxModelJsonBytes = 64 * 2 ** 20;

const weightSpec = z.object({
  name: z.string().max(500),
  shape: z.array(z.int().nonnegative()).max(8),
  dtype: z.string(),
  quantization: z
    .object({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().optional(),
      min: z.number().optional(),
    })
    .optional(),
});
const manifest = z.array(
  z.object({ paths: z.array(z.string().max(500)).max(10_000), weights: z.array(weightSpec) }),
);

const outline = z.object({
  format: z.string().optional(),
  weightsManifest: z.unknown().optional(),
  modelTopology: z.unknown().optional(),
  signature: z.unknown().optional(),
});
export type ModelJson = z.infer<typeof outline>;

export type WeightSpec = z.infer<typeof weightSpec>;

/** Element size in the shards, by the type they are stored in. */
const storedBytes: Record<string, number> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/** Where one tensor lies: `begin` counts from the start of its group's shards laid end to end. */
export interface Place {
  spec: WeightSpec;
  shards: Shard[];
  begin: number;
  length: number;
}

export interface Shard {
  path: string;
  begin: number;
  length: number;
}

export const isModelJson = (head: Buffer, path: string): boolean =>
  basename(path).endsWith('.json') && /^\s*\{/.test(head.toString('utf8', 0, 64));

/** @throws GraftError weights.damaged, weights.not-a-model */
export function readModelJson(path: string): ModelJson {
  const { size } = statSync(path);
  const refuse = (detail: string) => new GraftError('weights.damaged', { path, detail });
  if (size > maxModelJsonBytes) throw refuse(`model.json of ${size} bytes`);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw refuse('it is not valid JSON');
  }
  const model = outline.safeParse(document);
  if (!model.data || model.data.weightsManifest === undefined)
    throw new GraftError('weights.not-a-model', { path });
  return model.data;
}

/**
 * Where the tensors of a model lie, by the names it gives them.
 * @throws GraftError weights.damaged, weights.unsafe, weights.missing-part, weights.dtype
 */
export function placesOf(path: string, { weightsManifest }: ModelJson): Place[] {
  const parsed = manifest.safeParse(weightsManifest);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const detail = `its weightsManifest is wrong at ${issue?.path.join('.')}: ${issue?.message}`;
    throw new GraftError('weights.damaged', { path, detail });
  }
  return parsed.data.flatMap(({ paths, weights }) => placeTensors(path, weights, locateShards(path, paths)));
}

/** The shards of a group, which must lie in the folder of model.json itself. */
function locateShards(path: string, names: readonly string[]): Shard[] {
  let begin = 0;
  return names.map((name) => {
    if (isAbsolute(name) || name.split(/[\\/]/).includes('..') || name.includes(':') || name.includes('\0')) {
      throw new GraftError('weights.unsafe', { path, detail: `it points outside its folder, to ${name}` });
    }
    const file = join(dirname(path), name);
    if (!existsSync(file)) throw new GraftError('weights.missing-part', { path, part: name });
    const shard = { path: file, begin, length: statSync(file).size };
    begin += shard.length;
    return shard;
  });
}

function placeTensors(path: string, specs: readonly WeightSpec[], shards: Shard[]): Place[] {
  let begin = 0;
  const places = specs.map((spec) => {
    const elementBytes = storedBytes[spec.quantization?.dtype ?? spec.dtype];
    if (elementBytes === undefined)
      throw new GraftError('weights.dtype', { path, tensor: spec.name, dtype: spec.dtype });
    const length = elementsOf(spec.shape) * elementBytes;
    if (Number.isNaN(length)) {
      throw new GraftError('weights.damaged', {
        path,
        detail: `${spec.name} has the shape ${spec.shape.join('x')}`,
      });
    }
    const place = { spec, shards, begin, length };
    begin += length;
    return place;
  });
  const stored = shards.reduce((sum, shard) => sum + shard.length, 0);
  if (stored !== begin) {
    const files = shards.map((shard) => basename(shard.path)).join(', ');
    throw new GraftError('weights.damaged', {
      path,
      detail: `${files}: ${stored} bytes instead of ${begin}`,
    });
  }
  return places;
}

/** Values of a floating-point tensor. @throws GraftError weights.dtype, weights.damaged */
export function readPlace(path: string, name: string, place: Place): Float32Array {
  const { spec } = place;
  if (spec.dtype !== 'float32')
    throw new GraftError('weights.dtype', { path, tensor: name, dtype: spec.dtype });
  const bytes = readRange(place.shards, place.begin, place.length);
  if (!spec.quantization) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return dequantize(bytes, spec.quantization);
}

function dequantize(
  bytes: Buffer,
  { dtype, scale = 1, min = 0 }: NonNullable<WeightSpec['quantization']>,
): Float32Array {
  if (dtype === 'uint8') return Float32Array.from(bytes, (level) => level * scale + min);
  const values = Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i));
  return values.map((stored) => (dtype === 'float16' ? halfToNumber(stored) : stored * scale + min));
}

/** Bytes `[begin, begin + length)` of shards laid end to end. */
function readRange(shards: readonly Shard[], begin: number, length: number): Buffer {
  const target = Buffer.alloc(length);
  for (const shard of shards) {
    const from = Math.max(begin, shard.begin);
    const to = Math.min(begin + length, shard.begin + shard.length);
    if (from >= to) continue;
    const reader = openBytes(shard.path);
    try {
      reader.into(target.subarray(from - begin, to - begin), from - shard.begin);
    } finally {
      reader.close();
    }
  }
  return target;
}

/** Values of an integer tensor: sizes, axes. @throws GraftError weights.damaged */
export function readIntegers({ shards, begin, length }: Place): number[] {
  const bytes = readRange(shards, begin, length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(4 * i));
}
