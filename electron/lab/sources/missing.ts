import type { MissingFiles } from '../../../shared/contract/index.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemFilePages } from './item-file-pages.ts';

/** Which items of the open project have lost their files: found out when it is opened, and whenever asked. */
export class MissingItems {
  readonly #lab: LabContext;
  #project: OpenProject | null = null;
  /** Missing items, and the outermost folder that is gone. */
  #folderOf = new Map<number, string>();
  #looking: { again: boolean; end: Promise<void> } | undefined;
  #cancel = new AbortController();

  constructor(lab: LabContext) {
    this.#lab = lab;
    lab.events.on('project.changed', (project) => {
      const isOther = project === null || this.#project !== lab.projects.current;
      if (!isOther) return;
      this.#cancel.abort();
      this.#cancel = new AbortController();
      this.#folderOf = new Map();
      this.#project = project === null ? null : lab.projects.current;
      // Pictures are what a person waits for first.
      if (project !== null && project.counts.items > 0) void this.refresh().catch(() => undefined);
    });
  }

  has(id: number): boolean {
    return this.#folderOf.has(id);
  }

  /** Missing items whose folder is `folder`, or all of them; in the order of their id. */
  below(folder: string | undefined): number[] {
    const wanted = [...this.#folderOf].filter(([, lost]) => folder === undefined || lost === folder);
    return wanted.map(([id]) => id).sort((a, b) => a - b);
  }

  folderOf(id: number): string | undefined {
    return this.#folderOf.get(id);
  }

  describe(): MissingFiles {
    const counts = new Map<string, number>();
    for (const folder of this.#folderOf.values()) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    const folders = [...counts].map(([path, items]) => ({ path, items })).sort((a, b) => b.items - a.items);
    return { items: this.#folderOf.size, folders };
  }

  /** Asks the disk about every file. Calls while it is being asked wait for one more round that begins after them. */
  async refresh(): Promise<void> {
    if (this.#looking) {
      this.#looking.again = true;
      return this.#looking.end;
    }
    const round = { again: false, end: Promise.resolve() };
    this.#looking = round;
    round.end = (async () => {
      try {
        do {
          round.again = false;
          await this.#look().catch((error: unknown) => {
            // The project was closed meanwhile, and the next one asks.
            if (!round.again) throw error;
          });
        } while (round.again);
      } finally {
        this.#looking = undefined;
      }
    })();
    return round.end;
  }

  async #look(): Promise<void> {
    const project = this.#lab.projects.current;
    const { signal } = this.#cancel;
    const found = new Map<number, string>();
    for await (const page of itemFilePages(project.store)) {
      const paths = page.map((file) => absolutePath(project.dir, file.path));
      const missing = await requestUntil(signal, this.#lab.engines.media, 'findMissing', { paths });
      for (const { index, folder } of missing) found.set(page[index]!.id, folder);
      if (signal.aborted) return;
    }
    const changed = found.size !== this.#folderOf.size || [...found.keys()].some((id) => !this.has(id));
    this.#folderOf = found;
    if (!changed) return;
    this.#lab.events.emit('missing.changed', this.describe());
    this.#lab.projects.itemsChanged();
  }
}
