import { nextTick, ref, type Ref } from 'vue';
import { useClasses } from '../../stores/data/classes.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { useProject } from '../../stores/project.ts';

export interface ClassOrder {
  /** Where what is dragged would go; null while nothing is. */
  target: Ref<number | null>;
  take(index: number): void;
  over(index: number): void;
  drop(): void;
  /** Moves a class by keyboard; its handle keeps the focus. */
  move(index: number, by: -1 | 1): Promise<void>;
}

/** Putting classes in another order, by dragging or by keyboard. */
export function useClassOrder(): ClassOrder {
  const project = useProject();
  const classes = useClasses();
  const notices = useNotices();
  const target = ref<number | null>(null);
  let taken: number | null = null;

  async function put(from: number, to: number): Promise<void> {
    const ids = project.classes.map(({ id }) => id);
    if (from === to || to < 0 || to >= ids.length) return;
    const [id] = ids.splice(from, 1);
    if (id === undefined) return;
    ids.splice(to, 0, id);
    await notices.attempt(() => classes.arrange(ids));
    await nextTick();
    document.querySelector<HTMLElement>(`[data-class-handle="${id}"]`)?.focus();
  }

  return {
    target,
    take: (index) => (taken = index),
    over: (index) => (target.value = taken === null ? null : index),
    drop() {
      if (taken !== null && target.value !== null) void put(taken, target.value);
      taken = null;
      target.value = null;
    },
    move: (index, by) => put(index, index + by),
  };
}
