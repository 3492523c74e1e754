import { GraftError } from '../../../shared/errors.ts';
import { importGraphModel, importOnnx, inspectGraphModel, inspectOnnx } from './graphs/graph-import.ts';
import type { GraphChoices } from './graphs/graph-import.ts';
import type { GraphEntry } from './graphs/graph-file.ts';
import type { GraphInspection, InspectionWishes } from './graphs/inspect.ts';
import { looksLikeOnnx } from './graphs/onnx-model.ts';
import { importWeights } from './library.ts';
import type { LibraryEntry } from './library.ts';
import { isModelJson } from './formats/tfjs-shards.ts';
import { isGraphModel } from './graphs/tensorflow/import.ts';
import { headOf, modelJsonOf } from './open.ts';

export interface ImportOptions {
  /** The architecture it is said to be; without it, it is recognised. */
  as?: string;
  /** For a network that is no architecture of the zoo. */
  graph?: GraphChoices;
}

export type Imported = { kind: 'weights'; entry: LibraryEntry } | { kind: 'graph'; entry: GraphEntry };

/**
 * Takes a file into the library: weights of an architecture of the zoo, or a whole network as a frozen feature
 * extractor. What it is, its content tells.
 * @throws GraftError weights.*, file.*
 */
export async function importFile(
  path: string,
  library: string,
  { as, graph = {} }: ImportOptions = {},
): Promise<Imported> {
  const kind = kindOf(path);
  if (kind === 'tfjs-graph')
    return { kind: 'graph', entry: await importGraphModel(modelJsonOf(path), library, graph) };
  if (kind === 'onnx') return { kind: 'graph', entry: await importOnnx(path, library, graph) };
  return { kind: 'weights', entry: await importWeights(path, library, as) };
}

/** What a network takes and where it can be cut; null for a file of weights, which needs no such choice. */
export function inspectFile(path: string, wishes: InspectionWishes): GraphInspection | null {
  const kind = kindOf(path);
  if (kind === 'tfjs-graph') return inspectGraphModel(modelJsonOf(path), wishes);
  return kind === 'onnx' ? inspectOnnx(path, wishes) : null;
}

function kindOf(path: string): 'onnx' | 'tfjs-graph' | 'weights' {
  try {
    const file = modelJsonOf(path);
    const head = headOf(file);
    if (isModelJson(head, file)) return isGraphModel(file) ? 'tfjs-graph' : 'weights';
    return looksLikeOnnx(head, file) ? 'onnx' : 'weights';
  } catch (error) {
    if (error instanceof GraftError) return 'weights'; // Opening it says why.
    throw error;
  }
}
