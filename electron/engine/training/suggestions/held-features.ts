import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { principalSubspace } from './principal-subspace.ts';
import type { LinearHead } from '../examination/linear-head.ts';

/** Features are held as they are up to this many bytes; more of them are projected first. */
const WHOLE_BYTES = 16 * 2 ** 20;
/** Directions that are kept of each picture then: 100 MB for 100,000 pictures. */
const MOST_COLUMNS = 256;
/** Rows that lie in one piece of memory. */
const BLOCK = 4096;
const SEED = 42;

/** How features become rows: moved, projected, and scaled to length 1 in the mean of squares. */
interface Projection {
  /** `[width]` */
  means: Float32Array;
  /** `[columns, width]`; null: all of them are kept. */
  basis: Float32Array | null;
  scale: number;
}

/** The head on all labels, which the next one starts from. */
export interface WholeHead {
  classIds: readonly number[];
  head: LinearHead;
}

/** The heads that judge labelled items, each trained without one fold, which the next ones start from. */
export interface JudgingHeads {
  classIds: readonly number[];
  /** None where no label can be held out. */
  perFold: LinearHead[];
  /** Strength of the penalty under which held-out labels are likeliest. */
  l2: number;
  /** Labels there were when `l2` was chosen. */
  chosenAt: number;
}

/** Features of a project's pictures, which stay in memory between trainings of a head. */
export class HeldFeatures {
  readonly key: string;
  readonly width: number;
  readonly columns: number;
  /** Fold of the cross-validation that an item was dealt to: it stays there. */
  readonly folds = new Map<number, number>();
  whole: WholeHead | null = null;
  judging: JudgingHeads | null = null;
  readonly #rows = new Map<number, number>();
  readonly #blocks: Float32Array[] = [];
  #projection: Projection | null = null;
  #count = 0;

  /** @param total items there will be in the end, roughly */
  constructor(key: string, width: number, total: number) {
    this.key = key;
    this.width = width;
    this.columns = columnsFor(width, total);
  }

  /** Whether an item's row is held, or it is known to have none. */
  knows(id: number): boolean {
    return this.#rows.has(id);
  }

  /** Whether an item gave a picture. */
  has(id: number): boolean {
    return (this.#rows.get(id) ?? -1) >= 0;
  }

  /** `[columns]`; a view, not a copy. */
  rowOf(id: number): Float32Array {
    const row = this.#rows.get(id)!;
    const start = (row % BLOCK) * this.columns;
    return this.#blocks[Math.floor(row / BLOCK)]!.subarray(start, start + this.columns);
  }

  /** Notes items that cannot be read. */
  miss(ids: Iterable<number>): void {
    for (const id of ids) this.#rows.set(id, -1);
  }

  /** Takes the features `[ids.length * width]` of items. The first ones decide how all are projected. */
  add(ids: readonly number[], features: Float32Array): void {
    this.#projection ??= projectionFrom(features, this.width, this.columns);
    const rows = project(features, this.width, this.#projection);
    ids.forEach((id, at) => {
      const row = this.#count++;
      const block = (this.#blocks[Math.floor(row / BLOCK)] ??= new Float32Array(BLOCK * this.columns));
      block.set(rows.subarray(at * this.columns, (at + 1) * this.columns), (row % BLOCK) * this.columns);
      this.#rows.set(id, row);
    });
  }
}

/** Columns that each of `total` pictures is held with. */
export function columnsFor(width: number, total: number): number {
  const fits = total * width * Float32Array.BYTES_PER_ELEMENT <= WHOLE_BYTES;
  return fits ? width : Math.min(width, MOST_COLUMNS);
}

function projectionFrom(features: Float32Array, width: number, columns: number): Projection {
  const rows = features.length / width;
  const means = new Float32Array(width);
  for (let at = 0; at < features.length; at++) means[at % width]! += features[at]! / rows;
  const centred = features.map((value, at) => value - means[at % width]!);
  let squares = 0;
  for (const value of centred) squares += value * value;
  const scale = squares > 0 ? Math.sqrt(rows / squares) : 0;
  const basis = columns < width ? principalSubspace(centred, width, columns, SEED) : null;
  return { means, basis, scale };
}

function project(features: Float32Array, width: number, { means, basis, scale }: Projection): Float32Array {
  const moved = features.map((value, at) => (value - means[at % width]!) * scale);
  if (!basis) return moved;
  const product = tidy(() => {
    const x = tensor2d(moved, [moved.length / width, width]);
    return matMul(x, tensor2d(basis, [basis.length / width, width]), false, true);
  });
  const rows = product.dataSync<'float32'>().slice();
  product.dispose();
  return rows;
}
