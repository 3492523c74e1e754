import { useRouter } from 'vue-router';
import type { ClassInfo } from '../../../shared/contract/index.ts';
import { offerCommands, type Command } from '../../stores/window/commands.ts';
import { useItems } from '../../stores/data/items.ts';
import { useProject } from '../../stores/project.ts';
import { useAccepting } from '../suggestions/accepting.ts';
import { classCommands } from './class-commands.ts';
import { useEdits, type Edits } from './edits.ts';
import { useImport } from '../sources/import.ts';
import { screenKeys } from './screen-keys.ts';

/** What can be done anywhere on the Data screen. */
export function useDataCommands(): void {
  const edits = useEdits();
  const importing = useImport();
  offerCommands('steps.data', [
    {
      id: 'data.importFolder',
      label: 'data.importFolder',
      keys: 'Ctrl+I',
      run: () => void importing.choose('folder'),
    },
    { id: 'data.importFile', label: 'data.importFile', run: () => void importing.choose('file') },
    { id: 'data.undo', label: 'words.undo', keys: 'Ctrl+Z', run: () => void edits.undo() },
    { id: 'data.redo', label: 'words.redo', keys: 'Ctrl+Shift+Z', run: () => void edits.redo() },
  ]);
}

/** Leaving out and moving to a split: the same in the grid and one at a time. */
export function sortingCommands(edits: Edits): Command[] {
  const { exclude, train, validation, test } = screenKeys;
  return [
    { id: 'data.exclude', label: exclude.label, keys: exclude.key, run: () => void edits.exclude(true) },
    {
      id: 'data.include',
      label: 'data.includeSelected',
      keys: `Shift+${exclude.key}`,
      run: () => void edits.exclude(false),
    },
    { id: 'data.train', label: train.label, keys: train.key, run: () => void edits.setSplit('train') },
    {
      id: 'data.validation',
      label: validation.label,
      keys: validation.key,
      run: () => void edits.setSplit('validation'),
    },
    { id: 'data.test', label: test.label, keys: test.key, run: () => void edits.setSplit('test') },
  ];
}

/** A line of the help for keys that another part of the screen listens to. */
const toldKeys = (told: { id: string; label: string; helpKeys: string }): Command => ({
  ...told,
  inPalette: false,
  run: () => undefined,
});

/** The keys and palette entries of the images. Moving about in the grid is the grid's own. */
export function useGridCommands(): void {
  const items = useItems();
  const project = useProject();
  const edits = useEdits();
  const router = useRouter();
  const accepting = useAccepting();

  /** With one item at hand, labelling goes on to the next: a folder is labelled with digits alone. */
  async function labelAs(classId: ClassInfo['id']): Promise<void> {
    if (items.selected.size > 1) await edits.label(classId);
    else await edits.labelAndAdvance(classId);
  }

  offerCommands('data.images', () => [
    { id: 'data.all', label: 'data.selectAll', keys: 'Ctrl+A', run: () => void items.selectAll() },
    { id: 'data.none', label: 'data.selectNone', keys: 'Escape', run: () => items.selectNone() },
    {
      id: 'data.one',
      label: screenKeys.one.label,
      keys: screenKeys.one.key,
      run: () => void router.push('/data?view=one'),
    },
    ...classCommands(project.classes, (classId) => void labelAs(classId)),
    {
      id: 'data.accept',
      label: 'suggestions.accept',
      keys: 'Enter',
      run: () => void accepting.accept(),
    },
    { id: 'data.unlabel', label: 'data.removeLabel', keys: '0', run: () => void edits.label(null) },
    ...sortingCommands(edits),
    toldKeys({ id: 'data.move', label: 'data.moveFocus', helpKeys: '← ↑ ↓ →' }),
    toldKeys({ id: 'data.extend', label: 'data.extend', helpKeys: 'Shift ← ↑ ↓ →' }),
    toldKeys({ id: 'data.toggle', label: 'data.toggle', helpKeys: 'Space' }),
    {
      id: 'data.find',
      label: 'data.find',
      keys: '/',
      run: () => document.querySelector<HTMLInputElement>('[data-find] input')?.focus(),
    },
  ]);
}
