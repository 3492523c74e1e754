/**
 * Winograd's minimal filtering for 3x3 convolutions of stride 1: Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks" (2015), F(2x2, 3x3). Four outputs of a channel cost 16 multiplications
 * instead of 36; the multiplications are 16 matrix products, the transforms around them are additions of
 * whole rows of channels. Everything stands channels last, where no transpose is needed.
 */
import { capabilities } from './capabilities.ts';
import { add, like, mul, sub, unary } from './elementwise.ts';
import { gemm } from './reductions.ts';
import { concat, reshape, slice, zeroPad } from './shaping.ts';
import type { Value } from './value.ts';
import { dim, sizeOf } from './value.ts';
import type { Window } from './windows.ts';

/** Outputs of a tile along one axis, and inputs it is computed from. */
const OUT = 2;
const IN = 4;
const KERNEL = 3;

type Matrix = readonly (readonly number[])[];

/** Input, filter and output transforms (B^T, G, A^T in the paper). */
const INPUT: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const FILTER: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const OUTPUT: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

const indices = (length: number): number[] => Array.from({ length }, (_, index) => index);

const transposed = (matrix: Matrix): number[][] =>
  (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));

/** `sum` and `coefficient` times `value`. */
function plus(sum: Value | null, value: Value, coefficient: number): Value {
  const size = Math.abs(coefficient);
  const term = size === 1 ? value : mul(value, like(value, size));
  if (sum === null) return coefficient < 0 ? unary('Neg', term) : term;
  return coefficient < 0 ? sub(sum, term) : add(sum, term);
}

/** The sum of `values`, each times its coefficient. A factor common to all is multiplied once, at the end. */
function combine(values: readonly Value[], coefficients: readonly number[]): Value {
  const used = indices(values.length).filter((index) => coefficients[index] !== 0);
  // Positive terms first: the others are then taken away from something.
  used.sort((a, b) => Math.sign(dim(coefficients, b)) - Math.sign(dim(coefficients, a)));
  const sizes = new Set(used.map((index) => Math.abs(dim(coefficients, index))));
  const [size = 1] = sizes;
  const factor = sizes.size === 1 ? size : 1;
  const sum = used.reduce<Value | null>(
    (partial, index) => plus(partial, values[index] as Value, dim(coefficients, index) / factor),
    null,
  );
  if (!sum) throw new Error('A row of a transform has no entries.');
  return factor === 1 ? sum : mul(sum, like(sum, factor));
}

/** matrix * grid * matrix^T for a grid of values: rows first, then columns. */
function transform(grid: readonly (readonly Value[])[], matrix: Matrix): Value[][] {
  const columns = (grid[0] ?? []).map((_, column) => grid.map((row) => row[column] as Value));
  const tall = columns.map((column) => matrix.map((row) => combine(column, row)));
  return matrix.map((_, i) =>
    matrix.map((row) =>
      combine(
        tall.map((column) => column[i] as Value),
        row,
      ),
    ),
  );
}

/** Tiles per spatial axis. */
const tilesOf = ({ output }: Window): number[] => output.map((length) => Math.ceil(length / OUT));

/** Every other row and column of `x` from (i, j) on, for i and j below `size`: [batch * tiles, channels] each. */
function tileGrid(x: Value, size: number, tiles: readonly number[]): Value[][] {
  const rows = dim(x.shape, 0) * sizeOf(tiles);
  const at = (i: number, j: number): Value =>
    slice(x, [
      { axis: 1, start: i, size: dim(tiles, 0), step: OUT },
      { axis: 2, start: j, size: dim(tiles, 1), step: OUT },
    ]);
  return indices(size).map((i) => indices(size).map((j) => reshape(at(i, j), [rows, dim(x.shape, -1)])));
}

function inputTiles(x: Value, window: Window): Value[][] {
  const tiles = tilesOf(window);
  const after = tiles.map((count, axis) => {
    const seen = count * OUT + KERNEL - 1;
    return seen - dim(window.before, axis) - dim(window.input, axis);
  });
  const padded = zeroPad(x, [0, ...window.before, 0], [0, ...after, 0]);
  return transform(tileGrid(padded, IN, tiles), INPUT);
}

/**
 * From how many channels on, on either side, the products saved outweigh the additions, and up to how many tiles
 * an image may have, as the additions run at the speed of memory. Both measured (tests/bench/RESULTS.md).
 */
const MIN_CHANNELS = 128;
const MAX_TILES_PER_IMAGE = 800;
/** A frozen filter competes with ONNX Runtime's blocked convolutions, which small images suit as well. */
const MIN_FROZEN_CHANNELS = 256;
const MIN_FROZEN_TILES_PER_IMAGE = 64;
/** Tiles (rows of a product) worked through at once: enough for fast products, few enough to stay in the cache. */
const TILES_AT_ONCE = 700;

/** Whether Winograd's algorithm computes this convolution, and faster than a direct one. */
export function suitsWinograd(window: Window, channels: number, filters: number, frozen: boolean): boolean {
  const possible =
    capabilities().winograd &&
    window.channelsLast &&
    window.kernel.length === 2 &&
    window.kernel.every((length) => length === KERNEL) &&
    [...window.strides, ...window.dilations].every((length) => length === 1);
  const perImage = sizeOf(tilesOf(window));
  return (
    possible &&
    Math.min(channels, filters) >= (frozen ? MIN_FROZEN_CHANNELS : MIN_CHANNELS) &&
    perImage >= (frozen ? MIN_FROZEN_TILES_PER_IMAGE : 1) &&
    perImage <= MAX_TILES_PER_IMAGE
  );
}

/** `x` in pieces along the batch, each of about TILES_AT_ONCE tiles. */
function pieces(x: Value, window: Window): Value[] {
  const [batch, perImage] = [dim(x.shape, 0), sizeOf(tilesOf(window))];
  const images = Math.max(1, Math.round(TILES_AT_ONCE / perImage));
  const starts = indices(Math.ceil(batch / images)).map((piece) => piece * images);
  return starts.map((start) => slice(x, [{ axis: 0, start, size: Math.min(images, batch - start) }]));
}

/** Convolution of `x` [batch, height, width, in] with a filter [3, 3, in, out]. */
export function winogradConvolve(x: Value, filter: Value, window: Window): Value {
  const filters = filterTiles(filter);
  return convolvePieces(x, window, (tile, i, j) => gemm(tile, filters[i]?.[j] as Value, false, false));
}

/**
 * Gradient with respect to the input: the convolution of `dy` with the filter turned around, in and out exchanged,
 * whose tiles are those of the filter itself in another order.
 */
export function winogradInputGradient(dy: Value, filter: Value, turned: Window): Value {
  const filters = filterTiles(filter);
  return convolvePieces(dy, turned, (tile, i, j) =>
    gemm(tile, filters[TURNED[i] as number]?.[TURNED[j] as number] as Value, false, true),
  );
}

/** Where the rows of FILTER stand when the kernel is turned around: its first and last row change places. */
const TURNED = [3, 1, 2, 0];

/** The filter [3, 3, in, out] as IN x IN matrices [in, out]. */
function filterTiles(filter: Value): Value[][] {
  const taps = indices(KERNEL).map((i) => indices(KERNEL).map((j) => tapOf(filter, i, j)));
  return transform(taps, FILTER);
}

type Multiply = (tile: Value, i: number, j: number) => Value;

function convolvePieces(x: Value, window: Window, multiply: Multiply): Value {
  return concat(
    pieces(x, window).map((piece) => convolvePiece(piece, window, multiply)),
    0,
  );
}

function convolvePiece(x: Value, window: Window, multiply: Multiply): Value {
  const products = inputTiles(x, window).map((row, i) => row.map((tile, j) => multiply(tile, i, j)));
  const outputs = transform(products, OUTPUT);
  const [high = 0, wide = 0] = tilesOf(window);
  const batch = dim(x.shape, 0);
  const apart = [batch, high, 1, wide, 1, dim(products[0]?.[0]?.shape ?? [], 1)];
  const rows = outputs.map((row) =>
    concat(
      row.map((part) => reshape(part, apart)),
      4,
    ),
  );
  const whole = reshape(concat(rows, 2), [batch, high * OUT, wide * OUT, dim(apart, -1)]);
  return slice(
    whole,
    window.output.map((size, axis) => ({ axis: axis + 1, start: 0, size })),
  );
}

function tapOf(filter: Value, i: number, j: number): Value {
  const tap = slice(filter, [
    { axis: 0, start: i, size: 1 },
    { axis: 1, start: j, size: 1 },
  ]);
  return reshape(tap, filter.shape.slice(2));
}

/** Gradient with respect to the filter: [9 * in, out] from x and dy, both channels last. */
export function winogradFilterGradient(x: Value, dy: Value, window: Window): Value {
  const upstream = pieces(dy, window);
  const products = pieces(x, window).map((piece, index) =>
    gradientPiece(piece, upstream[index] as Value, window),
  );
  const [first = [], ...others] = products;
  const sums = first.map((row, i) =>
    row.map((product, j) => others.reduce((sum, other) => add(sum, other[i]?.[j] as Value), product)),
  );
  return concat(transform(sums, transposed(FILTER)).flat(), 0);
}

function gradientPiece(x: Value, dy: Value, window: Window): Value[][] {
  const tiles = tilesOf(window);
  const after = window.output.map((length, axis) => dim(tiles, axis) * OUT - length);
  const upstream = zeroPad(dy, [0, 0, 0, 0], [0, ...after, 0]);
  const gradients = transform(tileGrid(upstream, OUT, tiles), transposed(OUTPUT));
  return inputTiles(x, window).map((row, i) =>
    row.map((tile, j) => gemm(tile, gradients[i]?.[j] as Value, true, false)),
  );
}
