import type { NetworkLayers } from '../../../shared/network-layers.ts';

/** A line of the panel: a block, or one of its layers. */
export interface FreezeRow {
  key: string;
  kind: 'block' | 'layer';
  name: string;
  /** The layers it stands for, counted from the input. */
  first: number;
  last: number;
  params: number;
}

/** Whether all, some or none of a row's layers are trained; null where there is nothing to freeze. */
export type RowState = 'trained' | 'mixed' | 'frozen' | null;

/** The panel's lines from the output down to the input, layers only of the blocks that are open. */
export function freezeRows({ rows, ranges }: NetworkLayers, open: ReadonlySet<string>): FreezeRow[] {
  return [...ranges].reverse().flatMap(({ name, first, last }) => {
    const inside = rows.slice(first, last + 1);
    const block: FreezeRow = {
      key: `block:${name}`,
      kind: 'block',
      name,
      first,
      last,
      params: inside.reduce((sum, row) => sum + row.params, 0),
    };
    if (!open.has(name)) return [block];
    const layers = inside.map((row, offset): FreezeRow => ({
      key: row.name,
      kind: 'layer',
      name: row.name,
      first: first + offset,
      last: first + offset,
      params: row.params,
    }));
    return [block, ...layers.reverse()];
  });
}

export function stateOf(
  { layers }: NetworkLayers,
  { first, last }: Pick<FreezeRow, 'first' | 'last'>,
  trained: ReadonlySet<string>,
): RowState {
  let learning = 0;
  let moving = 0;
  for (let index = first; index <= last; index++) {
    const layer = layers[index];
    if (!layer?.learns) continue;
    learning++;
    if (trained.has(layer.name)) moving++;
  }
  if (learning === 0) return null;
  if (moving === 0) return 'frozen';
  return moving === learning ? 'trained' : 'mixed';
}

/** The trained layers after those from `first` to `last` were frozen or unfrozen. */
export function withRange(
  { layers }: NetworkLayers,
  trained: ReadonlySet<string>,
  [first, last]: [number, number],
  train: boolean,
): Set<string> {
  const next = new Set(trained);
  for (let index = first; index <= last; index++) {
    const layer = layers[index];
    if (!layer?.learns) continue;
    if (train) next.add(layer.name);
    else next.delete(layer.name);
  }
  return next;
}
