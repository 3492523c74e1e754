/** `npm run --silent graft -- <command>`: the terminal host, straight from the sources. */
import { join } from 'node:path';
import { becomeNode, ensureBuilt, ensureInstalled, root } from './install.mjs';

const args = process.argv.slice(2);
ensureInstalled();
// Only the browser's half needs building.
if (args[0] === 'serve') ensureBuilt();
becomeNode([join(root, 'electron', 'hosts', 'cli', 'main.ts'), ...args]);
