import { GraftError } from '../../../../shared/errors.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { operators } from './operators.ts';
import type { Known } from './operators.ts';
import { Unpredictable, sizeOf } from './operators/known.ts';
import { broken } from './protobuf-reader.ts';

/**
 * Most numbers of one tensor for one picture: four times what the widest layer of VGG has at 224 pixels. It keeps a
 * small file from asking for any amount of memory.
 */
const mostElements = 2 ** 24;
const FLOAT_BYTES = 4;

/**
 * The shape of every tensor of a network for an input of this shape, worked out without running it.
 * @throws GraftError weights.damaged where parts do not fit, weights.unsupported, weights.too-large
 */
export function inferShapes(
  model: OnnxModel,
  input: { name: string; shape: number[] },
): Map<string, number[]> {
  const known = new Map<string, Known>([[input.name, { shape: input.shape, integers: null }]]);
  for (const { name, shape, integers } of model.constants.values()) known.set(name, { shape, integers });
  const limit = mostElements * Math.max(input.shape[0] ?? 1, 1);
  for (const node of model.nodes) {
    const results = applyRule(model, node, known);
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (name === '' || !result) return;
      checkResult(model.path, name, result.shape, limit);
      if (known.has(name)) throw broken(model.path, `two results called ${name}`);
      known.set(name, result);
    });
  }
  return new Map([...known].map(([name, { shape }]) => [name, shape]));
}

function applyRule({ path }: OnnxModel, node: OnnxNode, known: ReadonlyMap<string, Known>): Known[] {
  const inputs = node.inputs.map((name) => {
    const input = name === '' ? undefined : known.get(name);
    if (name !== '' && !input) throw broken(path, `${node.op} reads ${name}, which nothing before it makes`);
    return input;
  });
  const rule = operators[node.op];
  try {
    if (!rule) throw new Unpredictable('it is unknown');
    return rule(node, inputs);
  } catch (error) {
    if (error instanceof GraftError) throw error;
    const detail = (error as Error).message;
    if (error instanceof Unpredictable)
      throw new GraftError('weights.unsupported', {
        path,
        feature: `${node.op} of sizes not known in advance (${detail})`,
      });
    throw broken(path, `its ${node.op} to ${node.outputs[0] ?? '?'} does not fit: ${detail}`);
  }
}

function checkResult(path: string, name: string, shape: readonly number[], limit: number): void {
  if (shape.some((side) => !Number.isInteger(side) || side < 0))
    throw broken(path, `${name} would have the shape [${shape.join(', ')}]`);
  const elements = sizeOf(shape);
  if (elements > limit)
    throw new GraftError('weights.too-large', {
      path,
      bytes: elements * FLOAT_BYTES,
      limit: limit * FLOAT_BYTES,
    });
}
