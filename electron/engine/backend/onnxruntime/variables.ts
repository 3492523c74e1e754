import type { TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';
import type { Value } from './graph/value.ts';

type DataId = TensorInfo['dataId'];

/**
 * What every tfjs variable held after the last flush that worked, so that a step that fails leaves no
 * half-assigned weights.
 */
export class VariableMemory {
  #held = new Map<object, Value>();
  readonly #valueOf: (dataId: DataId) => Value | null;

  constructor(valueOf: (dataId: DataId) => Value | null) {
    this.#valueOf = valueOf;
  }

  /** Call after a flush: every variable's value is computed now. */
  remember(): void {
    const held = new Map<object, Value>();
    for (const variable of this.#variables()) {
      const value = this.#valueOf(variable.dataId);
      if (value && !value.node) held.set(variable, value);
    }
    this.#held = held;
  }

  /** Hands back, for every variable whose new value failed, the value it had. */
  restore(assign: (dataId: DataId, before: Value) => void): void {
    for (const variable of this.#variables()) {
      const before = this.#held.get(variable);
      if (before && this.#valueOf(variable.dataId)?.failure) assign(variable.dataId, before);
    }
  }

  /** Variables of this backend alone: another backend may own some in tests and while switching. */
  #variables(): { dataId: DataId }[] {
    const { registeredVariables } = engine();
    return Object.values(registeredVariables).filter(({ dataId }) => this.#valueOf(dataId) !== null);
  }
}
