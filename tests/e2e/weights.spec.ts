import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { torchNet } from '../unit/engine/weights/graphs/torch-net.ts';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

/** Weights come in: downloaded from a mirror on this computer, fetched by hand, or as a whole network. */

const real = join(import.meta.dirname, '../../../shared/weights/mobilenet_2_5_224_tf_no_top.rebuilt.h5');
const file = 'mobilenet_2_5_224_tf_no_top.h5';

let folder: string;
let host: Host;
let mirror: Server;
/** Downloads that wait for their second half. */
const held: ServerResponse[] = [];

test.beforeEach(async () => {
  folder = temporaryFolder('weights');
  mirror = createServer((_, response) => {
    const content = readFileSync(real);
    const half = content.subarray(0, content.length / 2);
    response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
    response.write(half);
    response.on('release', () => response.end(content.subarray(half.length)));
    held.push(response);
  });
  await new Promise<void>((done) => mirror.listen(0, '127.0.0.1', done));
  const { port } = mirror.address() as AddressInfo;
  host = await startHost(folder, { GRAFT_MIRROR: `http://127.0.0.1:${port}` });
});

test.afterEach(async () => {
  await host.stop();
  mirror.closeAllConnections();
  mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a published file is asked about, downloaded with progress, and installed', async ({ page }) => {
  test.skip(!existsSync(real), 'needs ../shared/weights');
  const app = new App(page);
  await app.open(host.address);
  await app.goTo('backbones');
  await app.at('backbone-mobilenet').getByRole('button').first().click();
  const row = app.at(`published-${file}`);
  await row.getByTestId('download-weights').click();
  await expect(row.getByRole('alertdialog')).toContainText('127.0.0.1');
  await row.getByTestId('download-confirm').click();
  await expect(row.getByTestId('download-progress')).toContainText('of');
  await expect.poll(() => held.length).toBe(1);
  held[0]?.emit('release');
  await expect(app.at('weights-entry')).toContainText(file, { timeout: 30_000 });
  expect(app.complaints).toEqual([]);
});

test('offline it offers no download, and says where to put what was fetched by hand', async ({ page }) => {
  const app = new App(page);
  await app.open(host.address);
  await app.goTo('settings');
  await app.at('stay-offline').locator('input').check();
  await app.goTo('backbones');
  await app.at('backbone-vgg16').getByRole('button').first().click();
  await expect(app.at('inbox-path')).toContainText(join(folder, 'data', 'inbox'));
  await expect(app.at('download-weights')).toHaveCount(0);
  await app.at('look-into-inbox').click();
  await expect(page.getByText('Nothing new lies in')).toBeVisible();
});

test('a network in ONNX is asked about and becomes a card that trains frozen', async ({ page }) => {
  const app = new App(page);
  const path = join(folder, 'torch.onnx');
  writeFileSync(path, torchNet({ batch: 'batch', size: 32 }));
  await app.open(host.address);
  await app.goTo('backbones');
  await app.at('import-weights').click();
  await app.pick(path, 'file');
  const dialog = app.at('graph-import');
  await expect(dialog).toContainText('flat');
  await expect(dialog).toContainText('32 × 32');
  await app.at('graph-confirm').click();
  await expect(page.locator('[data-testid^=backbone-graph-]')).toContainText('torch');
  expect(app.complaints).toEqual([]);
});
