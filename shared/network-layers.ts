import type { LayerRow } from './contract/zoo.ts';
import type { LayerCost } from './recipe/estimate.ts';
import type { LayerBlock } from './recipe/freezing.ts';

/** A network's layers in the order of its blocks, 0 nearest to the input. */
export interface NetworkLayers {
  rows: LayerRow[];
  layers: LayerCost[];
  /** Blocks with the layers that freezing changes, by name. */
  blocks: LayerBlock[];
  /** The same blocks as ranges of `rows`. */
  ranges: { name: string; first: number; last: number }[];
}

const outputsOf = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((product, side) => product * (side ?? 1), 1);

export function networkOf(rows: LayerRow[]): NetworkLayers {
  const layers = rows.map((row): LayerCost => ({
    name: row.name,
    inputs: row.inputs,
    learns: row.params > 0 || row.type === 'Dropout',
    params: row.params,
    statistics: row.statistics,
    macs: row.macs,
    outputs: outputsOf(row.outputShape),
  }));
  const ranges: NetworkLayers['ranges'] = [];
  rows.forEach(({ block }, index) => {
    const open = ranges.at(-1);
    if (open?.name === block) open.last = index;
    else ranges.push({ name: block, first: index, last: index });
  });
  const blocks = ranges.map(({ name, first, last }) => ({
    name,
    layers: layers
      .slice(first, last + 1)
      .filter(({ learns }) => learns)
      .map((layer) => layer.name),
  }));
  return { rows, layers, blocks, ranges };
}
