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

/** Every pending node the outputs depend on. Recording order is a topological order, so sorting by id suffices. */
function pendingNodes(outputs: readonly Value[]): Node[] {
  const seen = new Set<Node>();
  const open: Node[] = [];
  const visit = (value: Value | null): void => {
    if (!value?.node || seen.has(value.node)) return;
    seen.add(value.node);
    open.push(value.node);
  };
  outputs.forEach(visit);
  for (let node = open.pop(); node; node = open.pop()) node.inputs.forEach(visit);
  return [...seen].sort((a, b) => a.id - b.id);
}

/**
 * The same nodes, each after those it reads, in an order that follows from the wiring alone: a node recorded
 * earlier and shared (a kernel's transpose) takes the same place in every graph it is part of.
 */
function inStructuralOrder(outputs: readonly Value[]): Node[] {
  const ordered = new Set<Node>();
  const open = outputs.flatMap((output) => output.node ?? []).reverse();
  for (let node = open.at(-1); node; node = open.at(-1)) {
    const waiting = node.inputs.flatMap((input) =>
      input?.node && !ordered.has(input.node) ? [input.node] : [],
    );
    if (waiting.length > 0) open.push(...waiting.reverse());
    else ordered.add(open.pop() as Node);
  }
  return [...ordered];
}

/** Prunes the recorded graph to what `outputs` need and writes down its structure. */
export function plan(outputs: readonly Value[], order: 'recorded' | 'structural' = 'recorded'): Plan {
  const nodes = order === 'recorded' ? pendingNodes(outputs) : inStructuralOrder(outputs);
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
