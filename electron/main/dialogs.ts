import type { BrowserWindow, Dialog, OpenDialogOptions } from 'electron';
import type { ParsedParams } from '../../shared/contract/index.ts';
import type { Words } from './words.ts';

type PickRequest = ParsedParams<'app.pick'>;

const properties: Record<'folder' | 'files', NonNullable<OpenDialogOptions['properties']>> = {
  folder: ['openDirectory', 'createDirectory'],
  files: ['openFile', 'multiSelections'],
};

/** Asks for files, a folder or a place to save with the system's own dialog. No paths when cancelled. */
export async function pickWithDialog(
  dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>,
  window: BrowserWindow,
  words: Words,
  { kind, title, extensions, suggestedName }: PickRequest,
): Promise<string[]> {
  const filters = extensions.length > 0 ? [{ name: words.files, extensions }] : [];
  if (kind === 'save') {
    const { filePath, canceled } = await dialog.showSaveDialog(window, {
      title,
      filters,
      defaultPath: suggestedName,
    });
    return canceled ? [] : [filePath];
  }
  const picked = await dialog.showOpenDialog(window, { title, filters, properties: properties[kind] });
  return picked.canceled ? [] : picked.filePaths;
}
