import type { Item } from '../../../shared/contract/index.ts';

export interface ItemWindow<T> {
  total: number;
  items: T[];
}

interface Page<T> {
  items: T[];
  stale: boolean;
  usedAt: number;
}

export const pageSize = 200;
const keptPages = 24;

/**
 * A window onto a long list that is never held whole: pages are read where somebody looks, the least
 * recently used ones are dropped, and after a change the old page stays on view until the new one is here.
 */
export class ItemPages<T extends { id: number | string } = Item> {
  total = 0;
  readonly #read: (offset: number, limit: number) => Promise<ItemWindow<T>>;
  readonly #changed: () => void;
  readonly #pages = new Map<number, Page<T>>();
  readonly #reading = new Map<number, number>();
  #generation = 0;
  #clock = 0;

  /** `read` gets a window of the list; `changed` is told whenever something new can be shown. */
  constructor(read: (offset: number, limit: number) => Promise<ItemWindow<T>>, changed: () => void) {
    this.#read = read;
    this.#changed = changed;
  }

  /** The item at a position, or undefined while its page is on its way. */
  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.items[index % pageSize];
  }

  /** Where an item stands, if it is held. */
  indexOf(id: T['id']): number | undefined {
    for (const [index, item] of this.held()) if (item.id === id) return index;
    return undefined;
  }

  /** Sees to it that the positions from `first` to `last` (both included) are here or on their way. */
  async need(first: number, last: number): Promise<void> {
    const from = Math.max(0, Math.floor(first / pageSize));
    const to = Math.floor(Math.max(first, last) / pageSize);
    const reads: Promise<void>[] = [];
    for (let page = from; page <= to; page++) {
      const known = this.#pages.get(page);
      if (known) known.usedAt = ++this.#clock;
      if (!known || known.stale) reads.push(this.#readPage(page));
    }
    await Promise.all(reads);
  }

  /** Forgets everything: another list begins (a new filter, another project). */
  reset(): void {
    this.#outdateReads();
    this.#pages.clear();
    this.total = 0;
    this.#changed();
  }

  /** The list changed: what is held must be read again when looked at, and is shown until then. */
  expire(): void {
    this.#outdateReads();
    for (const page of this.#pages.values()) page.stale = true;
    this.#changed();
  }

  /** Shows an edit at once, before the list is read again. What is being read may not know of it and is let go. */
  patch(ids: ReadonlySet<T['id']>, change: Partial<T>): void {
    this.#outdateReads();
    for (const page of this.#pages.values()) {
      page.items = page.items.map((item) => (ids.has(item.id) ? { ...item, ...change } : item));
    }
    this.#changed();
  }

  /** Takes items off the list at once, before it is read again: those after them move up. */
  remove(ids: ReadonlySet<T['id']>): void {
    this.#outdateReads();
    const held = [...this.#pages].sort(([a], [b]) => a - b);
    const first = held.findIndex(([, { items }]) => items.some(({ id }) => ids.has(id)));
    if (first < 0) return;
    const after = held.slice(first);
    const gap = after.findIndex(([page], place) => page !== after[0]![0] + place);
    const moved = (gap < 0 ? after : after.slice(0, gap)).flatMap(([, { items }]) => items);
    const left = moved.filter(({ id }) => !ids.has(id));
    this.total -= moved.length - left.length;
    for (const [page] of after) this.#pages.delete(page);
    for (let from = 0; from < left.length; from += pageSize) {
      const page = { items: left.slice(from, from + pageSize), stale: true, usedAt: ++this.#clock };
      this.#pages.set(after[0]![0] + from / pageSize, page);
    }
    this.#changed();
  }

  /** Items that are held right now, with their positions. */
  *held(): Generator<[number, T]> {
    for (const [page, { items }] of this.#pages) {
      for (const [offset, item] of items.entries()) yield [page * pageSize + offset, item];
    }
  }

  #outdateReads(): void {
    this.#generation++;
    this.#reading.clear();
  }

  async #readPage(page: number): Promise<void> {
    const generation = this.#generation;
    if (this.#reading.get(page) === generation) return;
    this.#reading.set(page, generation);
    try {
      const { total, items } = await this.#read(page * pageSize, pageSize);
      if (generation !== this.#generation) return;
      this.total = total;
      this.#pages.set(page, { items, stale: false, usedAt: ++this.#clock });
      this.#dropOld();
      this.#changed();
    } finally {
      if (this.#reading.get(page) === generation) this.#reading.delete(page);
    }
  }

  #dropOld(): void {
    const surplus = this.#pages.size - keptPages;
    if (surplus <= 0) return;
    const oldest = [...this.#pages].sort((a, b) => a[1].usedAt - b[1].usedAt).slice(0, surplus);
    for (const [page] of oldest) this.#pages.delete(page);
  }
}
