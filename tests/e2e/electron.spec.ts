import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { temporaryFolder } from './host.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'node_modules/electron');

/** Electron's binary comes at the first start, and not everywhere can one be opened. */
function whyNot(): string | null {
  const name = join(folder, 'path.txt');
  if (!existsSync(name) || !existsSync(join(folder, 'dist', readFileSync(name, 'utf8'))))
    return 'needs the Electron binary (npm start fetches it)';
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'needs a display';
  return null;
}

test.describe('the window of Electron', () => {
  test.skip(whyNot() !== null, whyNot() ?? '');
  let app: ElectronApplication;
  let page: Page;
  let dataDir: string;

  test.beforeAll(async () => {
    dataDir = temporaryFolder('electron');
    const args = process.getuid?.() === 0 ? ['--no-sandbox', root] : [root];
    const env = { ...process.env, GRAFT_DATA_DIR: dataDir } as Record<string, string>;
    app = await _electron.launch({ args, env });
    page = await app.firstWindow();
    await expect(page.getByTestId('home-folder')).toBeVisible();
  });

  test.afterAll(async () => {
    await app?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('shows the app from its own scheme, with the engine ready', async () => {
    expect(page.url()).toMatch(/^app:\/\/graft\//);
    await expect(page.getByTestId('engine-chip')).toContainText(/CPU|GPU|CUDA/, { timeout: 60_000 });
  });

  test('gives the page the bridge and nothing of Node or Electron', async () => {
    expect(await page.evaluate('Object.keys(window.graft).sort()')).toEqual(['call', 'on', 'pathForFile']);
    expect(await page.evaluate('[typeof require, typeof process, typeof module]')).toEqual(
      Array(3).fill('undefined'),
    );
  });

  test('answers calls, and errors with their code', async () => {
    expect(await page.evaluate("graft.call('app.info', {})")).toMatchObject({
      result: { host: 'electron', dataDir },
    });
    expect(await page.evaluate("graft.call('projects.open', { path: '/no/such' })")).toMatchObject({
      error: { code: expect.any(String) },
    });
  });

  test('runs no inline code and loads nothing from elsewhere', async () => {
    expect(await page.evaluate("fetch('https://example.org').then(() => 'loaded', () => 'refused')")).toBe(
      'refused',
    );
    const inline = `new Promise((done) => {
      document.addEventListener('securitypolicyviolation', () => done('refused'), { once: true });
      const script = document.createElement('script');
      script.textContent = 'document.title = "broken in"';
      document.head.append(script);
    })`;
    expect(await page.evaluate(inline)).toBe('refused');
  });

  test('stays on its page and opens no second window', async () => {
    await page.evaluate("location.href = 'https://example.org'");
    await page.evaluate("window.open('file:///')");
    expect(page.url()).toMatch(/^app:\/\/graft\//);
    expect(app.windows()).toHaveLength(1);
  });
});
