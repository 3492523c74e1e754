import { unpackArchive } from '../data/archive/unpack.ts';
import { thumbnail } from '../data/decode.ts';
import { dealItems } from '../data/deal-splits.ts';
import { lookAtArrivals } from '../data/files/arrivals.ts';
import { findMissing } from '../data/files/missing.ts';
import { findMoved } from '../data/files/moved.ts';
import { inspectMany } from '../data/inspect.ts';
import { nearDuplicates } from '../data/near-duplicates.ts';
import { measurePictures } from '../data/picture-measures.ts';
import type { Inspection } from '../data/inspect.ts';
import { generateSample } from '../data/sample/generate.ts';
import { scanSource } from '../data/scan.ts';
import type { Inspected } from '../protocol.ts';
import type { EngineHandlers } from './context.ts';
import { forecast } from './forecast.ts';

type MediaHandlers = Pick<
  EngineHandlers,
  | 'scan'
  | 'unpack'
  | 'findMissing'
  | 'findMoved'
  | 'lookAtArrivals'
  | 'inspect'
  | 'thumbnail'
  | 'measurePictures'
  | 'groupDuplicates'
  | 'dealSplits'
  | 'forecast'
  | 'sample'
>;

/** Inspections go to main in groups: a message each would cost more than the work. */
const group = 64;

export const mediaHandlers: MediaHandlers = {
  async scan({ path, kind }, { progress, signal }) {
    let entries = 0;
    let skipped = 0;
    for await (const batch of scanSource(path, { kind, signal })) {
      entries += batch.entries.length;
      skipped += batch.skipped.length;
      progress(batch);
    }
    return { entries, skipped };
  },
  unpack({ path, into }, { progress, signal }) {
    return unpackArchive(path, into, { signal, onProgress: (done, total) => progress({ done, total }) });
  },
  findMissing: ({ paths }, { signal }) => findMissing(paths, signal),
  findMoved({ wanted, folder }, { progress, signal }) {
    return findMoved(wanted, folder, { signal, onProgress: (done, total) => progress({ done, total }) });
  },
  lookAtArrivals: ({ paths }) => lookAtArrivals(paths),
  async inspect({ paths }, { progress, signal }) {
    let inspected: Inspected[] = [];
    const flush = () => {
      if (inspected.length > 0) progress({ inspected });
      inspected = [];
    };
    await inspectMany(
      paths,
      (index, inspection) => {
        inspected.push(toInspected(paths[index] as string, inspection));
        if (inspected.length >= group) flush();
      },
      signal,
    );
    flush();
    return null;
  },
  async thumbnail({ path, out, size }) {
    await thumbnail(path, size, out);
    return null;
  },
  measurePictures({ items, cacheDir }, { progress, signal }) {
    const onProgress = (done: number) => progress({ done, total: items.length });
    return measurePictures(cacheDir, items, { signal, onProgress });
  },
  groupDuplicates: ({ hashes, turned }) => nearDuplicates(hashes, { turned }),
  dealSplits: dealItems,
  forecast,
  sample({ dir, seed }, { progress, signal }) {
    return generateSample(dir, { seed, signal, onProgress: (done, total) => progress({ done, total }) });
  },
};

function toInspected(path: string, inspection: Inspection): Inspected {
  if (!inspection.usable) {
    const { reason, bytes, format, sha256 } = inspection;
    return {
      path,
      broken: reason,
      warnings: [],
      width: 0,
      height: 0,
      bytes: bytes ?? 0,
      format: format ?? '',
      sha256: sha256 ?? '',
      dhash: '',
    };
  }
  const { warnings, width, height, bytes, format, sha256, dhash } = inspection;
  return { path, broken: null, warnings, width, height, bytes, format, sha256, dhash };
}
