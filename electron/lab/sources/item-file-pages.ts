import type { LabelledFile } from '../../store/queries/items/item-files.ts';
import type { Store } from '../../store/store.ts';

/** Rows read at once: a few milliseconds of the event loop. */
const PAGE = 2000;

/** The files of all items, a page at a time, with room for other work between two. */
export async function* itemFilePages(store: Store): AsyncGenerator<LabelledFile[]> {
  for (let last = 0; ;) {
    const page = store.itemFiles.after(last, PAGE);
    if (page.length === 0) return;
    yield page;
    last = page.at(-1)!.id;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
