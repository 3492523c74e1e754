import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GraftError } from '../../../shared/errors.ts';
import { itemReasonText } from '../../../shared/item-reasons.ts';
import type { ItemRow } from '../../store/queries/items/items.ts';
import type { LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { absolutePath } from './item-paths.ts';

export type AssetKind = 'thumb' | 'preview' | 'image';

export interface Asset {
  path: string;
  /** Media type, e.g. `image/webp`. */
  type: string;
}

/** Longer side in pixels. `image` is drawn only for formats a browser does not show. */
const SIZES: Record<AssetKind, number> = { thumb: 256, preview: 1280, image: 4096 };
const SHOWN_BY_BROWSERS: Record<string, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};
/** A picture this small, in bytes and in pixels a side, is its own thumbnail. */
const SMALL = { bytes: 32 * 1024, side: 512 };
/** Thumbnails made at once: the media process works on several cores by itself. */
const MOST_AT_ONCE = 4;

interface Waiting {
  start(): void;
}

/**
 * Pictures of items for the windows. Thumbnails are made when first asked for and kept in the project's
 * cache; the newest request is served first, because that is what a scrolling person looks at.
 */
export class Assets {
  readonly #lab: LabContext;
  readonly #inFlight = new Map<string, Promise<Asset>>();
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** @throws GraftError item.unknown, item.broken, file.missing */
  async get(kind: AssetKind, itemId: number): Promise<Asset> {
    const project = this.#lab.projects.current;
    const item = project.store.items.byIds([itemId])[0];
    if (!item) throw new GraftError('item.unknown', { id: itemId });
    const path = absolutePath(project.dir, item.path);
    const shown = SHOWN_BY_BROWSERS[item.format];
    const asItIs = kind === 'image' || (kind === 'thumb' && isSmall(item));
    if (asItIs && shown && item.status !== 'broken') return original(path, shown);
    return this.#drawn(kind, item, path, project);
  }

  #drawn(kind: AssetKind, item: ItemRow, path: string, project: OpenProject): Promise<Asset> {
    if (item.status === 'broken' || item.sha256 === '') {
      const detail = itemReasonText(item.reasons[0] ?? 'unreadable', 'en', item.format);
      throw new GraftError('item.broken', { path: item.path, detail });
    }
    const folder = join(project.places.cacheDir, 'thumbnails', item.sha256.slice(0, 2));
    const asset = { path: join(folder, `${item.sha256}-${SIZES[kind]}.webp`), type: 'image/webp' };
    if (existsSync(asset.path)) return Promise.resolve(asset);
    const under = this.#inFlight.get(asset.path);
    if (under) return under;
    const drawing = this.#whenFree(() => this.#draw(path, asset, SIZES[kind])).finally(() =>
      this.#inFlight.delete(asset.path),
    );
    this.#inFlight.set(asset.path, drawing);
    return drawing;
  }

  async #draw(path: string, asset: Asset, size: number): Promise<Asset> {
    await mkdir(dirname(asset.path), { recursive: true });
    await this.#lab.engines.media.request('thumbnail', { path, out: asset.path, size }).result;
    return asset;
  }

  #whenFree<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const start = () => {
        this.#running++;
        void work()
          .then(resolve, reject)
          .finally(() => {
            this.#running--;
            this.#waiting.pop()?.start();
          });
      };
      if (this.#running < MOST_AT_ONCE) start();
      else this.#waiting.push({ start });
    });
  }
}

function isSmall({ bytes, width, height }: ItemRow): boolean {
  return bytes <= SMALL.bytes && Math.max(width, height) <= SMALL.side;
}

function original(path: string, type: string): Asset {
  if (!existsSync(path)) throw new GraftError('file.missing', { path });
  return { path, type };
}
