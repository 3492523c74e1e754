import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const PER_CLASS = 20;
const EPOCHS = 5000;

let folder: string;
let host: Host;

test.beforeEach(async () => {
  folder = temporaryFolder('lost');
  host = await startHost(folder);
});

test.afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('kill -9 of the engine in mid-epoch: the app says so, marks the run, and goes on', async ({ page }) => {
  const app = new App(page);
  await app.open(host.address);
  await app.startFromFolder(await plainPictures(), folder, 'Plain');
  await app.goTo('train');
  await app.at('kind-scratch-cnn').click();
  await app.fill('epochs-0', String(EPOCHS));
  await app.fill('input-size', '32');
  await app.at('start-training').click();
  await expect(app.at('chart').first()).toBeVisible({ timeout: 60_000 });

  process.kill(await enginePid(app), 'SIGKILL');
  await expect(app.at('run-status')).toHaveAttribute('data-status', 'interrupted', { timeout: 30_000 });
  await expect(app.at('engine-chip')).toContainText('CPU', { timeout: 60_000 });
  await app.goTo('data');
  await expect(app.at('tile').first()).toBeVisible();
  await app.goTo('experiments');
  await expect(app.at('run-row').locator('[data-status=interrupted]')).toBeVisible();
});

/** The process the engine's details name. */
async function enginePid(app: App): Promise<number> {
  await app.at('engine-chip').click();
  const pid = Number(await app.page.locator('dt:text-is("Process") + dd').innerText());
  // 0 and below name whole groups of processes, the tests' own among them.
  expect(pid).toBeGreaterThan(1);
  await app.page.keyboard.press('Escape');
  return pid;
}

/** Two classes of one colour each. */
async function plainPictures(): Promise<string> {
  const dir = join(folder, 'pictures');
  for (const [name, background] of Object.entries({ red: '#c33', blue: '#33c' })) {
    mkdirSync(join(dir, name), { recursive: true });
    const picture = sharp({ create: { width: 32, height: 32, channels: 3, background } });
    for (let i = 0; i < PER_CLASS; i++) await picture.clone().toFile(join(dir, name, `${i}.png`));
  }
  return dir;
}
