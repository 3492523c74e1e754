/**
 * Recording the forward pass of a model is its ONNX graph. To let the batch size stay open, the pass is
 * recorded for two batch sizes: wherever a shape in one differs from the other, it depends on the batch,
 * and is computed from the input's shape in the exported model.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { engine, tidy, zeros } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../../shared/errors.ts';
import { BACKEND_NAME, OnnxRuntimeBackend } from './backend.ts';
import { withPlainConvolutions } from './graph/capabilities.ts';
import type { Dimension, Initializer, NamedNode, NamedValue } from './graph/encode.ts';
import { encodeModel, literalData } from './graph/encode.ts';
import type { Plan } from './graph/plan.ts';
import { plan } from './graph/plan.ts';
import type { Value } from './graph/value.ts';
import { record, sameShape } from './graph/value.ts';
import { nameValues, namedNodes } from './sessions.ts';
import { stats } from './stats.ts';

export interface ExportOptions {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Texts stored in the file: class names, preprocessing, licence. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether the first dimension stays open; `fixed` keeps that of the example inputs. */
  readonly batch?: 'dynamic' | 'fixed';
}

export type Forward = (...inputs: Tensor[]) => Tensor | Tensor[];

interface Recording {
  readonly plan: Plan;
  readonly inputs: readonly Value[];
}

const BATCH = 'batch';
/** Two sizes that differ by one, so that a difference between shapes is the number per batch entry. */
const SMALL_BATCH = 2;
const LARGE_BATCH = 3;

const unsupported = (detail: string): GraftError => new GraftError('engine.export-unsupported', { detail });

function totalFallbacks(): number {
  return Object.values(stats.fallbacks).reduce((sum, count) => sum + count, 0);
}

/** Records the pass for inputs of these shapes without computing it. */
function recordForward(
  forward: Forward,
  examples: readonly Tensor[],
  batch: number | null,
  owner: OnnxRuntimeBackend,
): Recording {
  const before = totalFallbacks();
  let recording: Recording | null = null;
  const recordPass = (): void => {
    const inputs = examples.map(({ shape, dtype }) =>
      zeros(batch === null ? shape : [batch, ...shape.slice(1)], dtype),
    );
    const results = [forward(...inputs)].flat();
    const outputs = results.map((tensor) => owner.lazyValue(tensor));
    recording = {
      // A model that hands an input through still needs a node to name as its output.
      plan: plan(
        outputs.map((value) =>
          value.node ? value : record('Identity', [value], {}, value.type, value.shape),
        ),
      ),
      inputs: inputs.map((tensor) => owner.lazyValue(tensor)),
    };
  };
  tidy(() => withPlainConvolutions(recordPass));
  if (totalFallbacks() > before) throw unsupported('part of the model runs outside the graph');
  if (!recording) throw unsupported('nothing was recorded');
  return recording;
}

/** What stays the same and what each batch entry adds, of a literal that depends on the batch size. */
interface BatchDependence {
  readonly value: Value;
  readonly base: readonly number[];
  readonly perEntry: readonly number[];
}

function batchDependence(small: Value, large: Value): BatchDependence | null {
  const [a, b] = [small.literal ?? [], large.literal ?? []];
  if (sameShape(a, b)) return null;
  if (small.type !== 'int64' || a.length !== b.length)
    throw unsupported('a number in the model depends on the batch size');
  const perEntry = a.map((number, index) => (b[index] ?? 0) - number);
  return {
    value: small,
    base: a.map((number, index) => number - SMALL_BATCH * (perEntry[index] ?? 0)),
    perEntry,
  };
}

function batchDependences(small: Plan, large: Plan): BatchDependence[] {
  const sameNodes =
    small.nodes.length === large.nodes.length &&
    small.nodes.every((node, index) => node.signature === large.nodes[index]?.signature);
  const sameLiterals = small.literals.length === large.literals.length;
  if (!sameNodes || !sameLiterals || small.inputs.length !== large.inputs.length) {
    throw unsupported('the model computes differently for other batch sizes');
  }
  return small.literals.flatMap((value, index) => {
    const other = large.literals[index];
    return other ? (batchDependence(value, other) ?? []) : [];
  });
}

/** Nodes and constants that compute `base + batch * perEntry` at run time under the literal's own name. */
function dependentLiteral(
  { base, perEntry }: BatchDependence,
  name: string,
): { nodes: NamedNode[]; initializers: Initializer[] } {
  const vector = (numbers: readonly number[]) => ({
    type: 'int64' as const,
    shape: [numbers.length],
    data: BigInt64Array.from(numbers, BigInt),
  });
  return {
    initializers: [
      { name: `${name}.base`, ...vector(base) },
      { name: `${name}.perEntry`, ...vector(perEntry) },
    ],
    nodes: [
      {
        name: `${name}.mul`,
        op: 'Mul',
        inputs: [BATCH, `${name}.perEntry`],
        outputs: [`${name}.scaled`],
        attributes: {},
      },
      {
        name: `${name}.add`,
        op: 'Add',
        inputs: [`${name}.scaled`, `${name}.base`],
        outputs: [name],
        attributes: {},
      },
    ],
  };
}

/** A vector with the length of the first input's first axis. */
function batchNodes(input: string): NamedNode[] {
  return [
    { name: 'batchShape', op: 'Shape', inputs: [input], outputs: [BATCH], attributes: { start: 0, end: 1 } },
  ];
}

function openShape(shape: readonly number[], other: readonly number[] | undefined): Dimension[] {
  return shape.map((length, axis) => (other && other[axis] !== length ? BATCH : length));
}

function namesFor({ plan: planned, inputs }: Recording, options: ExportOptions): Map<Value, string> {
  const names = nameValues(planned);
  inputs.forEach((value, index) => names.set(value, options.inputNames[index] ?? `input_${index}`));
  planned.outputs.forEach((value, index) =>
    names.set(value, options.outputNames[index] ?? `output_${index}`),
  );
  return names;
}

function encodeRecording(recording: Recording, large: Recording | null, options: ExportOptions): Uint8Array {
  const names = namesFor(recording, options);
  const nameOf = (value: Value): string => names.get(value) ?? '';
  const dependences = large ? batchDependences(recording.plan, large.plan) : [];
  const open = new Set(dependences.map(({ value }) => value));
  const dependent = dependences.map((dependence) => dependentLiteral(dependence, nameOf(dependence.value)));
  const constant = (value: Value): Initializer => {
    const data = value.literal ? literalData(value) : (value.baked?.read() ?? value.data);
    if (!data) throw unsupported('a weight has no numbers');
    return { name: nameOf(value), type: value.type, shape: value.shape, data };
  };
  const { plan: planned, inputs } = recording;
  const weights = [...planned.inputs.filter((value) => !inputs.includes(value)), ...planned.baked];
  const literals = planned.literals.filter((value) => !open.has(value));
  const named = (value: Value, other: Value | undefined): NamedValue => ({
    name: nameOf(value),
    type: value.type,
    shape: openShape(value.shape, other?.shape),
  });
  return encodeModel({
    inputs: inputs.map((value, index) => named(value, large?.inputs[index])),
    outputs: planned.outputs.map((value, index) => named(value, large?.plan.outputs[index])),
    nodes: [
      ...(open.size > 0 ? batchNodes(options.inputNames[0] ?? 'input_0') : []),
      ...dependent.flatMap(({ nodes }) => nodes),
      ...namedNodes(planned, names),
    ],
    initializers: [
      ...[...weights, ...literals].map(constant),
      ...dependent.flatMap(({ initializers }) => initializers),
    ],
    metadata: options.metadata,
  });
}

/**
 * The forward pass of a function as a standalone ONNX model. `examples` give shapes and types; their numbers
 * do not matter. Throws GraftError `engine.export-unsupported` when the backend is another one, when part of
 * the pass has no ONNX form, or when it cannot be written for any batch size.
 */
export function exportOnnx(
  forward: Forward,
  examples: readonly Tensor[],
  options: ExportOptions,
): Uint8Array {
  const owner = engine().backend;
  if (!(owner instanceof OnnxRuntimeBackend))
    throw unsupported(`models are exported on the ${BACKEND_NAME} backend`);
  // Whatever is pending (fresh weights) must have numbers to become part of the file.
  owner.flush();
  if (options.batch === 'fixed')
    return encodeRecording(recordForward(forward, examples, null, owner), null, options);
  const small = recordForward(forward, examples, SMALL_BATCH, owner);
  const large = recordForward(forward, examples, LARGE_BATCH, owner);
  return encodeRecording(small, large, options);
}
