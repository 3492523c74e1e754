import { expect } from 'vitest';
import { ProtobufWriter } from '../../electron/engine/backend/onnxruntime/graph/protobuf.ts';
import type { Initializer, NamedNode } from '../../electron/engine/backend/onnxruntime/graph/encode.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { nodes } from '../unit/engine/weights/graphs/graph-model.ts';
import type { GraphChanges } from '../unit/engine/weights/graphs/graph-model.ts';
import type { torchNet } from '../unit/engine/weights/graphs/torch-net.ts';

/** Bad ONNX files and the exact error each must give; every one is a good network with one thing wrong. */
interface BadGraph {
  name: string;
  code: ErrorCode;
  params?: Record<string, unknown>;
  make(good: typeof torchNet): Buffer;
}

const node = (op: string, inputs: string[], attributes: NamedNode['attributes'] = {}): NamedNode => ({
  name: 'bad',
  op,
  inputs,
  outputs: ['bad'],
  attributes,
});
const shape = (sizes: number[]): Initializer => ({
  name: 'sizes',
  type: 'int64',
  shape: [sizes.length],
  data: BigInt64Array.from(sizes, BigInt),
});
const damaged = 'weights.damaged' as const;

/** A good network with bytes appended to its model; protocol buffers may be joined so. */
function extended(good: Buffer, write: (writer: ProtobufWriter) => void): Buffer {
  const writer = new ProtobufWriter();
  write(writer);
  return Buffer.concat([good, writer.finish()]);
}

/** A good network with some text replaced by other text of the same length. */
function replaced(good: Buffer, from: string, to: string): Buffer {
  return Buffer.from(good.toString('latin1').replaceAll(from, to), 'latin1');
}

/** The raw float32 numbers of a weight, from their first on. */
function withNumber(good: Buffer, tensor: string, value: number): Buffer {
  good.writeFloatLE(value, good.indexOf(Buffer.from('4a', 'hex'), good.lastIndexOf(tensor)) + 2);
  return good;
}

export const badGraphs: BadGraph[] = [
  { name: 'an ONNX file cut in half', code: damaged, make: (good) => good().subarray(0, 300) },
  { name: 'an ONNX file of nothing', code: damaged, params: { detail: 'an ONNX file of 0 graphs' }, make: () => Buffer.from([8, 9, 0x12, 0]) },
  { name: 'an ONNX file of two graphs', code: damaged, params: { detail: 'an ONNX file of 2 graphs' }, make: (good) => extended(good(), (writer) => writer.message(7, () => undefined)) },
  { name: 'an ONNX file with functions', code: 'weights.unsupported', params: { feature: 'functions of its own' }, make: (good) => extended(good(), (writer) => writer.text(25, 'f')) },
  {
    name: 'an ONNX file that needs code of its own',
    code: 'weights.unsafe',
    params: { detail: 'it needs code of its own, the operation evil.Relu' },
    make: () => {
      const model = new ProtobufWriter();
      model.integer(1, 9).message(8, (opset) => opset.integer(2, 20));
      model.message(7, (graph) => graph.message(1, (relu) => relu.text(4, 'Relu').text(7, 'evil')));
      return Buffer.from(model.finish());
    },
  },
  { name: 'an ONNX file of an operation that loops', code: 'weights.unsupported', params: { feature: 'the operation Loop' }, make: (good) => good({ nodes: [node('Loop', ['logits'])] }) },
  { name: 'an ONNX file of an operation that draws lots', code: 'weights.unsupported', params: { feature: 'the operation RandomNormal' }, make: (good) => good({ nodes: [node('RandomNormal', [])] }) },
  {
    name: 'an ONNX file whose weights lie in another file',
    code: 'weights.unsafe',
    params: { detail: 'its tensor secret points to another file' },
    make: (good) => good({ initializers: [{ name: 'secret', type: 'float32', shape: [4], location: '/etc/passwd', byteLength: 16 }] }),
  },
  {
    name: 'an ONNX file with fewer numbers than a shape says',
    code: damaged,
    params: { detail: 'w of shape [1000, 1000] has 3 numbers' },
    make: (good) => good({ initializers: [{ name: 'w', type: 'float32', shape: [1000, 1000], data: new Float32Array(3) }] }),
  },
  {
    name: 'an ONNX file with a shape beyond all numbers',
    code: damaged,
    params: { detail: expect.stringMatching(/^w has the shape 1000000000x/) },
    make: (good) => good({ initializers: [{ name: 'w', type: 'float32', shape: [1e9, 1e9, 1e9], data: new Float32Array(3) }] }),
  },
  { name: 'an ONNX file with two tensors of one name', code: damaged, params: { detail: 'two tensors called conv.bias' }, make: (good) => good({ initializers: [{ name: 'conv.bias', type: 'float32', shape: [1], data: new Float32Array(1) }] }) },
  { name: 'an ONNX file with NaN in its weights', code: 'weights.not-finite', params: { tensor: 'fc.bias', value: 'NaN', position: 0 }, make: (good) => withNumber(good(), 'fc.bias', NaN) },
  { name: 'an ONNX file with Infinity in its weights', code: 'weights.not-finite', params: { tensor: 'conv.bias', value: 'Infinity' }, make: (good) => withNumber(good(), 'conv.bias', Infinity) },
  { name: 'an ONNX file that reads what nothing makes', code: damaged, params: { detail: 'Relu reads ghost, which nothing before it makes' }, make: (good) => good({ nodes: [node('Relu', ['ghost'])] }) },
  { name: 'an ONNX file that makes one thing twice', code: damaged, params: { detail: 'two results called relu' }, make: (good) => replaced(good(), 'pool', 'relu') },
  { name: 'an ONNX file of shapes that do not fit', code: damaged, params: { detail: 'its Add to bad does not fit: [1, 2] and [4] do not fit' }, make: (good) => good({ nodes: [node('Add', ['logits', 'conv.bias'])] }) },
  {
    name: 'an ONNX file that asks for memory without end',
    code: 'weights.too-large',
    params: { bytes: 2 ** 34 },
    make: (good) => good({ nodes: [node('ConstantOfShape', ['sizes'])], initializers: [shape([2 ** 16, 2 ** 16])] }),
  },
  {
    name: 'an ONNX file that doubles and doubles again',
    code: 'weights.too-large',
    make: (good) => {
      const doubling = Array.from({ length: 40 }, (_, i): NamedNode => {
        const from = i === 0 ? 'flat' : `double${i - 1}`;
        return { name: `d${i}`, op: 'Concat', inputs: [from, from], outputs: [`double${i}`], attributes: { axis: 1 } };
      });
      return good({ nodes: doubling });
    },
  },
  { name: 'an ONNX file of negative padding', code: damaged, params: { detail: 'bad would have the shape [1, -98, 4, 4]' }, make: (good) => good({ nodes: [node('Pad', ['relu', 'sizes'])], initializers: [shape([0, -102, 0, 0, 0, 0, 0, 0])] }) },
  { name: 'an ONNX file of sizes it works out as it runs', code: 'weights.unsupported', params: { feature: expect.stringMatching(/^Reshape of sizes not known in advance/) }, make: (good) => good({ nodes: [node('Reshape', ['flat', 'logits'])] }) },
  { name: 'an ONNX file that takes sound', code: 'weights.graph-input', params: { received: 'float32 [1, 1, 8, 8]' }, make: (good) => good({ channels: 1 }) },
]; // prettier-ignore

/** Bad graph models: a good one with one thing changed. */
interface BadGraphModel {
  name: string;
  code: ErrorCode;
  params?: Record<string, unknown>;
  change: GraphChanges;
}

/** The good graph with one operation changed. */
const withNode = (name: string, change: Record<string, unknown>): GraphChanges => ({
  nodes: nodes.map((candidate) => (candidate['name'] === name ? { ...candidate, ...change } : candidate)),
});

export const badGraphModels: BadGraphModel[] = [
  ...['../secret.bin', '/etc/passwd', 'https://example.org/x.bin'].map((path) => ({
    name: `a graph model that points to ${path}`,
    code: 'weights.unsafe' as const,
    params: { detail: `it points outside its folder, to ${path}` },
    change: { paths: [path] },
  })),
  { name: 'a graph model whose shard is missing', code: 'weights.missing-part', params: { part: 'lost.bin' }, change: { paths: ['lost.bin'] } },
  { name: 'a graph model of an operation that reads files', code: 'weights.unsupported', params: { feature: 'the operation ReadFile' }, change: withNode('relu6', { op: 'ReadFile' }) },
  { name: 'a graph model that loops', code: 'weights.unsupported', params: { feature: 'the operation While' }, change: withNode('relu6', { op: 'While' }) },
  { name: 'a graph model of an operation called like a method', code: 'weights.unsupported', params: { feature: 'the operation constructor' }, change: withNode('relu6', { op: 'constructor' }) },
  { name: 'a graph model in a circle', code: damaged, params: { detail: expect.stringMatching(/depends on itself$/) }, change: withNode('relu6', { input: ['pool1'] }) },
  { name: 'a graph model that reads what is not there', code: damaged, params: { detail: 'relu6 reads ghost, which is not there' }, change: withNode('relu6', { input: ['ghost'] }) },
  { name: 'a graph model with two operations of one name', code: damaged, params: { detail: 'two operations of one name' }, change: { nodes: [...nodes, ...nodes] } },
  { name: 'a graph model with functions', code: 'weights.unsupported', params: { feature: 'functions of its own' }, change: { topology: { node: nodes, library: { function: [{}] } } } },
  { name: 'a graph model whose parts do not fit', code: damaged, params: { detail: expect.stringMatching(/^its Conv to last\/result does not fit: 8 channels for a kernel of 3$/) }, change: withNode('last', { input: ['pad', 'conv/kernel', 'last/bias'] }) },
  { name: 'a graph model of an unknown activation', code: 'weights.unsupported', params: { feature: 'the activation toString' }, change: withNode('last', { attr: { padding: { s: 'VkFMSUQ=' }, fused_ops: { list: { s: ['dG9TdHJpbmc='] } } } }) },
  { name: 'a graph model that computes its kernels', code: 'weights.unsupported', params: { feature: 'Conv2D of weights that it computes (conv)' }, change: withNode('conv', { input: ['image', 'image'] }) },
]; // prettier-ignore
