import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** What a person does in Graft, in a browser. Each step waits for what it says on the screen. */
export class App {
  readonly page: Page;
  /** Errors the browser reported: a refused script, a failed request, an uncaught exception. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
  }

  at(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await expect(this.at('home-folder')).toBeVisible();
  }

  /** Opens a project of the recent ones, and waits until its pictures are there. */
  async reopen(name: string): Promise<void> {
    await this.at('recent-projects').getByRole('button', { name }).first().click();
    await expect(this.page).toHaveURL(/#\/data/);
    await expect(this.at('tile').first()).toBeVisible();
  }

  async goTo(step: string): Promise<void> {
    await this.at(`rail-${step}`).click();
  }

  async fill(testId: string, value: string): Promise<void> {
    await this.page.locator(`input[data-testid=${testId}], [data-testid=${testId}] input`).fill(value);
  }

  /** Answers the app's own picker with a file to be written. */
  async saveAs(path: string): Promise<void> {
    await this.fill('picker-path', dirname(path));
    await this.at('picker-go').click();
    await this.fill('picker-name', basename(path));
    await this.at('picker-choose').click();
    await expect(this.at('folder-picker')).toBeHidden();
  }

  /** Answers the app's own picker with a file or folder. */
  async pick(path: string, kind: 'file' | 'folder'): Promise<void> {
    const picker = this.at('folder-picker');
    await this.fill('picker-path', kind === 'file' ? dirname(path) : path);
    await this.at('picker-go').click();
    if (kind === 'file') await picker.getByRole('option', { name: basename(path) }).click();
    await expect(picker).toContainText(path);
    await this.at('picker-choose').click();
    await expect(picker).toBeHidden();
  }

  async startFromFolder(images: string, parent: string, name: string): Promise<void> {
    await this.startImportOf(images, parent, name);
    await expect(this.at('import-report')).toBeVisible({ timeout: 120_000 });
  }

  /** A new project from a folder of images; its import goes on. */
  async startImportOf(images: string, parent: string, name: string): Promise<void> {
    await this.at('home-folder').click();
    await this.pick(images, 'folder');
    await this.fill('new-project-name', name);
    await this.fill('new-project-parent', parent);
    await this.at('new-project-create').click();
  }

  async importWeights(file: string, backbone: string): Promise<void> {
    await this.goTo('backbones');
    await this.at('import-weights').click();
    await this.pick(file, 'file');
    await expect(this.at(`backbone-${backbone}`).getByTestId('use-backbone')).toBeVisible({
      timeout: 60_000,
    });
  }

  /** Trains by the form's defaults with fewer epochs, and waits until it is done. */
  async train(kind: string, epochs: number): Promise<void> {
    await this.goTo('train');
    await this.at(`kind-${kind}`).click();
    await this.fill('epochs-0', String(epochs));
    await this.at('start-training').click();
    await expect(this.at('live-progress').or(this.at('run-done'))).toBeVisible({ timeout: 30_000 });
    await expect(this.at('run-done')).toBeVisible({ timeout: 240_000 });
  }

  /** The accuracy on the results page, 0 to 1. */
  async accuracy(): Promise<number> {
    await expect(this.at('accuracy')).toBeVisible({ timeout: 60_000 });
    return Number.parseFloat(await this.at('accuracy').innerText()) / 100;
  }

  /** Drops files from the disk, as a file manager would; the classes predicted, in their order. */
  async predictDropped(paths: string[]): Promise<string[]> {
    await this.goTo('predict');
    const files = paths.map((path) => ({ name: basename(path), base64: readFileSync(path, 'base64') }));
    // Runs in the page; as text, because the tests are type-checked without a browser's globals.
    const dropped = await this.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of ${JSON.stringify(files)}) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      return transfer;
    })()`);
    await this.at('predict-drop').dispatchEvent('drop', { dataTransfer: dropped });
    await expect(this.at('predicted-class')).toHaveCount(paths.length, { timeout: 60_000 });
    return this.at('predicted-class').allInnerTexts();
  }

  /** A picture of every screen in both themes, for people to look at. */
  async photograph(folder: string): Promise<void> {
    for (const step of screens) {
      await this.goTo(step);
      await this.photographHere(folder, step);
    }
  }

  /** The screen as it is now, in both themes. */
  async photographHere(folder: string, name: string): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await this.page.emulateMedia({ colorScheme });
      // Charts draw themselves and pictures load after the page is there.
      await this.page.waitForLoadState('networkidle');
      await expect(this.page.locator('.v-progress-circular:visible')).toHaveCount(0, { timeout: 30_000 });
      await this.page.screenshot({
        path: join(folder, `${name}-${colorScheme}.png`),
        animations: 'disabled',
      });
    }
  }
}

const screens = ['home', 'data', 'backbones', 'train', 'results', 'experiments', 'predict', 'settings'];
