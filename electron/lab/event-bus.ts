import type { EventName, EventPayload } from '../../shared/contract/index.ts';

type Listener<E extends EventName> = (payload: EventPayload<E>) => void;

/** Carries the lab's events to whoever listens. A listener that throws does not keep others from hearing. */
export class EventBus {
  readonly #listeners = new Map<EventName, Set<Listener<EventName>>>();

  /** Returns a function that stops listening. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as Listener<EventName>);
    return () => listeners.delete(listener as Listener<EventName>);
  }

  emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(payload);
      } catch (error) {
        console.error(`A listener of ${event} failed:`, error);
      }
    }
  }
}
