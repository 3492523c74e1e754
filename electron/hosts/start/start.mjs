/** `npm start`: opens Graft in its own window, or in a browser where there can be none. */
import { join } from 'node:path';
import { getElectron, noWindowBecause, openWindow } from './electron.mjs';
import { becomeNode, ensureBuilt, ensureInstalled, root, say } from './install.mjs';

const args = process.argv.slice(2);
ensureInstalled();
ensureBuilt();
const reason = args.includes('--browser') ? 'asked for with --browser' : await tryWindow();
if (reason) {
  say(`Graft opens in the browser instead of its own window: ${reason}.`);
  const rest = args.filter((arg) => arg !== '--browser');
  becomeNode([join(root, 'out', 'main', 'cli.js'), 'serve', '--open', ...rest]);
}

/** Null when Graft ran in its window; otherwise why it could not. */
async function tryWindow() {
  const impossible = noWindowBecause();
  if (impossible) return impossible;
  const binary = await getElectron();
  if (!binary) return 'Electron could not be fetched (offline or blocked)';
  return (await openWindow(binary, args)) ? null : 'Electron could not start on this computer';
}
