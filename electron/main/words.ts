import type { Language } from '../../shared/errors.ts';

/** The few words the shell itself says: menu, dialogs. The window has its own. */
const en = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  about: 'About Graft',
  services: 'Services',
  hide: 'Hide Graft',
  hideOthers: 'Hide Others',
  showAll: 'Show All',
  quit: 'Quit Graft',
  closeWindow: 'Close Window',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  reload: 'Reload',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  developerTools: 'Developer Tools',
  minimize: 'Minimize',
  zoom: 'Zoom',
  dataFolder: 'Show Data Folder',
  files: 'Files',
  trainingTitle: 'A training is running',
  trainingDetail:
    'Quitting interrupts it. Everything up to its last checkpoint is kept, and it can be resumed.',
  keepTraining: 'Keep Training',
  quitAnyway: 'Quit',
  cannotStart: 'Graft could not start',
};
export type Words = typeof en;

const zh: Words = {
  file: '文件',
  edit: '编辑',
  view: '视图',
  window: '窗口',
  help: '帮助',
  about: '关于 Graft',
  services: '服务',
  hide: '隐藏 Graft',
  hideOthers: '隐藏其他',
  showAll: '全部显示',
  quit: '退出 Graft',
  closeWindow: '关闭窗口',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  reload: '重新加载',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  developerTools: '开发者工具',
  minimize: '最小化',
  zoom: '缩放',
  dataFolder: '显示数据文件夹',
  files: '文件',
  trainingTitle: '正在训练',
  trainingDetail: '退出将中断训练。最后一个检查点之前的内容都会保留，之后可以继续。',
  keepTraining: '继续训练',
  quitAnyway: '退出',
  cannotStart: 'Graft 无法启动',
};

const words: Record<Language, Words> = { en, zh };

/** `chosen` is the user's setting; null follows the system's locale, e.g. `zh-CN`. */
export function wordsFor(chosen: Language | null, locale: string): Words {
  return words[chosen ?? (locale.toLowerCase().startsWith('zh') ? 'zh' : 'en')];
}
