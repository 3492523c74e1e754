import type { Stage } from './recipe.ts';

/**
 * Which layers a stage trains and where the frozen prefix ends: the same arithmetic for the engine that trains and
 * for the window that shows it.
 */

/** A layer as a node of its network's graph. */
export interface GraphLayer {
  name: string;
  /** Names of the layers it reads; a name that is no layer of the list is the input. */
  inputs: readonly string[];
  /** Whether freezing it changes anything: it has weights, or drops units while training. */
  learns: boolean;
}

/** Layers frozen and unfrozen together, from input to output. */
export interface LayerBlock {
  name: string;
  layers: readonly string[];
}

/** Names of the body's layers that a stage trains; names that no block has are left to the caller to refuse. */
export function trainedBy(train: Stage['train'], blocks: readonly LayerBlock[]): Set<string> {
  switch (train.what) {
    case 'head':
      return new Set();
    case 'all':
      return new Set(blocks.flatMap(({ layers }) => layers));
    case 'from': {
      const start = blocks.findIndex(({ name }) => name === train.block);
      return new Set(start < 0 ? [] : blocks.slice(start).flatMap(({ layers }) => layers));
    }
    case 'layers':
      return new Set(train.layers);
  }
}

/** The shortest way to say that these layers are trained: nothing, everything, from a block, or one by one. */
export function trainOf(trained: ReadonlySet<string>, blocks: readonly LayerBlock[]): Stage['train'] {
  const all = blocks.flatMap(({ layers }) => layers);
  const named = all.filter((layer) => trained.has(layer));
  if (named.length === 0) return { what: 'head' };
  if (named.length === all.length) return { what: 'all' };
  let above = 0;
  for (const { name, layers } of [...blocks].reverse()) {
    above += layers.length;
    if (above > named.length) break;
    if (above === named.length && all.slice(-above).every((layer) => trained.has(layer)))
      return { what: 'from', block: name };
  }
  return { what: 'layers', layers: named };
}

/**
 * Where the longest frozen prefix of a network ends: the last point before every trained layer that a single tensor
 * crosses, so that what lies before it can be computed once per picture. `layers` stand in an order in which each
 * comes after what it reads.
 *
 * Gives the layer whose output crosses there; `null` for the input (nothing worth keeping lies before it), and the
 * last layer when nothing is trained.
 */
export function frozenPrefix(layers: readonly GraphLayer[], trained: ReadonlySet<string>): string | null {
  const first = layers.findIndex(({ name, learns }) => learns && trained.has(name));
  if (first < 0) return layers.at(-1)?.name ?? null;
  const place = new Map(layers.map(({ name }, index) => [name, index]));
  const input = -1;
  const lastUse = new Map<number, number>();
  for (const [index, { inputs }] of layers.entries()) {
    for (const source of inputs) lastUse.set(place.get(source) ?? input, index);
  }
  const closing = new Map<number, number[]>();
  for (const [source, index] of lastUse) closing.set(index, [...(closing.get(index) ?? []), source]);
  const open = new Set([input]);
  let found = input;
  for (let at = 0; at < first; at++) {
    for (const source of closing.get(at) ?? []) open.delete(source);
    if (lastUse.has(at)) open.add(at);
    const [only = input] = open;
    if (open.size === 1) found = only;
  }
  const before = layers.slice(0, found + 1);
  return before.some(({ learns }) => learns) ? (layers[found]?.name ?? null) : null;
}
