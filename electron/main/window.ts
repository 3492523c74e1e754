import { BrowserWindow, nativeTheme, screen } from 'electron';
import { HOME_PAGE } from './origin.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

const DEFAULT_SIZE = { width: 1440, height: 900 };
const MINIMUM = { minWidth: 900, minHeight: 600 };
/** Backgrounds of the two themes, so that the window does not flash before the page is drawn. */
const background = { dark: '#16181d', light: '#fafbfc' };

/** Opens the window. `preload` and `stateFile` are paths. */
export function openWindow(preload: string, stateFile: string): BrowserWindow {
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const state = readWindowState(stateFile, screens);
  const window = new BrowserWindow({
    ...(state ?? DEFAULT_SIZE),
    ...MINIMUM,
    show: false,
    title: 'Graft',
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  void window.loadURL(HOME_PAGE);
  return window;
}
