import type { Node, Value } from './value.ts';

/** A pruned graph: what must run, in order, to compute `outputs`. */
export interface Plan {
  readonly nodes: readonly Node[];
  /** Leaves fed at each run, in the order of first use. */
  readonly inputs: readonly Value[];
  /** Leaves compiled in: frozen tensors. */
  readonly baked: readonly Value[];
  readonly literals: readonly Value[];
  readonly outputs: readonly Value[];
  /** Equal keys mean equal graphs: same operators, attributes, shapes, types, wiring and baked tensors. */
  readonly key: string;
}

/**
 * Every pending node the outputs depend on, inputs before their users. The order follows from the wiring alone, not
 * from when nodes were recorded: a transpose kept from an earlier step must not make the graph look like another.
 */
function pendingNodes(outputs: readonly Value[]): Node[] {
  const seen = new Set<Node>();
  const ordered: Node[] = [];
  const open: { node: Node; nextInput: number }[] = [];
  const enter = (value: Value | null | undefined): void => {
    if (!value?.node || seen.has(value.node)) return;
    seen.add(value.node);
    open.push({ node: value.node, nextInput: 0 });
  };
  for (const output of outputs) {
    enter(output);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      if (top.nextInput < top.node.inputs.length) enter(top.node.inputs[top.nextInput++]);
      else ordered.push((open.pop() as { node: Node }).node);
    }
  }
  return ordered;
}

/** Prunes the recorded graph to what `outputs` need and writes down its structure. */
export function plan(outputs: readonly Value[]): Plan {
  const nodes = pendingNodes(outputs);
  const numbers = new Map<Value, number>();
  const inputs: Value[] = [];
  const baked: Value[] = [];
  const literals: Value[] = [];
  const parts: string[] = [];

  const addLeaf = (leaf: Value): string => {
    if (leaf.failure) throw leaf.failure;
    if (leaf.literal) {
      literals.push(leaf);
      return `=${leaf.type}[${leaf.shape.join()}](${leaf.literal.join()})`;
    }
    if (leaf.baked) {
      baked.push(leaf);
      return `!${leaf.baked.id}`;
    }
    inputs.push(leaf);
    return `?${leaf.type}[${leaf.shape.join()}]`;
  };
  const reference = (value: Value | null): string => {
    if (value === null) return '-';
    const number = numbers.get(value);
    if (number !== undefined) return String(number);
    numbers.set(value, numbers.size);
    return addLeaf(value);
  };

  for (const node of nodes) {
    parts.push(node.signature);
    for (const input of node.inputs) parts.push(reference(input));
    for (const output of node.outputs) numbers.set(output, numbers.size);
  }
  const results = outputs.map((output) => reference(output));
  return { nodes, inputs, baked, literals, outputs, key: `${parts.join(' ')} -> ${results.join()}` };
}
