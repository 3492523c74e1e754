import { useI18n } from 'vue-i18n';
import type { ItemFilter } from '../../../shared/contract/index.ts';
import { useItems } from '../../stores/data/items.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { useSuggestions } from '../../stores/data/suggestions.ts';
import { useEdits } from '../data/edits.ts';

export interface Accepting {
  /** Labels the focused item as suggested and goes on to the next, or all selected ones. */
  accept(): Promise<void>;
  /** Labels everything that the filter shows. */
  acceptFiltered(): Promise<void>;
}

/** Accepting suggestions, told in the notice bar with its undo. Items that have a label keep it. */
export function useAccepting(): Accepting {
  const items = useItems();
  const suggestions = useSuggestions();
  const edits = useEdits();
  const notices = useNotices();
  const { t } = useI18n();

  async function acceptMany(wanted: { ids: number[] } | { filter: ItemFilter }): Promise<void> {
    const changed = await notices.attempt(() => suggestions.accept(wanted));
    if (changed === undefined) return;
    const undo = { label: t('words.undo'), run: () => void edits.undo() };
    notices.show(t('suggestions.accepted', { n: changed }, changed), undo);
  }

  return {
    async accept() {
      if (items.selected.size > 1) return acceptMany({ ids: [...items.selected] });
      const item = items.focused;
      if (!item?.suggestion || item.classId !== null) return notices.show(t('suggestions.none'));
      await edits.labelAndAdvance(item.suggestion.classId);
    },
    acceptFiltered: () => acceptMany({ filter: items.filter }),
  };
}
