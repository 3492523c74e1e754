import { join } from 'node:path';
import { GraftError } from '../../../shared/errors.ts';
import { trainedBy } from '../../../shared/recipe/freezing.ts';
import type { Recipe, Stage } from '../../../shared/recipe/recipe.ts';
import type { EngineResult, Places } from '../protocol.ts';
import { parametersOfGraph } from '../weights/graphs/frozen-graph.ts';
import { findGraph, graphPath } from '../weights/graphs/graph-import.ts';
import { loadWeights } from '../weights/load.ts';
import { hasWeights, openLibrary } from '../weights/library.ts';
import { installStarter, starterId } from '../weights/starter.ts';
import type { Block } from '../zoo/network.ts';
import { architecture } from '../zoo/registry.ts';
import { graphFileOf, loadBody, loadSpec } from './network/model-store.ts';
import { buildNetwork, networkTensors } from './network/network.ts';
import type { Network, NetworkSpec } from './network/network.ts';

/** What a recipe's network is, before any weight: the body, where its weights come from, the head. */
export async function networkSpec(recipe: Recipe, classes: string[], places: Places): Promise<NetworkSpec> {
  const shared = { version: 1 as const, input: recipe.input, head: recipe.head, classes };
  const { backbone } = recipe;
  if (backbone === null)
    return {
      ...shared,
      body: { kind: 'scratch-cnn', channels: recipe.scratch.channels },
      preprocessing: 'unit',
    };
  const graph = backbone.from === 'library' ? await findGraph(places.libraryDir, backbone.arch) : null;
  if (graph) {
    refuseTraining(recipe, graph.sourceName);
    return { ...shared, body: { kind: 'graph', hash: graph.hash }, preprocessing: graph.preprocessing };
  }
  if (backbone.from === 'library') {
    const { preprocessing } = architecture(backbone.arch);
    return { ...shared, body: { kind: 'zoo', arch: backbone.arch, alpha: backbone.alpha }, preprocessing };
  }
  const { body, preprocessing } = await loadSpec(join(places.runsDir, backbone.run));
  if (body.kind === 'graph') refuseTraining(recipe, backbone.run);
  return { ...shared, body, preprocessing };
}

/** Where the file of an imported network lies: in the library, or in the run that is carried over. */
function graphFileFor({ body }: NetworkSpec, { backbone }: Recipe, places: Places): string | null {
  if (body.kind !== 'graph' || backbone === null) return null;
  if (backbone.from === 'library') return graphPath(places.libraryDir, body.hash);
  return graphFileOf({ body }, join(places.runsDir, backbone.run));
}

/** @throws GraftError recipe.frozen-only when a stage would train an imported network */
function refuseTraining({ stages }: Recipe, name: string): void {
  if (stages.some(({ train }) => train.what !== 'head')) throw new GraftError('recipe.frozen-only', { name });
}

/**
 * The network a run starts from: carried-over weights where the recipe names some, else random ones from its seed.
 * @throws GraftError `weights.*`, `model.missing` (an earlier run without a model)
 */
export async function startingNetwork(recipe: Recipe, classes: string[], places: Places): Promise<Network> {
  const spec = await networkSpec(recipe, classes, places);
  const { backbone, seed } = recipe;
  const carried = backbone !== null && (backbone.from === 'run' || backbone.weights !== null);
  const network = buildNetwork(spec, seed, carried ? null : seed, graphFileFor(spec, recipe, places));
  if (backbone?.from === 'run') await loadBody(join(places.runsDir, backbone.run), network);
  if (backbone?.from === 'library' && backbone.weights !== null && network.graphFile === null) {
    if (backbone.arch === starterId && !hasWeights(places.libraryDir, backbone.weights))
      await installStarter(places.libraryDir);
    const { source } = await openLibrary(places.libraryDir, backbone.weights);
    try {
      await loadWeights(network.body, source);
    } finally {
      source.close();
    }
  }
  return network;
}

/** What normalizes in the trained part of the backbone; see `batchNorm` of the recipe. */
export function statisticsOf({ batchNorm, backbone }: Recipe): 'stored' | 'batch' {
  if (batchNorm !== 'auto') return batchNorm;
  return backbone !== null && (backbone.from === 'run' || backbone.weights !== null) ? 'stored' : 'batch';
}

/**
 * Names of the body's layers that a stage trains, none when it trains the head alone.
 * @throws GraftError `recipe.no-block`, `recipe.no-layer` for a name that the network does not have
 */
export function layersTrainedIn({ train }: Stage, blocks: readonly Block[]): ReadonlySet<string> {
  if (train.what === 'from' && !blocks.some(({ name }) => name === train.block)) {
    const names = blocks.map(({ name }) => name).join(', ');
    throw new GraftError('recipe.no-block', { block: train.block, blocks: names });
  }
  if (train.what === 'layers') {
    const known = new Set(blocks.flatMap(({ layers }) => layers));
    const unknown = train.layers.find((layer) => !known.has(layer));
    if (unknown !== undefined) throw new GraftError('recipe.no-layer', { layer: unknown });
  }
  return trainedBy(train, blocks);
}

/** Names of the body's layers that any stage trains. */
export function trainedLayers(recipe: Recipe, blocks: readonly Block[]): ReadonlySet<string> {
  return new Set(recipe.stages.flatMap((stage) => [...layersTrainedIn(stage, blocks)]));
}

/** Parameters that some stage trains, and those none does. A batch norm's moving statistics are not trained. */
export function countParams(
  network: Network,
  trained: ReadonlySet<string>,
): { trainable: number; frozen: number } {
  let trainable = 0;
  let frozen = network.body.layers.reduce((sum, layer) => sum + (parametersOfGraph(layer) ?? 0), 0);
  for (const { name, layer, shape } of networkTensors(network)) {
    const size = shape.reduce((product, side) => product * side, 1);
    if (network.graphFile !== null && !name.startsWith('head/')) continue; // The hash of its file, no parameter.
    const moving = /moving_(mean|variance)$/.test(name);
    if (name.startsWith('head/') || (trained.has(layer) && !moving)) trainable += size;
    else frozen += size;
  }
  return { trainable, frozen };
}

/** Parameter counts of a recipe, without loading weights. */
export async function planRun(
  recipe: Recipe,
  classes: number,
  places: Places,
): Promise<EngineResult<'plan'>> {
  const names = Array.from({ length: Math.max(classes, 1) }, (_, index) => String(index));
  const spec = await networkSpec(recipe, names, places);
  const network = buildNetwork(spec, recipe.seed, null, graphFileFor(spec, recipe, places));
  const { trainable, frozen } = countParams(network, trainedLayers(recipe, network.blocks));
  const { featureWidth } = network;
  network.body.dispose();
  network.head.dispose();
  return { trainableParams: trainable, frozenParams: frozen, featureWidth };
}
