import { GraftError } from '../../../../shared/errors.ts';
import { borrow } from './buffers.ts';
import type { Plan } from './graph/plan.ts';
import { plan } from './graph/plan.ts';
import type { Node, NumberArray, Value } from './graph/value.ts';
import type { TypedData } from './runtime.ts';
import { sessionFor } from './sessions.ts';
import { timed } from './stats.ts';

/** Element `[shape], [shape] -> [shape]` of a node, for the person who reads the error. */
function describeShapes(node: Node): string {
  const inputs = node.inputs.flatMap((input) => (input ? [`[${input.shape.join(', ')}]`] : []));
  const outputs = node.outputs.map((output) => `[${output.shape.join(', ')}]`);
  return `${inputs.join(', ')} -> ${outputs.join(', ')}`;
}

/** ONNX Runtime names the node that failed somewhere in its message; our names are `node<index>`. */
function failure(failed: Plan, cause: unknown): GraftError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const index = /\b(?:node|value)(\d+)/.exec(detail)?.[1];
  const node = index === undefined ? undefined : failed.nodes[Number(index)];
  return new GraftError(
    'engine.graph-failed',
    { op: node?.op ?? `${failed.nodes.length} operators`, shapes: node ? describeShapes(node) : '', detail },
    { cause },
  );
}

/** Where the numbers of a leaf are. A baked one is only fed when it is asked for as an output. */
function dataOf(leaf: Value): NumberArray {
  const data = leaf.data ?? leaf.baked?.read();
  if (!data) throw leaf.failure ?? new Error('A value was used after its buffer was given back.');
  return data;
}

function run(planned: Plan): NumberArray[] {
  const session = sessionFor(planned);
  const feeds: Record<string, TypedData> = {};
  planned.inputs.forEach((value, index) => {
    feeds[`input${index}`] = { type: value.type, shape: value.shape, data: dataOf(value) };
  });
  const arrays = planned.outputs.map((value) => borrow(value.type, value.shape));
  const results: Record<string, TypedData> = {};
  const numberOf = new Map(planned.nodes.map((node, index) => [node, index]));
  planned.outputs.forEach((value, index) => {
    if (!value.node) throw new Error('Only recorded values can be computed.');
    const output = value.node.outputs.indexOf(value);
    const name = `value${numberOf.get(value.node)}${output === 0 ? '' : `.${output}`}`;
    results[name] = { type: value.type, shape: value.shape, data: arrays[index] as NumberArray };
  });
  timed('runMs', () => session.run(feeds, results));
  return arrays;
}

/**
 * Computes pending values in one run and stores their numbers; they forget their nodes.
 * Throws GraftError `engine.graph-failed` and leaves every value as it was when that is impossible.
 */
export function evaluate(outputs: readonly Value[]): void {
  const pending = [...new Set(outputs)].filter((value) => value.node !== null);
  if (pending.length === 0) return;
  const planned = timed('keyMs', () => plan(pending));
  let arrays: NumberArray[];
  try {
    arrays = run(planned);
  } catch (cause) {
    throw failure(planned, cause);
  }
  pending.forEach((value, index) => {
    value.data = arrays[index] ?? null;
    value.pooled = true;
    value.node = null;
  });
}
