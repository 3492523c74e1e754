import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GraftError } from '../../../../shared/errors.ts';
import type { PreprocessingMode } from '../../zoo/preprocessing.ts';
import { openOnnx } from '../../backend/index.ts';
import { sourceName } from '../source.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { Cut, Layout } from './cuts.ts';
import { featureShape } from './frozen-graph.ts';
import { NOTE, graphArchitecture, isGraphArchitecture, readGraphEntry } from './graph-file.ts';
import type { GraphEntry, GraphFacts } from './graph-file.ts';
import { inputShape, inspectGraph } from './inspect.ts';
import type { GraphInspection, InspectionWishes } from './inspect.ts';
import { sizeOf } from './operators/known.ts';
import { inferShapes } from './shapes.ts';
import { parseOnnx, readOnnx } from './onnx-model.ts';
import type { OnnxModel } from './onnx-model.ts';
import { broken } from './protobuf-reader.ts';
import { readGraphModel } from './tensorflow/import.ts';
import { prefixOf, writePrefix } from './onnx-write.ts';
import type { Prefix } from './onnx-write.ts';

/** What a person says of a network that they import; what is left out is found out or guessed. */
export interface GraphChoices {
  cut?: string;
  layout?: Layout;
  /** Side of its pictures, for networks that take any. */
  size?: number;
  preprocessing?: PreprocessingMode;
}

export interface GraphSource {
  format: GraphFacts['format'];
  sourceName: string;
  sourceSha256: string;
}

const extension = '.onnx';

/**
 * Takes an ONNX network into the library as a frozen feature extractor: the part up to the cut, written anew and tried.
 * @throws GraftError weights.*
 */
export async function importOnnx(path: string, library: string, choices: GraphChoices): Promise<GraphEntry> {
  const sourceSha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return storeGraph(readOnnx(path), library, choices, {
    format: 'onnx',
    sourceName: basename(path),
    sourceSha256,
  });
}

/** Takes a TensorFlow.js graph model into the library, as `importOnnx` does. @throws GraftError weights.* */
export async function importGraphModel(
  path: string,
  library: string,
  choices: GraphChoices,
): Promise<GraphEntry> {
  const model = readGraphModel(path);
  const hash = createHash('sha256');
  for (const file of model.files) hash.update(await readFile(file));
  const source = { sourceName: sourceName(path), sourceSha256: hash.digest('hex') };
  return storeGraph(model, library, choices, { format: 'tfjs-graph', ...source });
}

/** @throws GraftError weights.* */
export function inspectGraphModel(path: string, wishes: InspectionWishes): GraphInspection {
  return inspectGraph(readGraphModel(path), wishes);
}

/** @throws GraftError weights.* */
export function inspectOnnx(path: string, wishes: InspectionWishes): GraphInspection {
  return inspectGraph(readOnnx(path), wishes);
}

/** @throws GraftError weights.* */
export async function storeGraph(
  model: OnnxModel,
  library: string,
  choices: GraphChoices,
  source: GraphSource,
): Promise<GraphEntry> {
  const inspection = inspectGraph(model, choices);
  const cut = chooseCut(model.path, inspection.cuts, choices.cut ?? inspection.defaultCut);
  const prefix = prefixOf(model, cut.name);
  const { cuts: _, defaultCut: __, ...input } = inspection;
  const shapes = inferShapes(model, {
    name: input.input,
    shape: inputShape(input.layout, 1, input.size),
  });
  const facts: GraphFacts = {
    version: 1,
    ...source,
    imported: new Date().toISOString(),
    ...input,
    preprocessing: choices.preprocessing ?? inspection.preprocessing,
    cut: cut.name,
    channelsLast: cut.channelsLast,
    features: featureShape(cut.shape, cut.channelsLast),
    params: paramsOf(model, prefix),
    macs: macsOf(prefix, shapes),
    operations: prefix.nodes.length,
  };
  const hash = hashGraph(model, prefix, facts);
  const target = join(library, hash + extension);
  if (!existsSync(target)) {
    const bytes = encode(model, prefix, facts, cut);
    tryOut(bytes, facts, cut, model.path);
    await writeBeside(target, bytes);
  }
  return readGraphEntry(target, hash);
}

/** Networks in the library, newest first. Files in the folder that are none are passed over. */
export async function listGraphs(library: string): Promise<GraphEntry[]> {
  const names = existsSync(library) ? await readdir(library) : [];
  const entries = names
    .filter((name) => /^[0-9a-f]{64}\.onnx$/.test(name))
    .flatMap((name) => {
      try {
        return [readGraphEntry(join(library, name), basename(name, extension))];
      } catch (error) {
        if (error instanceof GraftError) return [];
        throw error;
      }
    });
  return entries.sort((a, b) => b.imported.localeCompare(a.imported));
}

/** The imported network that is called `id`; null for an architecture of the zoo. @throws GraftError weights.not-in-library */
export async function findGraph(library: string, id: string): Promise<GraphEntry | null> {
  if (!isGraphArchitecture(id)) return null;
  const found = (await listGraphs(library)).find((entry) => graphArchitecture(entry) === id);
  if (!found) throw new GraftError('weights.not-in-library', { hash: id, path: library });
  return found;
}

/** Where the library has a network; null when it has not. */
export function graphPath(library: string, hash: string): string | null {
  const path = join(library, hash + extension);
  return /^[0-9a-f]{64}$/.test(hash) && existsSync(path) ? path : null;
}

function chooseCut(path: string, cuts: readonly Cut[], name: string): Cut {
  const cut = cuts.find((candidate) => candidate.name === name);
  if (cut) return cut;
  const known = cuts.map((candidate) => candidate.name).slice(-5);
  throw new GraftError('weights.no-cut', { path, cut: name, known: known.join(', ') });
}

function paramsOf({ constants }: OnnxModel, prefix: Prefix): number {
  const sizes = prefix.constants
    .map((name) => constants.get(name))
    .filter((tensor) => tensor?.integers === null);
  return sizes.reduce((sum, tensor) => sum + sizeOf(tensor?.shape ?? [0]), 0);
}

/** Multiplications of its convolutions and products: each kernel is applied once at each position of its output. */
function macsOf(prefix: Prefix, shapes: ReadonlyMap<string, number[]>): number {
  return prefix.nodes.reduce((sum, { op, inputs, outputs }) => {
    if (!['Conv', 'Gemm', 'MatMul'].includes(op)) return sum;
    const kernel = shapes.get(inputs[1] ?? '') ?? [];
    const output = shapes.get(outputs[0] ?? '') ?? [];
    if (op === 'Conv') return sum + sizeOf(output.slice(2)) * sizeOf(kernel);
    return sum + sizeOf(output.slice(0, -1)) * sizeOf(kernel.slice(-2));
  }, 0);
}

/** Over what the network computes, not over when or from where it came. */
function hashGraph(model: OnnxModel, prefix: Prefix, facts: GraphFacts): string {
  const { input, layout, size, batch, preprocessing, cut } = facts;
  const hash = createHash('sha256').update(
    JSON.stringify([model.opset, input, layout, size, batch, preprocessing, cut]),
  );
  for (const { message } of prefix.nodes) hash.update(message);
  for (const name of prefix.constants) hash.update(model.constants.get(name)?.message ?? '');
  return hash.digest('hex');
}

function encode(model: OnnxModel, prefix: Prefix, facts: GraphFacts, cut: Cut): Uint8Array {
  const [batch, ...sides] = inputShape(facts.layout, 1, facts.size);
  const open = facts.batch === 'any' ? null : (batch ?? 1);
  const free = (side: number) => (facts.fixedSize || side === 3 ? side : null);
  return writePrefix(model, prefix, {
    input: { name: facts.input, shape: [open, ...sides.map(free)] },
    output: {
      name: cut.name,
      shape: [open, ...cut.shape.slice(1).map((side) => (facts.fixedSize ? side : null))],
    },
    notes: { [NOTE]: JSON.stringify(facts) },
  });
}

/** A network that ONNX Runtime cannot open, or that answers a grey picture with anything but numbers, is not taken. */
function tryOut(bytes: Uint8Array, facts: GraphFacts, cut: Cut, path: string): void {
  parseOnnx(Buffer.from(bytes), path);
  const session = openOnnx(bytes, path);
  try {
    const shape = inputShape(facts.layout, 1, facts.size);
    const data = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(0.5);
    const result = session.run({ [facts.input]: { shape, data } }, { [cut.name]: cut.shape })[cut.name] ?? [];
    const position = result.findIndex((value) => value - value !== 0);
    if (position >= 0)
      throw new GraftError('weights.not-finite', {
        path,
        tensor: cut.name,
        value: String(result[position]),
        position,
      });
  } catch (error) {
    if (!(error instanceof GraftError) || error.code !== 'engine.graph-failed') throw error;
    throw broken(path, `it does not compute (${error.params['detail']})`);
  } finally {
    session.dispose();
  }
}
