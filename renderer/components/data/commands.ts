import { offerCommands, type Command } from '../../stores/window/commands.ts';
import { useItems } from '../../stores/items.ts';
import { useProject } from '../../stores/project.ts';
import { useEdits } from './edits.ts';
import { useImport } from './import.ts';

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];

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

/** The keys and palette entries of the images. Moving about in the grid is the grid's own. */
export function useGridCommands(): void {
  const items = useItems();
  const project = useProject();
  const edits = useEdits();

  /** With one item at hand, labelling goes on to the next: a folder is labelled with digits alone. */
  async function labelDigit(digit: number): Promise<void> {
    const entry = project.classes[digit - 1];
    if (!entry) return;
    const single = items.selected.size <= 1;
    await edits.label(entry.id);
    if (single && items.focusIndex < items.total - 1) await items.select(items.focusIndex + 1, 'one');
  }

  const labelKeys: Command[] = digits.map((digit) => ({
    id: `data.label${digit}`,
    label: 'data.labelAs',
    keys: String(digit),
    helpKeys: digit === 1 ? '1–9' : '',
    inPalette: false,
    run: () => void labelDigit(digit),
  }));

  offerCommands('data.images', [
    { id: 'data.all', label: 'data.selectAll', keys: 'Ctrl+A', run: () => void items.selectAll() },
    { id: 'data.none', label: 'data.selectNone', keys: 'Escape', run: () => items.selectNone() },
    ...labelKeys,
    { id: 'data.unlabel', label: 'data.removeLabel', keys: '0', run: () => void edits.label(null) },
    { id: 'data.exclude', label: 'data.excludeSelected', keys: 'E', run: () => void edits.exclude(true) },
    {
      id: 'data.include',
      label: 'data.includeSelected',
      keys: 'Shift+E',
      run: () => void edits.exclude(false),
    },
    { id: 'data.train', label: 'data.toTrain', keys: 'T', run: () => void edits.setSplit('train') },
    {
      id: 'data.validation',
      label: 'data.toValidation',
      keys: 'V',
      run: () => void edits.setSplit('validation'),
    },
    { id: 'data.test', label: 'data.toTest', keys: 'S', run: () => void edits.setSplit('test') },
    {
      id: 'data.move',
      label: 'data.moveFocus',
      helpKeys: '← ↑ ↓ →',
      inPalette: false,
      run: () => undefined,
    },
    {
      id: 'data.extend',
      label: 'data.extend',
      helpKeys: 'Shift ← ↑ ↓ →',
      inPalette: false,
      run: () => undefined,
    },
    { id: 'data.toggle', label: 'data.toggle', helpKeys: 'Space', inPalette: false, run: () => undefined },
    {
      id: 'data.find',
      label: 'data.find',
      keys: '/',
      run: () => document.querySelector<HTMLInputElement>('[data-find] input')?.focus(),
    },
  ]);
}
