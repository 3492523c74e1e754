import { writeFile } from 'node:fs/promises';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';

type OpenWindow = (
  options: BrowserWindowConstructorOptions,
) => Pick<BrowserWindow, 'loadFile' | 'webContents' | 'destroy'>;

const printable = new Set(['file:', 'data:']);

/** Prints an HTML file of ours as PDF in a window nobody sees, in which nothing runs and nothing is fetched. */
export async function printPdf(open: OpenWindow, html: string, pdf: string): Promise<void> {
  const window = open({
    show: false,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      // The session of the app's own window loads no files.
      partition: 'print',
    },
  });
  try {
    window.webContents.session.webRequest.onBeforeRequest(({ url }, decide) => {
      decide({ cancel: !printable.has(new URL(url).protocol) });
    });
    await window.loadFile(html);
    await writeFile(
      pdf,
      await window.webContents.printToPDF({ printBackground: true, preferCSSPageSize: true, pageSize: 'A4' }),
    );
  } finally {
    window.destroy();
  }
}
