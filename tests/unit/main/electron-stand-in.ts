import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type {
  App,
  BrowserWindow as ElectronWindow,
  BrowserWindowConstructorOptions,
  CustomScheme,
  Dialog,
  IpcMain,
  Menu as ElectronMenu,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  NativeTheme,
  Protocol,
  Screen,
  Session,
  Shell,
  UtilityProcess,
  WebContents,
} from 'electron';

/**
 * A stand-in for the few Electron APIs the shell uses, for machines that cannot run Electron. It records
 * what it is told and lets a test play Electron's part; its types are Electron's own. It is no proof that
 * Electron behaves so: that is tests/e2e/electron.spec.ts, wherever the binary is.
 */
export const recorded = {
  schemes: [] as CustomScheme[],
  sandboxEnabled: false,
  quits: 0,
  exitCode: null as number | null,
  errorBoxes: [] as string[],
  messageBoxes: [] as MessageBoxOptions[],
  openedOutside: [] as string[],
  menus: [] as MenuItemConstructorOptions[][],
  windows: [] as StandInWindow[],
  ipc: new Map<string, Parameters<IpcMain['handle']>[1]>(),
  protocols: new Map<string, (request: Request) => Response | Promise<Response>>(),
  session: {} as {
    permissionRequest: Parameters<Session['setPermissionRequestHandler']>[0];
    permissionCheck: Parameters<Session['setPermissionCheckHandler']>[0];
    beforeRequest: (details: { url: string }, decide: (answer: { cancel?: boolean }) => void) => void;
  },
};

/** What the stand-in answers where Electron would ask the person or the system. */
export const answers = {
  firstInstance: true,
  messageBox: 0,
  locale: 'en-US',
  openDialog: { canceled: false, filePaths: ['/picked'] },
  saveDialog: { canceled: false, filePath: '/saved.onnx' },
};

const appEvents = new EventEmitter();

export const app = {
  requestSingleInstanceLock: () => answers.firstInstance,
  enableSandbox: () => void (recorded.sandboxEnabled = true),
  whenReady: () => Promise.resolve(),
  getLocale: () => answers.locale,
  on: appEvents.on.bind(appEvents) as unknown as App['on'],
  emit: appEvents.emit.bind(appEvents),
  quit() {
    recorded.quits++;
    appEvents.emit('before-quit', { preventDefault: () => undefined });
  },
  exit: (code?: number) => void (recorded.exitCode = code ?? 0),
} satisfies Pick<
  App,
  'requestSingleInstanceLock' | 'enableSandbox' | 'whenReady' | 'getLocale' | 'on' | 'quit' | 'exit' | 'emit'
>;

export const dialog = {
  showErrorBox: (_title, content) => void recorded.errorBoxes.push(content),
  showMessageBox: ((first: MessageBoxOptions | ElectronWindow, second?: MessageBoxOptions) => {
    recorded.messageBoxes.push(second ?? (first as MessageBoxOptions));
    return Promise.resolve({ response: answers.messageBox, checkboxChecked: false });
  }) as Dialog['showMessageBox'],
  showOpenDialog: (() => Promise.resolve(answers.openDialog)) as unknown as Dialog['showOpenDialog'],
  showSaveDialog: (() => Promise.resolve(answers.saveDialog)) as unknown as Dialog['showSaveDialog'],
} satisfies Pick<Dialog, 'showErrorBox' | 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog'>;

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => void recorded.schemes.push(...schemes),
  handle: (scheme, handler) => void recorded.protocols.set(scheme, handler as (request: Request) => Response),
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

export const ipcMain = {
  handle: (channel, listener) => void recorded.ipc.set(channel, listener),
} satisfies Pick<IpcMain, 'handle'>;

export const shell = {
  openExternal: (url) => {
    recorded.openedOutside.push(url);
    return Promise.resolve();
  },
  openPath: (path) => {
    recorded.openedOutside.push(path);
    return Promise.resolve('');
  },
} satisfies Pick<Shell, 'openExternal' | 'openPath'>;

export const Menu = {
  buildFromTemplate: (template) => {
    recorded.menus.push(template as MenuItemConstructorOptions[]);
    return {} as ElectronMenu;
  },
  setApplicationMenu: () => undefined,
} satisfies Pick<typeof ElectronMenu, 'buildFromTemplate' | 'setApplicationMenu'>;

export const nativeTheme = { shouldUseDarkColors: true } satisfies Pick<NativeTheme, 'shouldUseDarkColors'>;

const area = { x: 0, y: 0, width: 1920, height: 1040 };
export const screen = {
  getAllDisplays: () => [{ workArea: area }] as ReturnType<Screen['getAllDisplays']>,
} satisfies Pick<Screen, 'getAllDisplays'>;

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler) => void (recorded.session.permissionRequest = handler),
    setPermissionCheckHandler: (handler) => void (recorded.session.permissionCheck = handler),
    setDevicePermissionHandler: () => undefined,
    setSpellCheckerEnabled: () => undefined,
    webRequest: {
      onBeforeRequest: ((listener: typeof recorded.session.beforeRequest) =>
        void (recorded.session.beforeRequest = listener)) as Session['webRequest']['onBeforeRequest'],
    } as Session['webRequest'],
  } satisfies Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setSpellCheckerEnabled'
    | 'webRequest'
  >,
};

/** A real process behind Electron's interface: the engine under test is the engine. */
export const utilityProcess = {
  fork(entry: string, args: string[] = []): UtilityProcess {
    const child = fork(entry, args, {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    return Object.assign(child as unknown as UtilityProcess, {
      postMessage: (message: unknown) => void (child.connected && child.send(message as object)),
    });
  },
};

export class StandInContents extends EventEmitter {
  readonly mainFrame = { url: 'app://graft/' };
  readonly sent: unknown[][] = [];
  windowOpenHandler: Parameters<WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });
  isDestroyed = (): boolean => false;
  send = (...message: unknown[]): void => void this.sent.push(message);
  setWindowOpenHandler(handler: typeof this.windowOpenHandler): void {
    this.windowOpenHandler = handler;
  }
}

export class StandInWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new StandInContents();
  loaded = '';
  focused = 0;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    recorded.windows.push(this);
    appEvents.emit('web-contents-created', {}, this.webContents);
  }

  loadURL = (url: string): Promise<void> => Promise.resolve(void (this.loaded = url));
  getNormalBounds = () => ({ x: 10, y: 20, width: 1200, height: 800 });
  isMaximized = (): boolean => false;
  isMinimized = (): boolean => false;
  maximize = (): void => undefined;
  restore = (): void => undefined;
  show = (): void => undefined;
  focus = (): void => void this.focused++;
}

export { StandInWindow as BrowserWindow };
