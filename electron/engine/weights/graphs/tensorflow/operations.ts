import type { GraphNode } from './graph-def.ts';
import { batchNormalization, convolution, depthwiseConvolution, pooling } from './pictures.ts';
import { activate, activations } from './activations.ts';
import type { Translation } from './translation.ts';

/** How an operation of TensorFlow is written in ONNX; its result keeps the node's name. */
type Write = (to: Translation, node: GraphNode) => void;

/** Every operation that an imported graph model may use. */
export const operations: Readonly<Record<string, Write>> = {
  ...renamed({ Identity: 'Identity', StopGradient: 'Identity', Abs: 'Abs', Ceil: 'Ceil', Erf: 'Erf', Exp: 'Exp', Floor: 'Floor', Log: 'Log', Neg: 'Neg', Reciprocal: 'Reciprocal', Round: 'Round', Softmax: 'Softmax', Softsign: 'Softsign', Sqrt: 'Sqrt', Shape: 'Shape' }),
  ...renamed({ Add: 'Add', AddV2: 'Add', BiasAdd: 'Add', Div: 'Div', RealDiv: 'Div', Maximum: 'Max', Minimum: 'Min', Mul: 'Mul', Pow: 'Pow', Sub: 'Sub' }),
  ...Object.fromEntries(Object.keys(activations).map((op) => [op, activation])),
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwiseConvolution,
  FusedDepthwiseConv2dNative: depthwiseConvolution,
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  MaxPool: (to, node) => pooling(to, node, 'MaxPool'),
  AvgPool: (to, node) => pooling(to, node, 'AveragePool'),
  Mean: (to, node) => reduce(to, node, 'ReduceMean'),
  Max: (to, node) => reduce(to, node, 'ReduceMax'),
  Min: (to, node) => reduce(to, node, 'ReduceMin'),
  Sum: (to, node) => reduce(to, node, 'ReduceSum'),
  MatMul: matmul,
  _FusedMatMul: matmul,
  Rsqrt: (to, node) => void to.add('Reciprocal', [to.add('Sqrt', [to.input(node, 0)], `${node.name}/root`)], node.name),
  Square: (to, node) => void to.add('Mul', [to.input(node, 0), to.input(node, 0)], node.name),
  SquaredDifference: (to, node) => {
    const difference = to.add('Sub', [to.input(node, 0), to.input(node, 1)], `${node.name}/difference`);
    to.add('Mul', [difference, difference], node.name);
  },
  Pad: pad,
  PadV2: pad,
  Reshape: (to, node) => void to.add('Reshape', [to.input(node, 0), to.input(node, 1)], node.name),
  Squeeze: (to, node) => {
    const axes = [...node.integers('squeeze_dims'), ...node.integers('axis')];
    to.add('Squeeze', [to.input(node, 0), ...(axes.length > 0 ? [to.integers(`${node.name}/axes`, axes)] : [])], node.name);
  },
  ExpandDims: (to, node) => {
    const axes = to.integers(`${node.name}/axes`, to.integersOf(node, 1));
    to.add('Unsqueeze', [to.input(node, 0), axes], node.name);
  },
  Transpose: (to, node) => void to.add('Transpose', [to.input(node, 0)], node.name, { perm: to.integersOf(node, 1) }),
  ConcatV2: (to, node) => {
    const last = node.inputs.length - 1;
    const [axis = 0] = to.integersOf(node, last);
    to.add('Concat', to.inputs(node).slice(0, last), node.name, { axis });
  },
  Pack: pack,
  StridedSlice: stridedSlice,
}; // prettier-ignore

function renamed(names: Record<string, string>): Record<string, Write> {
  return Object.fromEntries(
    Object.entries(names).map(([op, onnx]): [string, Write] => [
      op,
      (to, node) => {
        if (node.text('data_format').startsWith('NC')) throw to.refusal(`${op} with the channels first`);
        to.add(onnx, to.inputs(node), node.name);
      },
    ]),
  );
}

function activation(to: Translation, node: GraphNode): void {
  activate(
    to,
    node,
    node.op,
    [to.input(node, 0), ...(node.op === 'Prelu' ? [to.input(node, 1)] : [])],
    node.name,
  );
}

function reduce(to: Translation, node: GraphNode, op: string): void {
  const axes = to.integers(`${node.name}/axes`, to.integersOf(node, 1));
  to.add(op, [to.input(node, 0), axes], node.name, { keepdims: node.flag('keep_dims') ? 1 : 0 });
}

/** Of two matrices, with the bias and the activation of its fused form. */
function matmul(to: Translation, node: GraphNode): void {
  const [bias, fused] = node.texts('fused_ops');
  if (bias !== undefined && bias !== 'BiasAdd') throw to.refusal(`${node.op} with ${bias}`);
  const operands = [to.input(node, 0), to.input(node, 1), ...(bias === undefined ? [] : [to.input(node, 2)])];
  const name = fused === undefined ? node.name : `${node.name}/product`;
  const attributes = { transA: node.flag('transpose_a') ? 1 : 0, transB: node.flag('transpose_b') ? 1 : 0 };
  to.add('Gemm', operands, name, attributes);
  if (fused !== undefined) activate(to, node, fused, [name], node.name);
}

/** TensorFlow pairs the two ends of each axis; ONNX lists all beginnings first. */
function pad(to: Translation, node: GraphNode): void {
  const pairs = to.integersOf(node, 1);
  const widths = [...pairs.filter((_, i) => i % 2 === 0), ...pairs.filter((_, i) => i % 2 === 1)];
  const value = node.op === 'PadV2' ? [to.input(node, 2)] : [];
  to.add('Pad', [to.input(node, 0), to.integers(`${node.name}/widths`, widths), ...value], node.name);
}

/** Numbers made into a vector, as graphs do to work out a shape. */
function pack(to: Translation, node: GraphNode): void {
  const axis = to.integers(`${node.name}/axis`, [node.number('axis', 0)]);
  const parts = to.inputs(node).map((part, i) => to.add('Unsqueeze', [part, axis], `${node.name}/part${i}`));
  to.add('Concat', parts, node.name, { axis: node.number('axis', 0) });
}

/** Of a vector of sizes only: picking one of them, or a run. */
function stridedSlice(to: Translation, node: GraphNode): void {
  const [begin, end, strides] = [1, 2, 3].map((index) => to.integersOf(node, index));
  const bits = (name: string) => node.number(name, 0);
  const plain =
    begin?.length === 1 && strides?.[0] === 1 && bits('ellipsis_mask') === 0 && bits('new_axis_mask') === 0;
  if (!plain) throw to.refusal(`StridedSlice of more than one axis (${node.name})`);
  const shrinks = bits('shrink_axis_mask') !== 0;
  const from = bits('begin_mask') === 0 ? (begin[0] ?? 0) : 0;
  const toEnd = bits('end_mask') !== 0 || (shrinks && from === -1);
  const until = toEnd ? 2 ** 31 - 1 : shrinks ? from + 1 : (end?.[0] ?? 0);
  const bounds = [to.integers(`${node.name}/from`, [from]), to.integers(`${node.name}/until`, [until])];
  const sliced = to.add('Slice', [to.input(node, 0), ...bounds], shrinks ? `${node.name}/slice` : node.name);
  if (shrinks) to.add('Squeeze', [sliced, to.integers(`${node.name}/axes`, [0])], node.name);
}
