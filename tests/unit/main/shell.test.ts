import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpcMainInvokeEvent, MenuItemConstructorOptions } from 'electron';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as places from '../../../electron/hosts/places.ts';
import { CALL } from '../../../electron/preload/ipc-names.ts';
import { answers, app, recorded } from './electron-stand-in.ts';
import type { StandInWindow } from './electron-stand-in.ts';

vi.mock('electron', () => import('./electron-stand-in.ts'));
vi.mock('../../../electron/hosts/places.ts', async (original) => ({
  ...(await original<typeof places>()),
  // The renderer need not be built for the shell to be wired right.
  rendererDir: join(import.meta.dirname, 'page'),
}));

const dataDir = mkdtempSync(join(tmpdir(), 'graft-shell-'));
const event = (url: string, main = true): IpcMainInvokeEvent => {
  const frame = { url };
  return { senderFrame: frame, sender: { mainFrame: main ? frame : {} } } as unknown as IpcMainInvokeEvent;
};
const call = (from: IpcMainInvokeEvent, method: string, params: unknown): unknown =>
  recorded.ipc.get(CALL)!(from, method, params);

let window: StandInWindow;

beforeAll(async () => {
  vi.stubEnv('GRAFT_DATA_DIR', dataDir);
  await import('../../../electron/main/index.ts');
  await vi.waitFor(() => expect(recorded.windows).toHaveLength(1), { timeout: 30_000 });
  window = recorded.windows[0]!;
});

afterAll(async () => {
  app.quit();
  await vi.waitFor(() => expect(recorded.quits).toBeGreaterThan(1), { timeout: 30_000 });
});

describe('the window', () => {
  it('is sandboxed, isolated and without Node', () => {
    expect(recorded.sandboxEnabled).toBe(true);
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    expect(window.options.webPreferences?.preload).toMatch(/out.preload.index\.cjs$/);
    expect(window.loaded).toBe('app://graft/');
  });

  it('may copy to the clipboard and nothing else', () => {
    const { permissionRequest, permissionCheck } = recorded.session;
    const asked: boolean[] = [];
    for (const permission of ['media', 'geolocation', 'clipboard-read', 'clipboard-sanitized-write'] as const)
      permissionRequest!(null as never, permission, (granted) => asked.push(granted), {} as never);
    expect(asked).toEqual([false, false, false, true]);
    expect(permissionCheck!(null, 'notifications', '', {} as never)).toBe(false);
  });

  it('loads nothing over a network', () => {
    const cancelled = (url: string): boolean | undefined => {
      let answer: { cancel?: boolean } = {};
      recorded.session.beforeRequest({ url }, (decided) => (answer = decided));
      return answer.cancel;
    };
    for (const url of ['https://example.org/x.js', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://x/'])
      expect(cancelled(url)).toBe(true);
    expect(cancelled('app://graft/assets/a.js')).toBe(false);
  });

  it('stays on its own page and opens no other', () => {
    const tries = (name: string, url: string): boolean => {
      let prevented = false;
      window.webContents.emit(name, { url, preventDefault: () => (prevented = true) });
      return prevented;
    };
    for (const url of ['https://example.org', 'file:///etc/passwd', 'app://other/', 'data:text/html,x'])
      expect(tries('will-navigate', url)).toBe(true);
    expect(tries('will-navigate', 'app://graft/#/data')).toBe(false);
    expect(tries('will-redirect', 'https://example.org')).toBe(true);
    expect(tries('will-attach-webview', '')).toBe(true);
    const open = (url: string) => window.webContents.windowOpenHandler({ url } as never);
    expect(open('https://arxiv.org/abs/1801.04381')).toEqual({ action: 'deny' });
    expect(open('file:///etc/passwd')).toEqual({ action: 'deny' });
    expect(recorded.openedOutside).toEqual(['https://arxiv.org/abs/1801.04381']);
  });
});

describe('calls from the window', () => {
  it('reach the lab', async () => {
    const reply = await call(event('app://graft/'), 'app.info', {});
    expect(reply).toMatchObject({ result: { host: 'electron', dataDir } });
  });

  it('come back with a code when they fail', async () => {
    expect(await call(event('app://graft/'), 'projects.open', { path: '/no/such' })).toMatchObject({
      error: { code: expect.any(String), params: expect.any(Object) },
    });
    expect(await call(event('app://graft/'), 'no.such', {})).toMatchObject({
      error: { code: 'request.unknown' },
    });
  });

  it('are refused unread from any other page or frame', () => {
    expect(() => call(event('https://evil.example/'), 'app.info', {})).toThrow(/Refused/);
    expect(() => call(event('app://graft.evil/'), 'app.info', {})).toThrow(/Refused/);
    expect(() => call(event('app://graft/', false), 'app.info', {})).toThrow(/Refused/);
  });

  it('ask for files with the dialog of the system', async () => {
    const pick = (kind: string) => call(event('app://graft/'), 'app.pick', { kind, title: 'Pick' });
    expect(await pick('folder')).toEqual({ result: { supported: true, paths: ['/picked'] } });
    expect(await pick('save')).toEqual({ result: { supported: true, paths: ['/saved.onnx'] } });
  });

  it('change the language of the menu with that of the window', async () => {
    const first = (): string | undefined => (recorded.menus.at(-1) as MenuItemConstructorOptions[])[0]!.label;
    expect(first()).toBe(process.platform === 'darwin' ? 'Graft' : 'File');
    await call(event('app://graft/'), 'app.setSettings', { language: 'zh' });
    expect(first()).toBe(process.platform === 'darwin' ? 'Graft' : '文件');
  });

  it('are told what happens in the lab', async () => {
    const { sent } = window.webContents;
    const path = join(dataDir, 'leaves');
    await call(event('app://graft/'), 'projects.create', { path, name: 'Leaves' });
    await vi.waitFor(() => expect(sent).toContainEqual(expect.arrayContaining(['project.changed'])));
  });
});

describe('app://graft/', () => {
  const get = (url: string): Response | Promise<Response> => recorded.protocols.get('app')!(new Request(url));

  it('is a standard, secure scheme', () => {
    expect(recorded.schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
  });

  it('serves the page with its policy, and nothing of another host', async () => {
    const page = await get('app://graft/');
    expect(await page.text()).toContain('<title>Graft</title>');
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect((await get('app://other/')).status).toBe(404);
    expect((await get('app://graft/asset/thumb/999')).status).toBe(404);
  });
});

describe('starting and quitting', () => {
  it('brings the window to the front on a second start', () => {
    app.emit('second-instance');
    expect(window.focused).toBe(1);
    expect(recorded.windows).toHaveLength(1);
  });

  it('asks nothing when nothing is being trained, and closes the lab first', async () => {
    const before = recorded.quits;
    app.quit();
    await vi.waitFor(() => expect(recorded.quits).toBe(before + 2), { timeout: 30_000 });
    expect(recorded.messageBoxes).toEqual([]);
    expect(answers.messageBox).toBe(0);
  });
});
