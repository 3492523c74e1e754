import { UMAP } from 'umap-js';
import { seededRandom } from '../../../shared/random.ts';
import { symmetricSpectrum } from '../transferability/spectrum.ts';

/** Neighbours a point is drawn towards, and how close points may lie: the defaults of McInnes et al. 2018. */
const NEIGHBOURS = 15;
const SPREAD_LEAST = 0.1;

export interface FeatureMapOptions {
  seed: number;
  /** Called after each round; lets others in, and throws to end early. */
  between?: (done: number, total: number) => Promise<void>;
}

export interface FeatureMap {
  /** `[rows, 2]`: the two directions of most variance, the first along x. */
  pca: Float32Array;
  /** Share of the variance that each of the two holds, 0 to 1. */
  explained: [number, number];
  /** `[rows, 2]` */
  umap: Float32Array;
}

/**
 * Features laid out in the plane: by principal components, which keep distances as far as a plane can, and by UMAP
 * (McInnes, Healy & Melville 2018, https://arxiv.org/abs/1802.03426), which keeps neighbourhoods and nothing else.
 * @param features `[rows * columns]`; a few dozen columns, since the components need a matrix of columns x columns
 */
export async function featureMap(
  features: Float32Array,
  columns: number,
  { seed, between = () => Promise.resolve() }: FeatureMapOptions,
): Promise<FeatureMap> {
  const centred = centre(features, columns);
  return { ...principalPlane(centred, columns), umap: await umapPlane(centred, columns, seed, between) };
}

function principalPlane(centred: Float64Array, columns: number): Pick<FeatureMap, 'pca' | 'explained'> {
  const rows = centred.length / columns;
  const unit = Array.from({ length: columns }, (_, at) =>
    Float64Array.from({ length: columns }, (_, row) => Number(row === at)),
  );
  const { values, projected } = symmetricSpectrum(covariance(centred, columns), columns, unit);
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
  const total = values.reduce((sum, value) => sum + value, 0);
  const axes = [0, 1].map((rank) => signed(projected.map((column) => column[order[rank] ?? 0] ?? 0)));
  const pca = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    axes.forEach((axis, at) => {
      let sum = 0;
      for (let column = 0; column < columns; column++)
        sum += axis[column]! * centred[row * columns + column]!;
      pca[2 * row + at] = sum;
    });
  }
  const share = (rank: number) => (total > 0 ? Math.max(0, values[order[rank] ?? -1] ?? 0) / total : 0);
  return { pca, explained: [share(0), share(1)] };
}

/** An axis and its opposite are the same: the one whose largest entry is positive. */
function signed(axis: number[]): number[] {
  const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function covariance(centred: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns * columns);
  for (let start = 0; start < centred.length; start += columns) {
    for (let i = 0; i < columns; i++) {
      const value = centred[start + i]!;
      for (let j = 0; j < columns; j++) sums[i * columns + j]! += value * centred[start + j]!;
    }
  }
  return sums;
}

async function umapPlane(
  centred: Float64Array,
  columns: number,
  seed: number,
  between: (done: number, total: number) => Promise<void>,
): Promise<Float32Array> {
  const rows = centred.length / columns;
  // It needs more points than neighbours, and with three or fewer there is nothing to lay out.
  const nNeighbors = Math.min(NEIGHBOURS, rows - 1);
  if (nNeighbors < 2) return new Float32Array(rows * 2);
  const umap = new UMAP({ nNeighbors, minDist: SPREAD_LEAST, random: seededRandom(seed) });
  const points = Array.from({ length: rows }, (_, row) =>
    Array.from(centred.subarray(row * columns, (row + 1) * columns)),
  );
  const epochs = umap.initializeFit(points);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    await between(epoch + 1, epochs);
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

function centre(features: Float32Array, columns: number): Float64Array {
  const rows = features.length / columns;
  const means = new Float64Array(columns);
  for (let at = 0; at < features.length; at++) means[at % columns]! += features[at]! / rows;
  return Float64Array.from(features, (value, at) => value - means[at % columns]!);
}
