import { defineConfig } from '@playwright/test';

const asRoot = process.getuid?.() === 0;

/** The browser must not speak to the internet by itself: the app does not either. */
const quiet = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // The tests measure a program that uses every core.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 300_000,
  expect: { timeout: 15_000 },
  use: {
    actionTimeout: 30_000,
    // Software-drawn animations would take the cores the training needs.
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      // Found by tests/browser.mjs; without it, Playwright's own.
      executablePath: process.env.GRAFT_BROWSER || undefined,
      args: asRoot ? [...quiet, '--no-sandbox'] : quiet,
    },
  },
});
