/**
 * Compiled graphs, cached by structure. The cache lives at module level: a training step records the
 * same graph every time and must find it even after tfjs reset its engine.
 */
import { setProvider } from './graph/capabilities.ts';
import type { Initializer, NamedValue } from './graph/encode.ts';
import { encodeModel, literalData } from './graph/encode.ts';
import type { Plan } from './graph/plan.ts';
import type { Value } from './graph/value.ts';
import { sizeOf } from './graph/value.ts';
import { mallocKeepsMemory } from '../../environment.ts';
import type { ExternalData, Session, SessionOptions } from './runtime.ts';
import { createSession } from './runtime.ts';
import { stats, timed } from './stats.ts';

const MAX_SESSIONS = 256;
/** Below this, an initializer is copied into the model; above, it is handed over beside it. */
const INLINE_BYTES = 1024;

interface CachedSession {
  readonly session: Session;
  readonly bakedIds: ReadonlySet<number>;
}

const cache = new Map<string, CachedSession>();
let options: SessionOptions = { provider: 'cpu', threads: 0 };

/** Changes provider or threads for what is compiled from now on; everything compiled before is dropped. */
export function configureSessions(changed: Partial<SessionOptions>): void {
  options = { ...options, ...changed };
  setProvider(options.provider);
  dropSessions(() => true);
}

export function sessionOptions(): SessionOptions {
  return options;
}

function dropSessions(matches: (cached: CachedSession) => boolean): void {
  for (const [key, cached] of cache) {
    if (!matches(cached)) continue;
    cached.session.dispose();
    cache.delete(key);
  }
}

/** Drops the sessions that hold a baked tensor. */
export function forgetBaked(id: number): void {
  dropSessions(({ bakedIds }) => bakedIds.has(id));
}

/** Names for every value of a plan; the same for equal plans. */
export function nameValues(plan: Plan): Map<Value, string> {
  const names = new Map<Value, string>();
  plan.inputs.forEach((value, index) => names.set(value, `input${index}`));
  plan.baked.forEach((value, index) => names.set(value, `frozen${index}`));
  plan.literals.forEach((value, index) => names.set(value, `literal${index}`));
  plan.nodes.forEach((node, index) =>
    node.outputs.forEach((value, output) =>
      names.set(value, output === 0 ? `value${index}` : `value${index}.${output}`),
    ),
  );
  return names;
}

/** Indices nobody asks for are left out: MaxPool without them is the faster kernel. */
function usedValues(plan: Plan): Set<Value | null> {
  return new Set([...plan.nodes.flatMap((node) => node.inputs), ...plan.outputs]);
}

function bakedInitializer(value: Value, name: string, external: ExternalData[]): Initializer {
  const data = value.baked?.read() ?? value.data;
  if (!data) throw new Error('A baked tensor has no numbers.');
  const { type, shape } = value;
  if (data.byteLength <= INLINE_BYTES) return { name, type, shape, data };
  external.push({ path: name, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
  return { name, type, shape, location: name, byteLength: data.byteLength };
}

/** The plan's nodes, wired by name. */
export function namedNodes(
  plan: Plan,
  names: ReadonlyMap<Value, string>,
): Parameters<typeof encodeModel>[0]['nodes'] {
  const used = usedValues(plan);
  const nameOf = (value: Value | null): string => (value ? (names.get(value) ?? '') : '');
  return plan.nodes.map((node, index) => {
    const asked =
      node.op === 'MaxPool'
        ? node.outputs.filter((value, output) => output === 0 || used.has(value))
        : node.outputs;
    const outputs = asked.map(nameOf);
    return {
      name: `node${index}`,
      op: node.op,
      inputs: node.inputs.map(nameOf),
      outputs,
      attributes: node.attributes,
    };
  });
}

/** Elements below which one thread is faster than waking others, and compiling is quicker without a pool. */
const SMALL_GRAPH = 16_384;

/** How many elements a run reads and writes. */
function elementsTouched(plan: Plan): number {
  const results = plan.nodes.flatMap((node) => node.outputs);
  return [...plan.inputs, ...plan.baked, ...results].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function compile(plan: Plan): Session {
  const names = nameValues(plan);
  const nameOf = (value: Value): string => names.get(value) ?? '';
  const named = (value: Value): NamedValue => ({ name: nameOf(value), type: value.type, shape: value.shape });
  const external: ExternalData[] = [];
  const literals = plan.literals.map((value) => ({
    ...named(value),
    shape: value.shape,
    data: literalData(value),
  }));
  const baked = plan.baked.map((value) => bakedInitializer(value, nameOf(value), external));
  const model = encodeModel({
    nodes: namedNodes(plan, names),
    inputs: plan.inputs.map(named),
    outputs: plan.outputs.map(named),
    initializers: [...literals, ...baked],
  });
  const threads = elementsTouched(plan) < SMALL_GRAPH ? 1 : options.threads;
  // A training step hands on many tensors, and its arena, which doubles as it grows, is mostly air.
  const arena = plan.outputs.length === 1 || !mallocKeepsMemory();
  const session = createSession(model, external, { ...options, threads, arena });
  for (const value of plan.baked) value.baked?.compiled();
  return session;
}

/** The session for a plan: from the cache, or compiled now. */
export function sessionFor(plan: Plan): Session {
  const found = cache.get(plan.key);
  if (found) {
    // Moved to the end: the order of a Map is then the order of use.
    cache.delete(plan.key);
    cache.set(plan.key, found);
    stats.cacheHits++;
    return found.session;
  }
  const session = timed('compileMs', () => compile(plan));
  stats.compiles++;
  const bakedIds = new Set(plan.baked.flatMap((value) => (value.baked ? [value.baked.id] : [])));
  cache.set(plan.key, { session, bakedIds });
  evictOldest();
  return session;
}

function evictOldest(): void {
  if (cache.size <= MAX_SESSIONS) return;
  const [oldest] = cache;
  if (!oldest) return;
  oldest[1].session.dispose();
  cache.delete(oldest[0]);
}
