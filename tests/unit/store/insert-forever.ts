import { createProject } from '../../../electron/store/open.ts';
import type { NewItem } from '../../../electron/store/queries/items/items.ts';

/** Run as a process of its own: adds items, 50 a transaction, and reports each one that is saved, until it is killed. */
const store = createProject(process.argv[2]!, 'Endless');
store.items.addCollection('main');
const item: Omit<NewItem, 'path' | 'source'> = {
  classId: null,
  split: null,
  collection: 'main',
  status: 'ok',
  reasons: [],
  width: 1,
  height: 1,
  bytes: 1,
  format: 'png',
  sha256: '',
  dhash: '',
};
let saved = 0;
function addSome(): void {
  store.transaction(() => {
    for (let i = 0; i < 50; i++, saved++) {
      store.items.insert({ ...item, path: `${saved}.png`, source: `${saved}.png` });
    }
  });
  process.send!(saved);
  setImmediate(addSome);
}
addSome();
