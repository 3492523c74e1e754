import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef, watch } from 'vue';
import { z } from 'zod';
import { runGroupings } from '../../../shared/contract/runs/experiments.ts';
import type {
  RunFacets,
  RunFilter,
  RunGrouping,
  RunLine,
  RunLoss,
  RunOrder,
  RunTableRow,
} from '../../../shared/contract/index.ts';
import { runColumnSchema, usualColumns, type RunColumn } from '../../../shared/run-columns.ts';
import { lab } from '../../bridge.ts';
import { ItemPages } from '../data/item-pages.ts';

const storageKey = 'graft.experiments';
/** Changes that come in a row (a run that ends, its evaluation) are read once. */
const settleMs = 120;

const rememberedSchema = z.object({
  columns: z
    .array(runColumnSchema)
    .min(1)
    .catch([...usualColumns]),
  bundle: z.enum(runGroupings).nullable().catch(null),
  order: z
    .object({ column: runColumnSchema, ascending: z.boolean() })
    .catch({ column: 'number', ascending: false }),
});

function remembered(): z.output<typeof rememberedSchema> {
  try {
    return rememberedSchema.parse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'));
  } catch {
    return rememberedSchema.parse({});
  }
}

/** What a person says about runs; what is left out stays as it is. */
interface Edit {
  starred?: boolean;
  archived?: boolean;
  notes?: string;
  addTags?: string[];
  removeTags?: string[];
}

/** The table of every run of the project: what it shows, a window of it, and what a person says about runs. */
export const useExperiments = defineStore('experiments', () => {
  const start = remembered();
  const filter = ref<RunFilter>({ archived: false });
  const order = ref<RunOrder>(start.order);
  const columns = ref<RunColumn[]>(start.columns);
  const bundle = ref<RunGrouping | null>(start.bundle);
  const open = ref<string[]>([]);
  const total = ref(0);
  /** Runs that fit the filter, however many rows they make. */
  const runCount = ref(0);
  /** Counts up when what is on view must be asked for again. */
  const revision = ref(0);
  const loaded = ref(false);
  const facets = shallowRef<RunFacets | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const pages = shallowRef(
    new ItemPages<RunTableRow>(
      async (offset, limit) => {
        const found = await lab().call('experiments.list', {
          filter: filter.value,
          order: order.value,
          columns: columns.value,
          bundle: bundle.value,
          open: open.value,
          offset,
          limit,
        });
        runCount.value = found.runs;
        return found;
      },
      () => {
        total.value = pages.value.total;
        triggerRef(pages);
      },
    ),
  );

  const isFiltered = computed(() => {
    const { archived, ...rest } = filter.value;
    return archived || Object.values(rest).some((value) => value !== undefined && value !== '');
  });

  async function need(first: number, last: number): Promise<void> {
    await pages.value.need(first, last);
    loaded.value = true;
  }

  const rowAt = (index: number): RunTableRow | undefined => pages.value.at(index);

  /** Another list begins. */
  function restart(): void {
    pages.value.reset();
    revision.value++;
  }

  function setFilter(part: Partial<RunFilter>): void {
    filter.value = { ...filter.value, ...part };
    restart();
  }

  function clearFilter(): void {
    filter.value = { archived: false };
    restart();
  }

  function sort(column: RunColumn, ascendingFirst: boolean): void {
    const same = order.value.column === column;
    order.value = { column, ascending: same ? !order.value.ascending : ascendingFirst };
    restart();
  }

  function setColumns(next: RunColumn[]): void {
    columns.value = next;
    restart();
  }

  function setBundle(next: RunGrouping | null): void {
    bundle.value = next;
    open.value = [];
    restart();
  }

  function toggleOpen(key: string): void {
    open.value = open.value.includes(key) ? open.value.filter((one) => one !== key) : [...open.value, key];
    expire();
  }

  /** What is on view stays until it has been read again. */
  function expire(): void {
    pages.value.expire();
    revision.value++;
  }

  async function loadFacets(): Promise<void> {
    facets.value = await lab().call('experiments.facets', {});
  }

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!loaded.value) return;
      expire();
      void loadFacets();
    }, settleMs);
  }

  const edit = (ids: string[], change: Edit): Promise<null> =>
    lab().call('experiments.edit', { ids, ...change });
  const notesOf = async (id: string): Promise<string> =>
    (await lab().call('experiments.notes', { id })).notes;
  const allIds = (): Promise<string[]> =>
    lab().call('experiments.ids', { filter: filter.value, order: order.value });
  const drawn = (wanted: RunColumn[]): Promise<{ total: number; runs: RunLine[] }> =>
    lab().call('experiments.drawn', { filter: filter.value, order: order.value, columns: wanted });
  const loss = (ids: string[]): Promise<RunLoss> => lab().call('experiments.loss', { ids });

  function clear(): void {
    filter.value = { archived: false };
    open.value = [];
    loaded.value = false;
    facets.value = null;
    pages.value.reset();
  }

  function listen(): void {
    lab().on('run.changed', changed);
    lab().on('runs.changed', changed);
    lab().on('run.epoch', changed);
  }

  watch([columns, bundle, order], () => {
    const kept = { columns: columns.value, bundle: bundle.value, order: order.value };
    localStorage.setItem(storageKey, JSON.stringify(kept));
  });

  return {
    filter,
    order,
    columns,
    bundle,
    open,
    total,
    runCount,
    revision,
    loaded,
    facets,
    pages,
    isFiltered,
    need,
    rowAt,
    setFilter,
    clearFilter,
    sort,
    setColumns,
    setBundle,
    toggleOpen,
    loadFacets,
    edit,
    notesOf,
    allIds,
    drawn,
    loss,
    clear,
    listen,
  };
});
