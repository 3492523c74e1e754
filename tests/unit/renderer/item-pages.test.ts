import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/contract/index.ts';
import { ItemPages, pageSize, type ItemWindow } from '../../../renderer/stores/data/item-pages.ts';

function item(id: number): Item {
  return {
    id,
    path: `${id}.jpg`,
    name: `${id}.jpg`,
    classId: 1,
    split: 'train',
    collection: 'main',
    status: 'ok',
    reasons: [],
    excluded: false,
    width: 10,
    height: 10,
    bytes: 100,
  };
}

function listOf(total: number): {
  reads: number[];
  read: (offset: number, limit: number) => Promise<ItemWindow<Item>>;
} {
  const reads: number[] = [];
  return {
    reads,
    read: (offset, limit) => {
      reads.push(offset);
      const length = Math.max(0, Math.min(limit, total - offset));
      return Promise.resolve({ total, items: Array.from({ length }, (_, index) => item(offset + index)) });
    },
  };
}

describe('a window onto a long list', () => {
  it('reads the pages somebody looks at and no others', async () => {
    const { reads, read } = listOf(100_000);
    const pages = new ItemPages(read, () => undefined);
    await pages.need(50_000, 50_000 + pageSize);
    expect(reads).toEqual([50_000, 50_000 + pageSize]);
    expect(pages.at(50_001)?.id).toBe(50_001);
    expect(pages.at(0)).toBeUndefined();
    expect(pages.total).toBe(100_000);
  });

  it('reads a page once while it is fresh, and only once while it is on its way', async () => {
    const { reads, read } = listOf(1000);
    const pages = new ItemPages(read, () => undefined);
    await Promise.all([pages.need(0, 10), pages.need(5, 20)]);
    await pages.need(0, 10);
    expect(reads).toEqual([0]);
  });

  it('never holds the whole of a long list', async () => {
    const { read } = listOf(100_000);
    const pages = new ItemPages(read, () => undefined);
    for (let first = 0; first < 100_000; first += pageSize) await pages.need(first, first);
    expect([...pages.held()].length).toBeLessThanOrEqual(24 * pageSize);
    expect(pages.at(99_999)?.id).toBe(99_999);
    expect(pages.at(0)).toBeUndefined();
  });

  it('shows the old page after a change until the new one is here', async () => {
    const { reads, read } = listOf(100);
    const pages = new ItemPages(read, () => undefined);
    await pages.need(0, 10);
    pages.expire();
    expect(pages.at(3)?.id).toBe(3);
    await pages.need(0, 10);
    expect(reads).toEqual([0, 0]);
  });

  it('ignores an answer that belongs to a list that is no longer shown', async () => {
    let answer: (() => void) | undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    const pages = new ItemPages(
      async () => {
        await late;
        return { total: 1, items: [item(7)] };
      },
      () => undefined,
    );
    const reading = pages.need(0, 0);
    pages.reset();
    answer?.();
    await reading;
    expect(pages.at(0)).toBeUndefined();
    expect(pages.total).toBe(0);
  });

  it('can be read again after a read failed', async () => {
    let attempts = 0;
    const pages = new ItemPages(
      () => {
        attempts++;
        return attempts === 1
          ? Promise.reject(new Error('gone'))
          : Promise.resolve({ total: 1, items: [item(1)] });
      },
      () => undefined,
    );
    await expect(pages.need(0, 0)).rejects.toThrow('gone');
    await pages.need(0, 0);
    expect(pages.at(0)?.id).toBe(1);
  });

  it('shows an edit at once', async () => {
    const { read } = listOf(10);
    const pages = new ItemPages(read, () => undefined);
    await pages.need(0, 9);
    pages.patch(new Set([2, 3]), { classId: 9 });
    expect([1, 2, 3, 4].map((index) => pages.at(index)?.classId)).toEqual([1, 9, 9, 1]);
  });
});
