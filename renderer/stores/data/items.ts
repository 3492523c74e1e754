import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef } from 'vue';
import type {
  EditDone,
  Item,
  ItemFilter,
  ItemOrder,
  Params,
  Project,
  Split,
} from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { leaves, type ItemChange } from './item-filter.ts';
import { ItemPages } from './item-pages.ts';
import { useProject } from '../project.ts';

/** The filtered items of the Data screen: a window of them, what is selected, and the edits. */
export const useItems = defineStore('items', () => {
  const project = useProject();
  const filter = ref<ItemFilter>({});
  /** By path, or what waits in the labelling queue. */
  const order = ref<ItemOrder>('path');
  const total = ref(0);
  const selected = ref<ReadonlySet<number>>(new Set());
  const focusIndex = ref(0);
  const failure = ref<unknown>(null);
  /** Goes up when the list must be read again. */
  const revision = ref(0);
  let anchor = 0;
  let bandTurn = 0;

  const list = () => ({ filter: filter.value, order: order.value });

  const pages = shallowRef(
    new ItemPages(
      (offset, limit) => lab().call('items.list', { ...list(), offset, limit }),
      () => {
        total.value = pages.value.total;
        triggerRef(pages);
        followFocus();
      },
    ),
  );

  /** The item the keys act upon. It stays the same one while the list around it changes. */
  const focused = shallowRef<Item>();
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

  function begin(): void {
    selected.value = new Set();
    focusIndex.value = 0;
    anchor = 0;
    focused.value = undefined;
    pages.value.reset();
  }

  async function restart(): Promise<void> {
    begin();
    await need(0, 0);
  }

  function attend(index: number): void {
    focusIndex.value = Math.max(0, Math.min(index, total.value - 1));
    focused.value = pages.value.at(focusIndex.value);
  }

  /** The list has changed: finds the focused item again, or takes what stands in its place when it has left. */
  function followFocus(): void {
    const [wanted, here] = [focused.value, pages.value.at(focusIndex.value)];
    if (!wanted || here?.id === wanted.id) focused.value = here;
    else if (here) void findFocus(wanted.id).catch((error: unknown) => (failure.value = error));
  }

  async function findFocus(id: number): Promise<void> {
    const index = pages.value.indexOf(id) ?? (await positionOf(id));
    if (focused.value?.id !== id) return;
    attend(index ?? focusIndex.value);
    if (index !== null && !focused.value) await need(index, index);
  }

  const positionOf = async (id: number): Promise<number | null> =>
    (await lab().call('items.position', { ...list(), id })).index;

  /** Goes to an item if the filter lets it through. */
  async function reveal(id: number): Promise<void> {
    const index = await positionOf(id);
    if (index === null) return;
    await need(index, index);
    attend(index);
    anchor = focusIndex.value;
  }

  async function setFilter(next: ItemFilter): Promise<void> {
    filter.value = next;
    await restart();
  }

  async function setOrder(next: ItemOrder): Promise<void> {
    order.value = next;
    await restart();
  }

  /** What is shown of items has changed: what is held stays on view until it is read again. */
  function reread(): void {
    revision.value++;
    pages.value.expire();
  }

  function clear(): void {
    filter.value = {};
    order.value = 'path';
    begin();
  }

  const idsBetween = (first: number, last: number): Promise<number[]> =>
    lab().call('items.ids', { ...list(), first, last });

  /** Selects one item, adds or removes it (`toggle`), or everything from the last one to here (`range`). */
  async function select(index: number, how: 'one' | 'toggle' | 'range'): Promise<void> {
    attend(index);
    const item = focused.value;
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

  /** Goes to a position without selecting more: what is selected alone goes along. */
  async function moveTo(index: number): Promise<void> {
    if (selected.value.size <= 1) await select(index, 'one');
    else attend(index);
  }

  /** Selects what a rubber band touches, on top of `keep`; whatever of it is not held is read. */
  async function selectIndexes(indexes: readonly number[], keep: ReadonlySet<number>): Promise<void> {
    const turn = ++bandTurn;
    const next = new Set(keep);
    const missing: number[] = [];
    for (const index of indexes) {
      const item = pages.value.at(index);
      if (item) next.add(item.id);
      else missing.push(index);
    }
    selected.value = next;
    if (missing.length === 0) return;
    const first = missing[0]!;
    const ids = await idsBetween(first, missing.at(-1)!);
    if (turn === bandTurn)
      selected.value = new Set([...next, ...missing.map((index) => ids[index - first]!)]);
  }

  async function selectAll(): Promise<void> {
    if (total.value > 0) selected.value = new Set(await idsBetween(0, total.value - 1));
  }

  function selectNone(): void {
    selected.value = new Set();
  }

  /** Shows an edit at once and makes it; when it fails, the list is read as it is. */
  async function edit(
    ids: number[],
    change: ItemChange,
    make: () => Promise<{ changed: number; project: Project }>,
  ): Promise<number> {
    const edited = new Set(ids);
    pages.value.patch(edited, change);
    if (leaves(filter.value, change)) {
      selected.value = new Set([...selected.value].filter((id) => !edited.has(id)));
      if (focused.value && edited.has(focused.value.id)) focused.value = undefined;
      pages.value.remove(edited);
      attend(focusIndex.value);
    }
    try {
      const result = await make();
      project.current = result.project;
      return result.changed;
    } catch (error) {
      pages.value.expire();
      void need(focusIndex.value, focusIndex.value);
      throw error;
    }
  }

  const label = (ids: number[], classId: number | null): Promise<number> =>
    edit(ids, { classId }, () => lab().call('items.label', { ids, classId }));
  const setSplit = (ids: number[], split: Split | null): Promise<number> =>
    edit(ids, { split }, () => lab().call('items.setSplit', { ids, split }));
  const exclude = (ids: number[], excluded: boolean): Promise<number> =>
    edit(ids, { excluded }, () => lab().call('items.exclude', { ids, excluded }));

  /** Labels the focused item and shows the next one at once, which stands in its place when it leaves the list. */
  async function labelAndAdvance(classId: number | null): Promise<number> {
    const item = focused.value;
    if (!item) return 0;
    const made = label([item.id], classId);
    const next = leaves(filter.value, { classId }) ? focusIndex.value : focusIndex.value + 1;
    await moveTo(next);
    return made;
  }

  async function resplit(request: Params<'items.resplit'>): Promise<number> {
    const { changed, project: next } = await lab().call('items.resplit', request);
    project.current = next;
    return changed;
  }

  /** Takes back the last edit or makes it again, and goes to what it was about. */
  async function step(direction: 'undo' | 'redo'): Promise<EditDone> {
    const result = await lab().call(direction === 'undo' ? 'items.undo' : 'items.redo', {});
    project.current = result.project;
    if (result.item !== null) await reveal(result.item);
    return result;
  }

  async function startImport(path: string, options: Omit<Params<'items.import'>, 'path'>): Promise<string> {
    return (await lab().call('items.import', { path, ...options })).job;
  }

  function listen(): void {
    lab().on('items.changed', reread);
  }

  return {
    filter,
    order,
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
    setOrder,
    reread,
    clear,
    select,
    moveTo,
    reveal,
    labelAndAdvance,
    selectIndexes,
    selectAll,
    selectNone,
    label,
    setSplit,
    exclude,
    resplit,
    step,
    startImport,
    listen,
  };
});
