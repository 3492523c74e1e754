import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { useItems } from '../../stores/data/items.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { useProject } from '../../stores/project.ts';
import { offerCommands, type Command } from '../../stores/window/commands.ts';
import { classCommands } from '../data/class-commands.ts';
import { sortingCommands } from '../data/commands.ts';
import { useEdits } from '../data/edits.ts';
import { screenKeys } from '../data/screen-keys.ts';

/** What was labelled last, to be told without a notice for every key. */
export interface Labelled {
  item: string;
  classId: number | null;
  name: string;
}

export interface OneCommands {
  last: Ref<Labelled | null>;
  /** Labels the picture on view and shows the next. */
  label(classId: number): Promise<void>;
  /** Takes the label of the picture on view away and stays with it where the filter lets it stay. */
  clear(): Promise<void>;
}

/** The keys of one picture at a time. */
export function useOneCommands(): OneCommands {
  const items = useItems();
  const project = useProject();
  const notices = useNotices();
  const edits = useEdits({ onlyFocused: true });
  const router = useRouter();
  const { t } = useI18n();
  const last = ref<Labelled | null>(null);

  async function change(classId: number | null, make: () => Promise<number>): Promise<void> {
    const item = items.focused;
    if (!item) return;
    notices.dismiss();
    const name = classId === null ? t('data.unlabelled') : (project.classById.get(classId)?.name ?? '');
    last.value = { item: item.name, classId, name };
    if ((await notices.attempt(make)) === undefined) last.value = null;
  }

  const label = (classId: number): Promise<void> => change(classId, () => items.labelAndAdvance(classId));
  const accept = async (): Promise<void> => {
    const { suggestion, classId } = items.focused ?? {};
    if (suggestion && classId === null) await label(suggestion.classId);
    else notices.show(t('suggestions.none'));
  };
  const clear = (): Promise<void> =>
    change(null, () => items.label(items.focused ? [items.focused.id] : [], null));

  const move = (keys: string, label: string, helpKeys: string | undefined, to: () => number): Command => ({
    id: `one.${keys}`,
    label,
    keys,
    helpKeys,
    inPalette: false,
    run: () => void items.moveTo(to()),
  });
  const back = (): void => void router.push('/data');

  offerCommands('label.title', () => [
    ...classCommands(project.classes, (classId) => void label(classId)),
    { id: 'one.accept', label: 'suggestions.accept', keys: 'Enter', run: () => void accept() },
    move('Space', 'label.skip', undefined, () => items.focusIndex + 1),
    move('ArrowRight', 'label.move', '← →', () => items.focusIndex + 1),
    move('ArrowLeft', 'label.move', '', () => items.focusIndex - 1),
    move('ArrowDown', 'label.move', '', () => items.focusIndex + 1),
    move('ArrowUp', 'label.move', '', () => items.focusIndex - 1),
    move('Home', 'label.ends', 'Home End', () => 0),
    move('End', 'label.ends', '', () => items.total - 1),
    {
      id: 'one.clear',
      label: 'data.removeLabel',
      keys: 'Backspace',
      helpKeys: '0 ⌫',
      run: () => void clear(),
    },
    {
      id: 'one.clear0',
      label: 'data.removeLabel',
      keys: '0',
      helpKeys: '',
      inPalette: false,
      run: () => void clear(),
    },
    ...sortingCommands(edits),
    { id: 'one.back', label: 'label.close', keys: screenKeys.one.key, run: back },
    { id: 'one.escape', label: 'label.close', keys: 'Escape', helpKeys: '', inPalette: false, run: back },
  ]);

  return { last, label, clear };
}
