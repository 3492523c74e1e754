import { GraftError } from '../../../shared/errors.ts';
import { architecture, architectures } from '../zoo/registry.ts';
import type { Architecture } from '../zoo/registry.ts';
import { modelTensors } from './model-tensors.ts';
import type { WeightSource } from './source.ts';

/** What a weight file turned out to be. */
export interface Identity {
  architecture: string;
  alpha: number;
  withTop: boolean;
  /** Outputs of the classifier; 0 without one. */
  classes: number;
}

type Shapes = Map<string, number[]>;

/** Share of an architecture's tensor names that a file must have to be taken for a file of it. */
const enoughNames = 0.5;

const described = (shape: readonly number[] | undefined) => (shape ? `[${shape.join(', ')}]` : 'nothing');
const equal = (a: readonly number[], b: readonly number[] | undefined) =>
  a.length === b?.length && a.every((size, axis) => size === b[axis]);

/**
 * Tells from names and shapes what network a file holds the weights of, checking every tensor.
 * @param as the architecture the person says it is; then only that one is tried
 * @throws GraftError weights.unknown-architecture, weights.wrong-architecture (with the first tensor that disagrees)
 */
export function identify(source: WeightSource, as?: string): Identity {
  const shapes: Shapes = new Map(source.tensors.map((tensor) => [tensor.name, tensor.shape]));
  const said = as ?? source.architecture;
  const row = said === undefined ? closest(source, shapes) : architecture(said);
  const alpha = bestAlpha(row, shapes);
  const wrong = disagreement(featureShapes(row, alpha), shapes);
  if (wrong) {
    const { path } = source;
    throw new GraftError('weights.wrong-architecture', { path, architecture: row.title, ...wrong });
  }
  return { architecture: row.id, alpha, ...identifyTop(row, alpha, shapes) };
}

function closest(source: WeightSource, shapes: Shapes): Architecture {
  const scores = architectures.map((row) => {
    const names = [...featureShapes(row, defaultAlpha(row)).keys()];
    return { row, share: names.filter((name) => shapes.has(name)).length / names.length };
  });
  const best = scores.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share >= enoughNames) return best.row;
  throw new GraftError('weights.unknown-architecture', {
    path: source.path,
    tensors:
      source.tensors
        .slice(0, 3)
        .map((tensor) => tensor.name)
        .join(', ') || 'none',
    known: architectures.map((row) => row.title).join(', '),
  });
}

/** Widths to try beside the published ones: everyone may train another. */
const widths = Array.from({ length: 40 }, (_, i) => Math.round(5 * (i + 1)) / 100);

/** The width whose shapes agree best: a published one if it fits, else any other that fits. */
function bestAlpha(row: Architecture, shapes: Shapes): number {
  if (row.variants.length === 1) return defaultAlpha(row);
  const published = row.variants.map(({ alpha }) => alpha);
  const fits = (alpha: number) => disagreement(featureShapes(row, alpha), shapes) === null;
  const fitting = published.find(fits) ?? widths.find(fits);
  if (fitting !== undefined) return fitting;
  const agreeing = (alpha: number) =>
    [...featureShapes(row, alpha)].filter(([name, shape]) => equal(shape, shapes.get(name))).length;
  return published.reduce(
    (best, alpha) => (agreeing(alpha) > agreeing(best) ? alpha : best),
    defaultAlpha(row),
  );
}

function disagreement(expected: Shapes, received: Shapes) {
  for (const [tensor, shape] of expected) {
    if (equal(shape, received.get(tensor))) continue;
    return { tensor, expected: described(shape), received: described(received.get(tensor)) };
  }
  return null;
}

/** A classifier counts only when it is whole: one of another make is left out, as it will be replaced anyway. */
function identifyTop(
  row: Architecture,
  alpha: number,
  shapes: Shapes,
): { withTop: boolean; classes: number } {
  const none = { withTop: false, classes: 0 };
  const [, last] = [...topShapes(row, alpha, 1)].pop() ?? [];
  const name = [...topShapes(row, alpha, 1).keys()].pop();
  const classes = name === undefined ? undefined : shapes.get(name)?.[0];
  if (!last || classes === undefined) return none;
  return disagreement(topShapes(row, alpha, classes), shapes) ? none : { withTop: true, classes };
}

const defaultAlpha = (row: Architecture) => row.variants[0]?.alpha ?? 1;

const remembered = new Map<string, Shapes>();

/** Names and shapes of all tensors up to the last feature map. */
function featureShapes(row: Architecture, alpha: number): Shapes {
  const key = `${row.id} ${alpha}`;
  const shapes = remembered.get(key) ?? shapesOf(row, { alpha });
  remembered.set(key, shapes);
  return shapes;
}

/** Names and shapes of the classifier's tensors; the last is the bias of the outputs. */
function topShapes(row: Architecture, alpha: number, classes: number): Shapes {
  const features = featureShapes(row, alpha);
  return new Map([...shapesOf(row, { alpha, classes })].filter(([name]) => !features.has(name)));
}

function shapesOf(row: Architecture, options: { alpha: number; classes?: number }): Shapes {
  const { model } = row.build(options);
  const shapes = new Map(modelTensors(model).map(({ name, shape }) => [name, shape]));
  model.dispose();
  return shapes;
}
