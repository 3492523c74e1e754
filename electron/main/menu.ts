import type { MenuItemConstructorOptions } from 'electron';
import type { Words } from './words.ts';

export interface MenuActions {
  showDataFolder(): void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The menu bar, by the conventions of each platform. */
export function menuTemplate(
  words: Words,
  platform: NodeJS.Platform,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const about: MenuItemConstructorOptions = { role: 'about', label: words.about };
  const quit: MenuItemConstructorOptions = { role: 'quit', label: words.quit };
  const dataFolder: MenuItemConstructorOptions = { label: words.dataFolder, click: actions.showDataFolder };
  return [
    ...(mac ? [appMenu(words, about, quit)] : []),
    {
      label: words.file,
      submenu: mac ? [dataFolder, separator, closeItem(words)] : [dataFolder, separator, quit],
    },
    editMenu(words),
    viewMenu(words),
    {
      label: words.window,
      role: 'window',
      submenu: [
        { role: 'minimize', label: words.minimize },
        mac ? { role: 'zoom', label: words.zoom } : closeItem(words),
      ],
    },
    ...(mac ? [] : [helpMenu(words, about)]),
  ];
}

function helpMenu(words: Words, about: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return { label: words.help, role: 'help', submenu: [about] };
}

function closeItem(words: Words): MenuItemConstructorOptions {
  return { role: 'close', label: words.closeWindow };
}

function appMenu(
  words: Words,
  about: MenuItemConstructorOptions,
  quit: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    label: 'Graft',
    submenu: [
      about,
      separator,
      { role: 'services', label: words.services },
      separator,
      { role: 'hide', label: words.hide },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.showAll },
      separator,
      quit,
    ],
  };
}

function editMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.edit,
    submenu: [
      { role: 'undo', label: words.undo },
      { role: 'redo', label: words.redo },
      separator,
      { role: 'cut', label: words.cut },
      { role: 'copy', label: words.copy },
      { role: 'paste', label: words.paste },
      { role: 'selectAll', label: words.selectAll },
    ],
  };
}

function viewMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.view,
    submenu: [
      { role: 'reload', label: words.reload },
      { role: 'toggleDevTools', label: words.developerTools },
      separator,
      { role: 'resetZoom', label: words.actualSize },
      { role: 'zoomIn', label: words.zoomIn },
      { role: 'zoomOut', label: words.zoomOut },
      separator,
      { role: 'togglefullscreen', label: words.fullScreen },
    ],
  };
}
