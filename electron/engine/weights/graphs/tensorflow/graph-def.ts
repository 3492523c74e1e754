import { z } from 'zod';
import { GraftError } from '../../../../../shared/errors.ts';
import type { ModelJson } from '../../formats/tfjs-shards.ts';
import { broken } from '../protobuf-reader.ts';

/** TensorFlow's GraphDef as a TensorFlow.js model.json writes it: protocol buffers in their JSON form. */

const whole = z.union([z.string().max(30), z.number()]).transform(Number);
const shapeSchema = z.object({
  dim: z
    .array(z.object({ size: whole.default(1) }))
    .max(8)
    .default([]),
});
const attributeSchema = z.object({
  s: z.string().max(1000).optional(),
  i: whole.optional(),
  f: z.number().optional(),
  b: z.boolean().optional(),
  type: z.union([z.string(), z.number()]).optional(),
  shape: shapeSchema.optional(),
  list: z
    .object({ i: z.array(whole).max(64).default([]), s: z.array(z.string().max(200)).max(16).default([]) })
    .optional(),
});
const nodeSchema = z.object({
  name: z.string().min(1).max(500),
  op: z.string().max(100),
  input: z.array(z.string().max(520)).max(1000).default([]),
  attr: z.record(z.string(), attributeSchema).default({}),
});
const topologySchema = z.object({
  node: z.array(nodeSchema).max(20_000),
  library: z.object({ function: z.array(z.unknown()).default([]) }).optional(),
});

type Attribute = z.infer<typeof attributeSchema>;

/** One operation. Attributes that are left out have TensorFlow's default. */
export interface GraphNode {
  name: string;
  op: string;
  /** Names of the nodes whose first output it reads. */
  inputs: string[];
  integers(name: string): number[];
  number(name: string, otherwise: number): number;
  flag(name: string): boolean;
  text(name: string): string;
  texts(name: string): string[];
  /** A side that is open is null. */
  shape(name: string): (number | null)[] | null;
}

/**
 * The operations of a graph model, each after those it reads.
 * @throws GraftError weights.damaged, weights.unsupported
 */
export function readGraphDef({ modelTopology }: ModelJson, path: string): GraphNode[] {
  const parsed = topologySchema.safeParse(modelTopology);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw broken(path, `its modelTopology is wrong at ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if ((parsed.data.library?.function.length ?? 0) > 0)
    throw new GraftError('weights.unsupported', { path, feature: 'functions of its own' });
  return inOrder(
    parsed.data.node.map((node) => toNode(node, path)),
    path,
  );
}

const decoded = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');

function toNode({ name, op, input, attr }: z.infer<typeof nodeSchema>, path: string): GraphNode {
  const at = (key: string): Attribute | undefined => (Object.hasOwn(attr, key) ? attr[key] : undefined);
  return {
    name,
    op,
    inputs: input.filter((source) => !source.startsWith('^')).map((source) => firstOutput(source, path)),
    integers: (key) => at(key)?.list?.i ?? [],
    number: (key, otherwise) => at(key)?.i ?? at(key)?.f ?? otherwise,
    flag: (key) => at(key)?.b ?? false,
    text: (key) => decoded(at(key)?.s ?? ''),
    texts: (key) => (at(key)?.list?.s ?? []).map(decoded),
    shape: (key) => at(key)?.shape?.dim.map(({ size }) => (size > 0 ? size : null)) ?? null,
  };
}

/** `name:0` is the same as `name`; other outputs are for training. */
function firstOutput(source: string, path: string): string {
  const [name = '', output = '0'] = source.split(':');
  if (output === '0') return name;
  throw new GraftError('weights.unsupported', { path, feature: `the second output of ${name}` });
}

/** Each node after those it reads: the file need not have that order. */
function inOrder(nodes: readonly GraphNode[], path: string): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  if (byName.size !== nodes.length) throw broken(path, 'two operations of one name');
  const ordered: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of nodes) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1) as GraphNode;
      const waiting = node.inputs.filter((name) => state.get(name) !== 'done');
      if (waiting.length === 0 || state.get(node.name) === 'done') {
        if (state.get(node.name) !== 'done') ordered.push(node);
        state.set(node.name, 'done');
        stack.pop();
        continue;
      }
      state.set(node.name, 'open');
      for (const name of waiting) {
        const source = byName.get(name);
        if (!source) throw broken(path, `${node.name} reads ${name}, which is not there`);
        if (state.get(name) === 'open') throw broken(path, `${name} depends on itself`);
        stack.push(source);
      }
    }
  }
  return ordered;
}
