import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef } from 'vue';
import type { Item, ItemFilter, Params, Project, Split } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';
import { ItemPages } from './item-pages.ts';
import { useProject } from './project.ts';

/** Items a selection reads at once when it spans pages that are not on view. */
const selectionWindow = 2000;

/** The filtered items of the Data screen: a window of them, what is selected, and the edits. */
export const useItems = defineStore('items', () => {
  const project = useProject();
  const filter = ref<ItemFilter>({});
  const total = ref(0);
  const selected = ref<ReadonlySet<number>>(new Set());
  const focusIndex = ref(0);
  const failure = ref<unknown>(null);
  const revision = ref(0);
  let anchor = 0;

  const pages = shallowRef(
    new ItemPages(
      (offset, limit) => lab().call('items.list', { filter: filter.value, offset, limit }),
      () => {
        total.value = pages.value.total;
        triggerRef(pages);
      },
    ),
  );

  const focused = computed<Item | undefined>(() => pages.value.at(focusIndex.value));
  const isFiltered = computed(() => Object.values(filter.value).some((value) => value !== undefined));

  const itemAt = (index: number): Item | undefined => pages.value.at(index);

  async function need(first: number, last: number): Promise<void> {
    try {
      await pages.value.need(first, last);
      failure.value = null;
    } catch (error) {
      failure.value = error;
    }
  }

  async function restart(): Promise<void> {
    selected.value = new Set();
    focusIndex.value = 0;
    anchor = 0;
    pages.value.reset();
    await need(0, 0);
  }

  async function setFilter(next: ItemFilter): Promise<void> {
    filter.value = next;
    await restart();
  }

  function clear(): void {
    filter.value = {};
    selected.value = new Set();
    focusIndex.value = 0;
    pages.value.reset();
  }

  async function idsBetween(first: number, last: number): Promise<number[]> {
    const ids: number[] = [];
    for (let offset = first; offset <= last; offset += selectionWindow) {
      const limit = Math.min(selectionWindow, last - offset + 1);
      const window = await lab().call('items.list', { filter: filter.value, offset, limit });
      ids.push(...window.items.map((item) => item.id));
    }
    return ids;
  }

  /** Selects one item, adds or removes it (`toggle`), or everything from the last one to here (`range`). */
  async function select(index: number, how: 'one' | 'toggle' | 'range'): Promise<void> {
    focusIndex.value = Math.max(0, Math.min(index, total.value - 1));
    const item = pages.value.at(focusIndex.value);
    if (how === 'range') {
      const [first, last] = [Math.min(anchor, focusIndex.value), Math.max(anchor, focusIndex.value)];
      selected.value = new Set(await idsBetween(first, last));
      return;
    }
    anchor = focusIndex.value;
    if (!item) return;
    const next = how === 'toggle' ? new Set(selected.value) : new Set<number>();
    if (how === 'toggle' && next.has(item.id)) next.delete(item.id);
    else next.add(item.id);
    selected.value = next;
  }

  function selectIndexes(indexes: Iterable<number>, keep: ReadonlySet<number>): void {
    const next = new Set(keep);
    for (const index of indexes) {
      const item = pages.value.at(index);
      if (item) next.add(item.id);
    }
    selected.value = next;
  }

  async function selectAll(): Promise<void> {
    if (total.value > 0) selected.value = new Set(await idsBetween(0, total.value - 1));
  }

  function selectNone(): void {
    selected.value = new Set();
  }

  function edited(result: { changed: number; project: Project }): number {
    project.current = result.project;
    return result.changed;
  }

  async function label(ids: number[], classId: number | null): Promise<number> {
    pages.value.patch(new Set(ids), { classId });
    return edited(await lab().call('items.label', { ids, classId }));
  }

  async function setSplit(ids: number[], split: Split | null): Promise<number> {
    pages.value.patch(new Set(ids), { split });
    return edited(await lab().call('items.setSplit', { ids, split }));
  }

  async function exclude(ids: number[], excluded: boolean): Promise<number> {
    pages.value.patch(new Set(ids), { excluded });
    return edited(await lab().call('items.exclude', { ids, excluded }));
  }

  async function resplit(request: Params<'items.resplit'>): Promise<number> {
    return edited(await lab().call('items.resplit', request));
  }

  async function step(
    direction: 'undo' | 'redo',
  ): Promise<{ done: boolean; action: string; changed: number }> {
    const result = await lab().call(direction === 'undo' ? 'items.undo' : 'items.redo', {});
    project.current = result.project;
    return result;
  }

  const createClass = (name: string): Promise<unknown> => lab().call('classes.create', { name });
  const renameClass = (id: number, name: string): Promise<unknown> =>
    lab().call('classes.rename', { id, name });

  async function startImport(path: string, options: Omit<Params<'items.import'>, 'path'>): Promise<string> {
    return (await lab().call('items.import', { path, ...options })).job;
  }

  function listen(): void {
    lab().on('items.changed', (change) => {
      revision.value = change.revision;
      pages.value.expire();
    });
  }

  return {
    filter,
    total,
    selected,
    focusIndex,
    focused,
    failure,
    revision,
    pages,
    isFiltered,
    itemAt,
    need,
    restart,
    setFilter,
    clear,
    select,
    selectIndexes,
    selectAll,
    selectNone,
    label,
    setSplit,
    exclude,
    resplit,
    step,
    createClass,
    renameClass,
    startImport,
    listen,
  };
});
