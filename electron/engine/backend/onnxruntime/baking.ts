/**
 * Frozen tensors become part of the compiled graphs, where ONNX Runtime folds, prepacks and blocks them.
 * Once a session holds them, their copy in JavaScript goes to a file: graphs compiled later (another batch
 * size) and readers get the numbers from there.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './backend.ts';
import { view } from './buffers.ts';
import type { BakedTensor, NumberArray, Value } from './graph/value.ts';
import { forgetBaked } from './sessions.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: NumberArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A temporary file that holds the numbers of the tensors baked together. */
class Vault {
  #folder: string | null = null;
  #file = 0;
  #length = 0;
  #users = 0;

  /** Appends the numbers and says at which byte they start. */
  store(data: NumberArray): number {
    if (this.#folder === null) {
      this.#folder = mkdtempSync(join(tmpdir(), 'graft-frozen-'));
      this.#file = openSync(join(this.#folder, 'tensors'), 'w+');
      process.on('exit', this.close);
    }
    const start = this.#length;
    const bytes = bytesOf(data);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, start + done);
    }
    this.#length += bytes.length;
    this.#users++;
    return start;
  }

  load(start: number, type: Value['type'], byteLength: number): NumberArray {
    const buffer = new ArrayBuffer(byteLength);
    const bytes = new Uint8Array(buffer);
    for (let done = 0; done < byteLength;) {
      done += readSync(this.#file, bytes, done, byteLength - done, start + done);
    }
    return view(type, buffer);
  }

  /** The last tensor that leaves closes the file. */
  leave(): void {
    if (--this.#users === 0) this.close();
  }

  readonly close = (): void => {
    if (this.#folder === null) return;
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
    process.off('exit', this.close);
  };
}

let nextId = 0;

class FrozenTensor implements BakedTensor {
  readonly id = nextId++;
  readonly #value: Value;
  readonly #vault: Vault;
  readonly #byteLength: number;
  #start: number | null = null;

  constructor(value: Value, data: NumberArray, vault: Vault) {
    this.#value = value;
    this.#vault = vault;
    this.#byteLength = data.byteLength;
  }

  read(): NumberArray {
    if (this.#value.data) return this.#value.data;
    if (this.#start === null) throw new Error('A frozen tensor was read after its release.');
    return this.#vault.load(this.#start, this.#value.type, this.#byteLength);
  }

  compiled(): void {
    if (!this.#value.data) return;
    this.#start ??= this.#vault.store(this.#value.data);
    this.#value.data = null;
  }

  release(): void {
    forgetBaked(this.id);
    if (this.#start === null) return;
    this.#start = null;
    this.#vault.leave();
  }
}

function backend(): OnnxRuntimeBackend | null {
  const active = engine().backend;
  return active instanceof OnnxRuntimeBackend ? active : null;
}

function storedValues(tensors: readonly Tensor[]): Value[] {
  const owner = backend();
  if (!owner) return [];
  return tensors.flatMap((tensor) => owner.storedValue(tensor.dataId) ?? []);
}

/**
 * Freezes tensors into the graphs compiled from now on. Assigning a variable afterwards gives it a new,
 * unfrozen value. Does nothing on other backends, which have no use for it.
 */
export function bake(tensors: readonly Tensor[]): void {
  const owner = backend();
  if (!owner) return;
  const vault = new Vault();
  for (const value of storedValues(tensors)) {
    if (value.baked) continue;
    const data = owner.numbers(value);
    value.data = data;
    value.pooled = false;
    value.baked = new FrozenTensor(value, data, vault);
  }
}

/** Makes frozen tensors ordinary ones again, and drops the sessions that hold them. */
export function unbake(tensors: readonly Tensor[]): void {
  for (const value of storedValues(tensors)) {
    if (!value.baked) continue;
    value.data = value.baked.read();
    value.baked.release();
    value.baked = null;
  }
}
