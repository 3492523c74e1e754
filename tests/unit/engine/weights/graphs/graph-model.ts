import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small TensorFlow.js graph model, as tensorflowjs_converter writes them. */

export interface GraphWeight {
  name: string;
  shape: number[];
  values: Float32Array | Int32Array;
}

const wave = (length: number, scale: number, offset = 0) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7) * scale + offset);
const floats = (name: string, shape: number[], scale = 0.3, offset = 0): GraphWeight => ({
  name,
  shape,
  values: wave(
    shape.reduce((a, b) => a * b, 1),
    scale,
    offset,
  ),
});
const integers = (name: string, values: number[], shape = [values.length]): GraphWeight => ({
  name,
  shape,
  values: Int32Array.from(values),
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const list = (values: number[]) => ({ list: { i: values.map(String) } });
const text = (value: string) => ({ s: base64(value) });
const texts = (...values: string[]) => ({ list: { s: values.map(base64) } });

export const weights: GraphWeight[] = [
  floats('conv/kernel', [3, 3, 3, 4]),
  floats('bn/gamma', [4], 0.2, 1),
  floats('bn/beta', [4]),
  floats('bn/mean', [4]),
  floats('bn/variance', [4], 0.3, 1),
  floats('depthwise/kernel', [3, 3, 4, 2]),
  floats('depthwise/bias', [8]),
  integers('pad/widths', [0, 0, 0, 1, 0, 1, 0, 0], [4, 2]),
  floats('last/kernel', [2, 2, 8, 5]),
  floats('last/bias', [5]),
  integers('pool/axes', [1, 2]),
  floats('logits/kernel', [5, 3]),
  floats('logits/bias', [3]),
];

/** Padding on one side, batch normalization, fused operations, pooling and a classifier; not in order. */
export const nodes: Record<string, unknown>[] = [
  { name: 'probabilities', op: 'Softmax', input: ['logits'], attr: {} },
  { name: 'image', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '-1' }, { size: '10' }, { size: '10' }, { size: '3' }] } } } },
  ...weights.map(({ name }) => ({ name, op: 'Const', attr: {} })),
  { name: 'conv', op: 'Conv2D', input: ['image', 'conv/kernel'], attr: { strides: list([1, 2, 2, 1]), padding: text('SAME'), data_format: text('NHWC'), dilations: list([1, 1, 1, 1]) } },
  { name: 'bn', op: 'FusedBatchNormV3', input: ['conv', 'bn/gamma', 'bn/beta', 'bn/mean', 'bn/variance'], attr: { epsilon: { f: 0.001 }, is_training: { b: false }, data_format: text('NHWC') } },
  { name: 'relu6', op: 'Relu6', input: ['bn'], attr: {} },
  { name: 'depthwise', op: 'FusedDepthwiseConv2dNative', input: ['relu6', 'depthwise/kernel', 'depthwise/bias'], attr: { strides: list([1, 1, 1, 1]), padding: text('SAME'), fused_ops: texts('BiasAdd', 'Relu'), num_args: { i: '1' } } },
  { name: 'pool1', op: 'AvgPool', input: ['depthwise'], attr: { ksize: list([1, 2, 2, 1]), strides: list([1, 2, 2, 1]), padding: text('SAME') } },
  { name: 'pad', op: 'Pad', input: ['pool1', 'pad/widths'], attr: {} },
  { name: 'last', op: '_FusedConv2D', input: ['pad', 'last/kernel', 'last/bias'], attr: { strides: list([1, 1, 1, 1]), padding: text('VALID'), fused_ops: texts('BiasAdd', 'Elu'), num_args: { i: '1' } } },
  { name: 'pool', op: 'Mean', input: ['last', 'pool/axes'], attr: { keep_dims: { b: false } } },
  { name: 'logits', op: '_FusedMatMul', input: ['pool', 'logits/kernel', 'logits/bias'], attr: { transpose_a: { b: false }, transpose_b: { b: false }, fused_ops: texts('BiasAdd'), num_args: { i: '1' } } },
]; // prettier-ignore

export const specs = weights.map(({ name, shape, values }) => ({
  name,
  shape,
  dtype: values instanceof Int32Array ? 'int32' : 'float32',
}));
export const shard = Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer)));
export const topology = { node: nodes, versions: { producer: 1 } };

export interface GraphChanges {
  nodes?: Record<string, unknown>[];
  topology?: unknown;
  paths?: string[];
}

/** Writes the model into a folder and returns the path of its model.json. */
export function writeGraphModel(folder: string, changes: GraphChanges = {}): string {
  mkdirSync(folder, { recursive: true });
  const { paths = ['group1-shard1of1.bin'] } = changes;
  const modelTopology = changes.topology ?? { ...topology, node: changes.nodes ?? nodes };
  const signature = { outputs: { probabilities: { name: 'probabilities:0' } } };
  const weightsManifest = [{ paths, weights: specs }];
  writeFileSync(join(folder, 'group1-shard1of1.bin'), shard);
  writeFileSync(
    join(folder, 'model.json'),
    JSON.stringify({ format: 'graph-model', modelTopology, signature, weightsManifest }),
  );
  return join(folder, 'model.json');
}
