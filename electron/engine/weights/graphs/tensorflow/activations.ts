import type { NamedNode } from '../../../backend/onnxruntime/graph/encode.ts';
import type { GraphNode } from './graph-def.ts';
import type { Translation } from './translation.ts';

interface Activation {
  op: string;
  attributes?: (node: GraphNode) => NamedNode['attributes'];
}

const leak = (node: GraphNode) => ({
  alpha: { float: node.number('leakyrelu_alpha', node.number('alpha', 0.2)) },
});

/** Activations by TensorFlow's name, alone or fused into another operation. */
export const activations: Readonly<Record<string, Activation>> = {
  Elu: { op: 'Elu' },
  LeakyRelu: { op: 'LeakyRelu', attributes: leak },
  Prelu: { op: 'PRelu' },
  Relu: { op: 'Relu' },
  Relu6: { op: 'Clip' },
  Selu: { op: 'Selu' },
  Sigmoid: { op: 'Sigmoid' },
  Softplus: { op: 'Softplus' },
  Tanh: { op: 'Tanh' },
};

/** @throws GraftError weights.unsupported for an activation that is not among them */
export function activate(
  to: Translation,
  node: GraphNode,
  name: string,
  inputs: readonly string[],
  output: string,
): void {
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (!activation) throw to.refusal(`the activation ${name}`);
  const bounds = name === 'Relu6' ? bound(to, output) : [];
  to.add(activation.op, [...inputs, ...bounds], output, activation.attributes?.(node));
}

const six = 6;

function bound(to: Translation, output: string): string[] {
  return [
    to.floats(`${output}/least`, [], Float32Array.of(0)),
    to.floats(`${output}/most`, [], Float32Array.of(six)),
  ];
}
