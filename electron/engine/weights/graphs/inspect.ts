import { GraftError } from '../../../../shared/errors.ts';
import { cutsOf, defaultCut } from './cuts.ts';
import type { Cut, Layout } from './cuts.ts';
import type { OnnxModel, OnnxValue } from './onnx-model.ts';
import { FLOAT32 } from './onnx-tensor.ts';
import { inferShapes } from './shapes.ts';

/** What a network that is no architecture of the zoo takes, and where it can be cut. */
export interface GraphInspection {
  input: string;
  layout: Layout;
  /** Side of its pictures, in pixels. */
  size: number;
  /** Whether it takes pictures of that size only. */
  fixedSize: boolean;
  /** Whether it takes any number of pictures at a time, or one. */
  batch: 'any' | 'one';
  /** How its pixels are probably prepared; the person knows better. */
  preprocessing: 'tf' | 'torch' | 'none';
  cuts: Cut[];
  defaultCut: string;
}

const usualSize = 224;
const colours = 3;

export interface InspectionWishes {
  layout?: Layout;
  size?: number;
}

/** @throws GraftError weights.graph-input, weights.no-cut and what reading shapes throws */
export function inspectGraph(model: OnnxModel, wishes: InspectionWishes = {}): GraphInspection {
  const value = pictureInput(model);
  const layout = wishes.layout ?? layoutOf(value, model);
  const sides = layout === 'NHWC' ? value.shape.slice(1, 3) : value.shape.slice(2, 4);
  const fixed = sides.find((side) => side !== null) ?? null;
  if (sides.some((side) => side !== null && side !== fixed)) throw wrongInput(model.path, value);
  const size = fixed ?? wishes.size ?? usualSize;
  const input = { name: value.name, shape: inputShape(layout, 1, size) };
  const shapes = inferShapes(model, input);
  const cuts = cutsOf(model, { input: value.name, layout }, shapes).filter(({ shape }) => shape[0] === 1);
  const chosen = defaultCut(model, cuts);
  if (!chosen) throw new GraftError('weights.no-cut', { path: model.path, cut: '-', known: '-' });
  const batch =
    value.shape[0] === null && takesTwo(model, value.name, layout, size, shapes, cuts) ? 'any' : 'one';
  const preprocessing = scalesItself(model, value.name) ? 'none' : layout === 'NHWC' ? 'tf' : 'torch';
  return {
    input: value.name,
    layout,
    size,
    fixedSize: fixed !== null,
    batch,
    preprocessing,
    cuts,
    defaultCut: chosen.name,
  };
}

export const inputShape = (layout: Layout, batch: number, size: number): number[] =>
  layout === 'NHWC' ? [batch, size, size, colours] : [batch, colours, size, size];

/** The one input: a batch of colour pictures as float32. */
function pictureInput({ path, inputs }: OnnxModel): OnnxValue {
  const [value] = inputs;
  if (!value || inputs.length > 1)
    throw new GraftError('weights.graph-input', { path, received: `${inputs.length} inputs` });
  const { shape, type } = value;
  const coloured = [shape[1], shape[3]].some((channels) => channels === colours || channels === null);
  const batched = shape[0] === null || shape[0] === 1;
  if (type !== FLOAT32 || shape.length !== 4 || !coloured || !batched) throw wrongInput(path, value);
  return value;
}

function wrongInput(path: string, { shape, type }: OnnxValue): GraftError {
  const sides = shape.map((side) => side ?? '?').join(', ');
  const received = type === FLOAT32 ? `float32 [${sides}]` : `[${sides}] of ONNX type ${type}`;
  return new GraftError('weights.graph-input', { path, received });
}

/** By where the three colours are; where both axes may be, by what reads the pictures first. */
function layoutOf({ name, shape }: OnnxValue, { nodes }: OnnxModel): Layout {
  if (shape[1] === colours && shape[3] !== colours) return 'NCHW';
  if (shape[3] === colours && shape[1] !== colours) return 'NHWC';
  return nodes.find(({ inputs }) => inputs.includes(name))?.op === 'Transpose' ? 'NHWC' : 'NCHW';
}

/** Some networks have a batch of any size at their input, and one of 1 written into a Reshape further in. */
function takesTwo(
  model: OnnxModel,
  name: string,
  layout: Layout,
  size: number,
  ones: ReadonlyMap<string, number[]>,
  cuts: readonly Cut[],
): boolean {
  try {
    const twos = inferShapes(model, { name, shape: inputShape(layout, 2, size) });
    return cuts.every((cut) => {
      const [batch, ...rest] = twos.get(cut.name) ?? [];
      return batch === 2 && rest.join() === ones.get(cut.name)?.slice(1).join();
    });
  } catch {
    return false;
  }
}

/** A network that begins with arithmetic on its pictures prepares them itself. */
function scalesItself({ nodes, constants }: OnnxModel, input: string): boolean {
  const readers = nodes.filter(({ inputs }) => inputs.includes(input));
  return readers.some(
    ({ op, inputs }) => /^(Add|Sub|Mul|Div)$/.test(op) && inputs.some((name) => constants.has(name)),
  );
}
