import type { Initializer, NamedNode } from '../../../backend/onnxruntime/graph/encode.ts';
import { GraftError } from '../../../../../shared/errors.ts';
import { broken } from '../protobuf-reader.ts';
import type { GraphNode } from './graph-def.ts';

/** A constant of the graph: a weight, or sizes and axes. */
export interface Constant {
  shape: readonly number[];
  integers: number[] | null;
  /** Read when it is asked for. */
  floats(): Float32Array;
}

/** Writes a network down in ONNX while a TensorFlow graph is walked through. */
export class Translation {
  readonly path: string;
  readonly nodes: NamedNode[] = [];
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #initializers = new Map<string, Initializer>();

  constructor(path: string, constants: ReadonlyMap<string, Constant>) {
    this.path = path;
    this.#constants = constants;
  }

  get initializers(): Initializer[] {
    return [...this.#initializers.values()];
  }

  /** Adds an operation with one result, which is its name. */
  add(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NamedNode['attributes'] = {},
  ): string {
    this.nodes.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Name of the tensor that an input of a node is; a constant becomes one of the network on first use. */
  input(node: GraphNode, index: number): string {
    const name = this.#nameOf(node, index);
    const constant = this.#constants.get(name);
    if (!constant) return name;
    if (constant.integers) return this.integers(name, constant.integers, constant.shape);
    return this.floats(name, constant.shape, constant.floats());
  }

  inputs(node: GraphNode): string[] {
    return node.inputs.map((_, index) => this.input(node, index));
  }

  /** @throws GraftError weights.unsupported when the input is computed */
  constant(node: GraphNode, index: number): Constant {
    const constant = this.#constants.get(this.#nameOf(node, index));
    if (!constant) throw this.refusal(`${node.op} of weights that it computes (${node.name})`);
    return constant;
  }

  /** Sizes or axes that stand in the graph. */
  integersOf(node: GraphNode, index: number): number[] {
    const { integers } = this.constant(node, index);
    if (!integers) throw broken(this.path, `${node.name} takes its sizes from numbers that are not whole`);
    return integers;
  }

  floats(name: string, shape: readonly number[], data: Float32Array): string {
    this.#initializers.set(name, { name, type: 'float32', shape, data });
    return name;
  }

  integers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    this.#initializers.set(name, {
      name,
      type: 'int64',
      shape,
      data: BigInt64Array.from(values, (value) => BigInt(value)),
    });
    return name;
  }

  refusal(feature: string): GraftError {
    return new GraftError('weights.unsupported', { path: this.path, feature });
  }

  #nameOf(node: GraphNode, index: number): string {
    const name = node.inputs[index];
    if (name === undefined) throw broken(this.path, `${node.name} has no input ${index}`);
    return name;
  }
}
