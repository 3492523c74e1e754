import { useI18n } from 'vue-i18n';
import type { Params, Split } from '../../../shared/contract/index.ts';
import { useItems } from '../../stores/data/items.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { useProject } from '../../stores/project.ts';
import { editKey } from '../../words.ts';

export interface Edits {
  /** What an edit applies to: the selection, or else the focused item. */
  targets(): number[];
  label(classId: number | null): Promise<void>;
  /** Labels the focused item and goes on to the next. */
  labelAndAdvance(classId: number): Promise<void>;
  setSplit(split: Split | null): Promise<void>;
  exclude(excluded: boolean): Promise<void>;
  resplit(request: Params<'items.resplit'>): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
}

/**
 * Edits of the selected items, each told in the notice bar with its undo. `onlyFocused` where one item alone is on
 * view, whatever is selected.
 */
export function useEdits({ onlyFocused = false } = {}): Edits {
  const items = useItems();
  const project = useProject();
  const notices = useNotices();
  const { t } = useI18n();

  function targets(): number[] {
    if (!onlyFocused && items.selected.size > 0) return [...items.selected];
    return items.focused ? [items.focused.id] : [];
  }

  async function step(direction: 'undo' | 'redo'): Promise<void> {
    const result = await notices.attempt(() => items.step(direction));
    if (!result) return;
    if (!result.done) return notices.show(t(`data.${direction}Nothing`));
    const action = t(editKey(result.action));
    notices.show(t(`data.${direction}Done`, { action, n: result.changed }, result.changed));
  }

  async function edit(
    work: (ids: number[]) => Promise<number>,
    tell: (n: number) => string,
    ids = targets(),
  ): Promise<void> {
    if (ids.length === 0) return notices.show(t('data.nothingSelected'));
    const changed = await notices.attempt(() => work(ids));
    if (changed === undefined) return;
    notices.show(tell(changed), { label: t('words.undo'), run: () => void step('undo') });
  }

  const nameOf = (classId: number | null): string =>
    classId === null ? t('data.unlabelled') : (project.classById.get(classId)?.name ?? '');

  return {
    targets,
    label: (classId) =>
      edit(
        (ids) => items.label(ids, classId),
        (n) => t('data.labelled', { n, name: nameOf(classId) }, n),
      ),
    labelAndAdvance: (classId) =>
      edit(
        () => items.labelAndAdvance(classId),
        (n) => t('data.labelled', { n, name: nameOf(classId) }, n),
        items.focused ? [items.focused.id] : [],
      ),
    setSplit: (split) =>
      edit(
        (ids) => items.setSplit(ids, split),
        (n) => t('data.moved', { n, split: t(`terms.split.${split ?? 'none'}`) }, n),
      ),
    exclude: (excluded) =>
      edit(
        (ids) => items.exclude(ids, excluded),
        (n) => t(excluded ? 'data.excluded' : 'data.included', { n }, n),
      ),
    async resplit(request) {
      const changed = await notices.attempt(() => items.resplit(request));
      if (changed === undefined) return;
      const undo = { label: t('words.undo'), run: () => void step('undo') };
      notices.show(t('data.resplitDone', { n: changed }, changed), undo);
    },
    undo: () => step('undo'),
    redo: () => step('redo'),
  };
}
