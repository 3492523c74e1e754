import type {
  Architecture as ArchitectureCard,
  Checksum,
  WeightsEntry,
} from '../../../shared/contract/zoo.ts';
import { keepBackbone } from '../training/network/backbone-file.ts';
import { findGraph, listGraphs } from '../weights/graphs/graph-import.ts';
import { importFile, inspectFile } from '../weights/import.ts';
import { listWeights, removeWeights } from '../weights/library.ts';
import type { LibraryEntry } from '../weights/library.ts';
import { modelTensors } from '../weights/model-tensors.ts';
import { layerRows } from '../zoo/layer-rows.ts';
import { offerStarter, refuseStarter } from '../weights/starter.ts';
import { architecture, architectures } from '../zoo/registry.ts';
import type { Architecture, PublishedWeights } from '../zoo/registry.ts';
import type { Backbone } from '../zoo/network.ts';
import { buildScratchCnn } from '../zoo/scratch-cnn.ts';
import type { EngineHandlers } from './context.ts';
import { graphCard, graphRows, graphWeights } from './graphs.ts';

type ZooHandlers = Pick<
  EngineHandlers,
  'zooList' | 'zooLayers' | 'weightsImport' | 'weightsInspect' | 'weightsFromRun' | 'weightsRemove'
>;

export const zooHandlers: ZooHandlers = {
  async zooList({ libraryDir }) {
    await offerStarter(libraryDir);
    const installed = (await listWeights(libraryDir)).map(toEntry);
    const graphs = await listGraphs(libraryDir);
    return [...architectures.map((row) => card(row, installed)), ...graphs.map(graphCard)];
  },
  async zooLayers({ arch, alpha, inputSize, channels, libraryDir }) {
    const graph = await findGraph(libraryDir, arch);
    if (graph) return graphRows(graph);
    const backbone = channels
      ? buildScratchCnn({ inputSize, channels })
      : architecture(arch).build({ alpha, inputSize });
    const rows = layerRows(backbone);
    backbone.model.dispose();
    return rows;
  },
  async weightsImport({ path, as, graph, libraryDir }) {
    const { kind, entry } = await importFile(path, libraryDir, { as, graph });
    return kind === 'graph' ? graphWeights(entry) : toEntry(entry);
  },
  weightsInspect({ path, ...wishes }) {
    return inspectFile(path, wishes);
  },
  async weightsFromRun({ runDir, name, libraryDir }) {
    return toEntry(await keepBackbone(runDir, name, libraryDir));
  },
  async weightsRemove({ id, libraryDir }) {
    await refuseStarter(id);
    await removeWeights(libraryDir, id);
    return null;
  },
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Blocks do not change while Graft runs; building a network to count them is worth doing once. */
const blockCache = new Map<string, ArchitectureCard['blocks']>();

function blocksOf(row: Architecture): ArchitectureCard['blocks'] {
  const known = blockCache.get(row.id);
  if (known) return known;
  const backbone = row.build();
  const params = paramsByLayer(backbone);
  const blocks = backbone.blocks.map(({ name, layers }) => ({
    id: name,
    layers: layers.length,
    params: layers.reduce((sum, layer) => sum + (params.get(layer) ?? 0), 0),
  }));
  backbone.model.dispose();
  blockCache.set(row.id, blocks);
  return blocks;
}

function paramsByLayer({ model }: Backbone): Map<string, number> {
  const params = new Map<string, number>();
  for (const { layer, shape } of modelTensors(model)) {
    params.set(layer, (params.get(layer) ?? 0) + sizeOf(shape));
  }
  return params;
}

function card(row: Architecture, installed: WeightsEntry[]): ArchitectureCard {
  const [main] = row.variants;
  const alpha = main?.alpha ?? 1;
  return {
    id: row.id,
    title: row.title,
    family: row.family,
    params: main?.parameters ?? 0,
    featureWidth: row.featureWidth(alpha),
    inputSize: row.defaultInputSize,
    minInputSize: row.minInputSize,
    top1: main?.top1 ?? null,
    licence: row.licence,
    paper: row.paper,
    alphas: row.variants.map((variant) => variant.alpha),
    blocks: blocksOf(row),
    defaultCut: row.defaultCut,
    frozenOnly: false,
    published: row.weights.map(({ file, url, withTop, alpha: width, bytes, ...stated }) => ({
      file,
      url,
      bytes: bytes ?? null,
      checksum: checksumOf(stated),
      alpha: width,
      withTop,
    })),
    installed: installed.filter(({ arch }) => arch === row.id),
  };
}

function checksumOf({ md5, sha256Prefix }: Pick<PublishedWeights, 'md5' | 'sha256Prefix'>): Checksum | null {
  if (md5 !== undefined) return { algorithm: 'md5', value: md5 };
  return sha256Prefix === undefined ? null : { algorithm: 'sha256', value: sha256Prefix };
}

function toEntry(entry: LibraryEntry): WeightsEntry {
  return {
    id: entry.hash,
    arch: entry.architecture,
    alpha: entry.alpha,
    withTop: entry.withTop,
    classes: entry.withTop ? entry.classes : null,
    params: parametersOf(entry),
    bytes: entry.bytes,
    source: entry.sourceName,
    format: entry.format,
    importedAt: entry.imported,
  };
}

function parametersOf({ architecture: id, alpha, withTop }: LibraryEntry): number {
  const variant = architecture(id).variants.find((candidate) => candidate.alpha === alpha);
  return (withTop ? variant?.parametersWithTop : variant?.parameters) ?? 0;
}
