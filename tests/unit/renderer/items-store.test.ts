import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GraftError } from '../../../shared/errors.ts';
import type { Lab } from '../../../electron/lab/lab.ts';
import type { MethodName } from '../../../shared/contract/index.ts';
import { labWithItems } from '../lab/a-lab.ts';

/** The stores of a window whose lab is a real one in this process; calls can be held back as a slow disk would. */
async function aWindow() {
  const { lab, ids } = await labWithItems();
  const held: (() => void)[] = [];
  const control = { hold: null as MethodName | null, held };
  vi.stubGlobal('window', { graft: preloadOf(lab, control) });
  vi.resetModules();
  onTestFinished(() => void vi.unstubAllGlobals());
  const { useItems } = await import('../../../renderer/stores/data/items.ts');
  const { useProject } = await import('../../../renderer/stores/project.ts');
  const [items, project] = [useItems(), useProject()];
  items.listen();
  project.listen();
  await project.load();
  await items.restart();
  return { lab, ids, items, project, control };
}

function preloadOf(lab: Lab, control: { hold: MethodName | null; held: (() => void)[] }) {
  return {
    async call(method: MethodName, params: never) {
      if (method === control.hold) await new Promise<void>((resolve) => control.held.push(resolve));
      try {
        return { result: await lab.call(method, params) };
      } catch (error) {
        const { code, params: about } = error as GraftError;
        return { error: { code, params: about } };
      }
    },
    on: lab.on,
    pathForFile: () => '',
  };
}

beforeEach(() => setActivePinia(createPinia()));

const settled = async ({ items }: Awaited<ReturnType<typeof aWindow>>): Promise<void> => {
  await items.need(0, 20);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('labelling one after the other', () => {
  it('goes on to the next where the filter keeps what is labelled', async () => {
    const window = await aWindow();
    const { items, ids } = window;
    expect(items.focused?.id).toBe(ids[0]);
    expect(await items.labelAndAdvance(2)).toBe(1);
    expect(items.focused?.path).toBe('items/1.jpg');
    await settled(window);
    expect([items.focusIndex, items.total]).toEqual([1, 12]);
  });

  it('skips none where what is labelled leaves the list, however slow the disk is', async () => {
    const window = await aWindow();
    const { items, lab, ids, control } = window;
    await lab.call('items.label', { ids, classId: null });
    await items.setFilter({ classes: [null] });
    const order = (await lab.call('items.list', { filter: {}, offset: 0, limit: 20 })).items.map(
      ({ id }) => id,
    );
    control.hold = 'items.label';
    const seen: (number | undefined)[] = [];
    const made: Promise<number>[] = [];
    for (let i = 0; i < 5; i++) {
      seen.push(items.focused?.id);
      made.push(items.labelAndAdvance(1 + (i % 2)));
    }
    expect(seen).toEqual(order.slice(0, 5));
    expect(items.focused?.id).toBe(order[5]);
    expect(items.total).toBe(7);
    control.hold = null;
    for (const go of control.held) go();
    expect(await Promise.all(made)).toEqual([1, 1, 1, 1, 1]);
    await settled(window);
    expect(items.focused?.id).toBe(order[5]);
    expect([items.focusIndex, items.total]).toEqual([0, 7]);
    expect((await lab.call('items.get', { ids: order.slice(0, 5) })).map(({ classId }) => classId)).toEqual([
      1, 2, 1, 2, 1,
    ]);
  });

  it('ends with an empty list, and undo brings the last one back to look at', async () => {
    const window = await aWindow();
    const { items, lab, ids } = window;
    await lab.call('items.label', { ids: ids.slice(0, 2), classId: null });
    await items.setFilter({ classes: [null] });
    const last = items.itemAt(1)!.id;
    await items.labelAndAdvance(1);
    await items.labelAndAdvance(1);
    expect([items.total, items.focused]).toEqual([0, undefined]);
    expect(await items.labelAndAdvance(1)).toBe(0);
    expect(await items.step('undo')).toMatchObject({ action: 'label', item: last });
    expect([items.total, items.focused?.id]).toEqual([1, last]);
    await items.step('redo');
    await settled(window);
    expect(items.total).toBe(0);
  });

  it('keeps the picture on view when items come and go before it', async () => {
    const window = await aWindow();
    const { items, lab } = window;
    await items.setFilter({ classes: [2] });
    await items.moveTo(3);
    const onView = items.focused!.id;
    const first = items.itemAt(0)!.id;
    await lab.call('items.label', { ids: [first], classId: 1 });
    await settled(window);
    expect([items.focused?.id, items.focusIndex]).toEqual([onView, 2]);
    await lab.call('items.undo', {});
    await settled(window);
    expect([items.focused?.id, items.focusIndex]).toEqual([onView, 3]);
  });

  it('shows the list as it is when a label could not be stored', async () => {
    const window = await aWindow();
    const { items } = window;
    await items.setFilter({ classes: [1] });
    await expect(items.label([items.focused!.id], 99)).rejects.toMatchObject({ code: 'class.unknown' });
    await settled(window);
    expect(items.total).toBe(6);
    expect(items.itemAt(0)?.classId).toBe(1);
  });
});

describe('a selection', () => {
  it('lets go of what a bulk label took off the list', async () => {
    const window = await aWindow();
    const { items } = window;
    await items.setFilter({ classes: [1] });
    await items.select(1, 'one');
    await items.select(4, 'range');
    expect(items.selected.size).toBe(4);
    expect(await items.label([...items.selected], 2)).toBe(4);
    expect([items.selected.size, items.total]).toEqual([0, 2]);
  });

  it('by rubber band keeps what was there, and holds what it touches beyond the pages at hand', async () => {
    const { items } = await aWindow();
    const kept = new Set([items.itemAt(11)!.id]);
    const wanted = [0, 1, 2].map((index) => items.itemAt(index)!.id);
    items.pages.reset();
    await items.selectIndexes([0, 1, 2], kept);
    expect(new Set(items.selected)).toEqual(new Set([...kept, ...wanted]));
  });
});
