import type { Architecture, LayerRow, WeightsEntry } from '../../../shared/contract/zoo.ts';
import { NETWORK } from '../weights/graphs/frozen-graph.ts';
import { graphArchitecture } from '../weights/graphs/graph-file.ts';
import type { GraphEntry } from '../weights/graphs/graph-file.ts';

/** Imported networks as the zoo shows them: a card each, of one block that stays frozen. */

/** Pictures smaller than this are of no use to any network. */
const minInputSize = 32;

export function graphWeights(entry: GraphEntry): WeightsEntry {
  return {
    id: entry.hash,
    arch: graphArchitecture(entry),
    alpha: 1,
    withTop: false,
    classes: null,
    params: entry.params,
    bytes: entry.bytes,
    source: entry.sourceName,
    format: entry.format,
    importedAt: entry.imported,
  };
}

export function graphCard(entry: GraphEntry): Architecture {
  return {
    id: graphArchitecture(entry),
    title: entry.sourceName.replace(/\.onnx$/, ''),
    family: entry.format === 'onnx' ? 'ONNX' : 'TensorFlow.js',
    params: entry.params,
    featureWidth: entry.features[2] ?? 0,
    inputSize: entry.size,
    minInputSize: entry.fixedSize ? entry.size : minInputSize,
    top1: null,
    licence: '–',
    paper: { title: '', url: '' },
    alphas: [1],
    blocks: [{ id: NETWORK, layers: 1, params: entry.params }],
    defaultCut: NETWORK,
    frozenOnly: true,
    published: [],
    installed: [graphWeights(entry)],
  };
}

export function graphRows(entry: GraphEntry): LayerRow[] {
  return [
    {
      name: NETWORK,
      type: entry.cut,
      block: NETWORK,
      outputShape: entry.features,
      params: entry.params,
      statistics: 0,
      macs: entry.macs,
      inputs: ['input_1'],
    },
  ];
}
