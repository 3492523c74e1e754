import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { join } from 'node:path';
import type { LabClient, Settings } from '../../shared/contract/index.ts';
import { createContent } from '../hosts/content/content.ts';
import { openLab } from '../hosts/open-lab.ts';
import { appRoot, dataDir, rendererDir } from '../hosts/places.ts';
import { pickWithDialog } from './dialogs.ts';
import { startUtilityEngine } from './engine-process.ts';
import { answerCalls, forwardEvents } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import { serveContent } from './protocol.ts';
import { printPdf } from './print-pdf.ts';
import { guardQuit } from './quit.ts';
import { confineSession } from './security.ts';
import { openWindow } from './window.ts';
import { wordsFor } from './words.ts';
import type { Words } from './words.ts';

const preload = join(appRoot, 'out', 'preload', 'index.cjs');
const stateFile = join(dataDir(), 'window.json');

/** Opens the lab and its one window, and keeps them together until the program ends. */
export async function startShell(): Promise<void> {
  let words = wordsFor(null, app.getLocale());
  let window: BrowserWindow | null = null;
  const lab = openLab({
    host: 'electron',
    start: startUtilityEngine(utilityProcess.fork),
    printPdf: (html, pdf) => printPdf((options) => new BrowserWindow(options), html, pdf),
    pick: async (request) => (window ? await pickWithDialog(dialog, window, words, request) : []),
  });
  const speak = ({ language }: Settings): void => {
    words = wordsFor(language, app.getLocale());
    setMenu(words);
  };
  speak(await lab.call('app.settings', {}));

  const show = (): void => {
    if (window) return bringToFront(window);
    window = openWindow(preload, stateFile);
    forwardEvents(lab, window.webContents);
    window.on('closed', () => (window = null));
    window.on('close', (event) => {
      // Elsewhere than on macOS the last window is the program: the quit guard decides.
      if (process.platform === 'darwin' || quitGuard.closed()) return;
      event.preventDefault();
      app.quit();
    });
  };
  const quitGuard = guardQuit(app, dialog, { lab, window: () => window, words: () => words });

  confineSession(session.defaultSession);
  serveContent(protocol, createContent(rendererDir, lab));
  answerCalls(ipcMain, followSettings(lab, speak));
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  show();
}

/** The menu speaks the language of the window: a change of settings passes by here. */
function followSettings(lab: LabClient, changed: (settings: Settings) => void): LabClient {
  return {
    on: lab.on.bind(lab),
    async call(method, params) {
      const result = await lab.call(method, params);
      if (method === 'app.setSettings') changed(result as Settings);
      return result;
    },
  };
}

function setMenu(words: Words): void {
  const template = menuTemplate(words, process.platform, {
    showDataFolder: () => void shell.openPath(dataDir()),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}
