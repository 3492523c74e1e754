/** Finds or installs a Chromium; `path` is null where Playwright's own is to be used. */
export function ensureBrowser(say: (line: string) => void): { path: string | null; problem?: string };
