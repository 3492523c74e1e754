import { GraftError } from '../../../../../shared/errors.ts';

/**
 * Reads the pickle of a PyTorch state dict without executing anything. A pickle is a program for a stack machine that
 * may call any function of Python; here the only functions are those of the list below, each of which only describes
 * a tensor. Whatever else a pickle names is refused.
 */

export interface StoredTensor {
  kind: 'tensor';
  /** Name of the storage's file in the archive. */
  storage: string;
  /** PyTorch's type of the storage, e.g. `FloatStorage`. */
  type: string;
  /** Elements of the whole storage. */
  storageElements: number;
  /** Of the first element, in elements. */
  offset: number;
  shape: number[];
  strides: number[];
}

interface Storage {
  kind: 'storage';
  type: string;
  name: string;
  elements: number;
}

interface Callable {
  kind: 'callable';
  name: string;
}

interface Dictionary {
  kind: 'dictionary';
  entries: Map<string, Value>;
}

type Value = null | boolean | number | string | Value[] | StoredTensor | Storage | Callable | Dictionary;

const mark = Symbol('mark');

/** Everything a pickle may name. */
const allowed = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'torch.FloatStorage',
  'torch.HalfStorage',
  'torch.BFloat16Storage',
  'torch.DoubleStorage',
  'torch.LongStorage',
  'torch.IntStorage',
  'torch.ByteStorage',
  'torch.BoolStorage',
]);

const maxDepth = 100_000;

/** The tensors of a pickled state dict by name; dictionaries in it put their own key before, with a dot. */
export function readStateDict(path: string, bytes: Buffer): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  const gather = (value: Value, prefix: string, depth: number) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 8) return;
    if (value.kind === 'tensor') tensors.set(prefix, value);
    if (value.kind !== 'dictionary') return;
    for (const [key, inner] of value.entries)
      gather(inner, prefix === '' ? key : `${prefix}.${key}`, depth + 1);
  };
  gather(new Unpickler(path, bytes).run(), '', 0);
  return tensors;
}

class Unpickler {
  private readonly path: string;
  private readonly bytes: Buffer;
  private at = 0;
  private readonly stack: (Value | typeof mark)[] = [];
  private readonly memo = new Map<number, Value>();

  constructor(path: string, bytes: Buffer) {
    this.path = path;
    this.bytes = bytes;
  }

  /** Runs to STOP and returns what is then on the stack. */
  run(): Value {
    for (;;) {
      const code = this.take(1).toString('latin1');
      if (code === '.') return this.pop();
      if (this.stack.length > maxDepth) throw this.damaged('a stack without end');
      const step = opcodes[code];
      if (!step)
        throw this.damaged(
          `an instruction 0x${Buffer.from(code, 'latin1').toString('hex')} at ${this.at - 1}`,
        );
      step(this);
    }
  }

  take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) throw this.damaged('a pickle that breaks off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.damaged('a pickle that breaks off');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  push(value: Value | typeof mark): void {
    this.stack.push(value);
  }

  pop(): Value {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw this.damaged('a pickle that takes what it has not put');
    return value;
  }

  popToMark(): Value[] {
    const values: Value[] = [];
    for (let value = this.stack.pop(); value !== mark; value = this.stack.pop()) {
      if (value === undefined) throw this.damaged('a pickle that takes what it has not put');
      values.push(value);
    }
    return values.reverse();
  }

  top(): Value {
    const value = this.pop();
    this.push(value);
    return value;
  }

  remember(key: number): void {
    this.memo.set(key, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw this.damaged('a pickle that recalls what it has not kept');
    this.push(value);
  }

  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!allowed.has(full)) {
      const detail = `its pickle asks for ${full.slice(0, 100)}, which weights have no need of`;
      throw new GraftError('weights.unsafe', { path: this.path, detail });
    }
    this.push({ kind: 'callable', name: full });
  }

  /** Adds pairs to the dictionary below them. Keys that are not text are counters of no interest. */
  setItems(pairs: readonly Value[]): void {
    const target = this.top();
    if (!isKind(target, 'dictionary')) return;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const key = pairs[i];
      if (typeof key === 'string') target.entries.set(key, pairs[i + 1] ?? null);
    }
  }

  call(): void {
    const args = this.pop();
    const target = this.pop();
    if (!isKind(target, 'callable') || !Array.isArray(args))
      throw this.damaged('a call of what is no function');
    if (target.name === 'collections.OrderedDict') this.push({ kind: 'dictionary', entries: new Map() });
    else if (target.name === 'torch._utils._rebuild_parameter') this.push(args[0] ?? null);
    else if (target.name === 'torch._utils._rebuild_tensor_v2') this.push(this.tensor(args));
    else throw this.damaged(`a call of ${target.name}`);
  }

  /** ('storage', type, name, device, elements) */
  storage(): void {
    const id = this.pop();
    const [, type, name, , elements] = Array.isArray(id) ? id : [];
    const complete =
      isKind(type ?? null, 'callable') && typeof name === 'string' && typeof elements === 'number';
    if (!complete) throw this.damaged('a storage that is not described');
    this.push({ kind: 'storage', type: (type as Callable).name.replace(/^torch\./, ''), name, elements });
  }

  /** (storage, offset, shape, strides, ...) */
  private tensor(args: readonly Value[]): StoredTensor {
    const [storage = null, offset, shape, strides] = args;
    if (!isKind(storage, 'storage') || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      throw this.damaged('a tensor that is not described');
    }
    const { name, type, elements } = storage;
    return { kind: 'tensor', storage: name, type, storageElements: elements, offset, shape, strides };
  }

  private damaged(detail: string): GraftError {
    return new GraftError('weights.damaged', { path: this.path, detail });
  }
}

type Kinds = StoredTensor | Storage | Callable | Dictionary;

function isKind<Kind extends Kinds['kind']>(
  value: Value,
  kind: Kind,
): value is Extract<Kinds, { kind: Kind }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === kind;
}

const isCount = (value: Value | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: Value | undefined): value is number[] =>
  Array.isArray(value) && value.every(isCount);

/** Little-endian two's complement of any length; numbers too large to count with become NaN. */
function longOf(bytes: Buffer): number {
  if (bytes.length === 0) return 0;
  return bytes.length > 6 ? NaN : bytes.readIntLE(0, bytes.length);
}

const tuple = (machine: Unpickler, length: number) => {
  const items = Array.from({ length }, () => machine.pop());
  machine.push(items.reverse());
};

/** The instructions of protocols 2 to 4 that state dicts are written with. */
const opcodes: Record<string, (machine: Unpickler) => void> = {
  '\x80': (machine) => void machine.take(1), // PROTO
  '\x95': (machine) => void machine.take(8), // FRAME
  '}': (machine) => machine.push({ kind: 'dictionary', entries: new Map() }),
  ']': (machine) => machine.push([]),
  ')': (machine) => machine.push([]),
  '(': (machine) => machine.push(mark),
  t: (machine) => machine.push(machine.popToMark()),
  '\x85': (machine) => tuple(machine, 1),
  '\x86': (machine) => tuple(machine, 2),
  '\x87': (machine) => tuple(machine, 3),
  N: (machine) => machine.push(null),
  '\x88': (machine) => machine.push(true),
  '\x89': (machine) => machine.push(false),
  J: (machine) => machine.push(machine.take(4).readInt32LE(0)),
  K: (machine) => machine.push(machine.take(1).readUInt8(0)),
  M: (machine) => machine.push(machine.take(2).readUInt16LE(0)),
  '\x8a': (machine) => machine.push(longOf(machine.take(machine.take(1).readUInt8(0)))),
  G: (machine) => machine.push(machine.take(8).readDoubleBE(0)),
  X: (machine) => machine.push(machine.take(machine.take(4).readUInt32LE(0)).toString('utf8')),
  '\x8c': (machine) => machine.push(machine.take(machine.take(1).readUInt8(0)).toString('utf8')),
  U: (machine) => machine.push(machine.take(machine.take(1).readUInt8(0)).toString('latin1')),
  q: (machine) => machine.remember(machine.take(1).readUInt8(0)),
  r: (machine) => machine.remember(machine.take(4).readUInt32LE(0)),
  '\x94': (machine) => machine.rememberNext(),
  h: (machine) => machine.recall(machine.take(1).readUInt8(0)),
  j: (machine) => machine.recall(machine.take(4).readUInt32LE(0)),
  c: (machine) => machine.global(machine.line(), machine.line()),
  '\x93': (machine) => {
    const name = machine.pop();
    machine.global(String(machine.pop()), String(name));
  },
  Q: (machine) => machine.storage(),
  R: (machine) => machine.call(),
  s: (machine) => {
    const value = machine.pop();
    machine.setItems([machine.pop(), value]);
  },
  u: (machine) => machine.setItems(machine.popToMark()),
  // Lists and the state given to an object hold nothing of weights: what is put into them is let go.
  a: (machine) => void machine.pop(),
  e: (machine) => void machine.popToMark(),
  b: (machine) => void machine.pop(),
};
