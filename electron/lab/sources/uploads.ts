import { appendFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { ParsedParams } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { safeName } from '../../../shared/file-names.ts';
import { orUnwritable } from '../../engine/tensors/write-beside.ts';
import type { LabContext } from '../context.ts';
import { startImport } from '../items/import.ts';

/** What one upload may bring, in bytes: it lies on this computer's own disk already. */
const MOST_BYTES = 50 * 2 ** 30;
const PREFIX = '.upload-';

/**
 * Files that a window hands over because it cannot say where they lie: dropped on a page in a browser, or pasted. They
 * are gathered beside the project's items, and become a folder there when they are whole.
 */
export class Uploads {
  readonly #lab: LabContext;
  readonly #bytes = new Map<string, number>();

  constructor(lab: LabContext) {
    this.#lab = lab;
    let opened = '';
    lab.events.on('project.changed', (project) => {
      if (project && project.path !== opened) void this.#sweep(join(project.path, 'items'));
      opened = project?.path ?? '';
    });
  }

  /** Appends a piece to a file of an upload. `path` is below what was dropped. */
  async write({ upload, path, data }: ParsedParams<'uploads.write'>): Promise<void> {
    const content = Buffer.from(data, 'base64');
    const bytes = (this.#bytes.get(upload) ?? 0) + content.length;
    if (bytes > MOST_BYTES) throw new GraftError('upload.too-large', { limit: MOST_BYTES / 2 ** 30 });
    this.#bytes.set(upload, bytes);
    const steps = path.split('/').filter((step) => step !== '' && step !== '.');
    if (steps.length === 0 || steps.includes('..')) throw new GraftError('folder.name', { name: path });
    const file = join(this.#folder(upload), ...steps.map(safeName));
    await orUnwritable(file, async () => {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, content);
    });
  }

  /** Imports a whole upload as a job; what gives no item is removed again. */
  async finish({
    upload,
    ...options
  }: ParsedParams<'uploads.import'>): Promise<ReturnType<typeof startImport>> {
    const part = this.#folder(upload);
    const day = new Date().toISOString().slice(0, 10);
    const folder = join(dirname(part), `added-${day}-${upload.slice(0, 8)}`);
    this.#bytes.delete(upload);
    await orUnwritable(folder, () => rename(part, folder));
    const [only, ...others] = await readdir(folder);
    const source = only !== undefined && others.length === 0 ? join(folder, only) : folder;
    const started = startImport(this.#lab, { ...options, path: source, also: [], kind: 'auto', copy: false });
    const isArchive = extname(source).toLowerCase() === '.zip';
    started.result.then(
      ({ added }) => (isArchive || added === 0) && void rm(folder, { recursive: true, force: true }),
      () => void rm(folder, { recursive: true, force: true }),
    );
    return started;
  }

  #folder(upload: string): string {
    return join(this.#lab.projects.current.dir, 'items', PREFIX + upload);
  }

  /** Uploads that were cut off are of no use to anybody. */
  async #sweep(items: string): Promise<void> {
    const names = await readdir(items).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(PREFIX))) {
      if (this.#bytes.has(name.slice(PREFIX.length))) continue;
      await rm(join(items, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
