import { GraftError } from '../../../../shared/errors.ts';
import { safeName } from '../../../../shared/file-names.ts';
import type { ByteReader } from '../../weights/byte-reader.ts';
import { readZip } from '../../weights/formats/zip.ts';
import type { ZipEntry, ZipLimits } from '../../weights/formats/zip.ts';
import { maxFileBytes } from '../formats/open-image.ts';
import { extensionOf, formatOfExtension } from '../formats/signatures.ts';
import type { SkippedFile } from '../scan/batch.ts';
import type { SkipReason } from '../../../../shared/item-reasons.ts';
import { isSystemName } from '../scan/names.ts';

/** A file that is to be unpacked. */
export interface PlannedFile {
  /** As the archive writes it. */
  name: string;
  /** Safe names of its folders and of itself. */
  steps: string[];
  entry: ZipEntry;
}

export interface ArchivePlan {
  files: PlannedFile[];
  skipped: SkippedFile[];
  /** What the files take when unpacked. */
  bytes: number;
}

/** Five times the largest data set of the kind (ImageNet-100, COCO); its directory still fits into memory. */
const limits: ZipLimits = { entries: 600_000, directoryBytes: 128 * 2 ** 20 };
/** Pictures hardly shrink. Below this size an archive of anything does no harm. */
const harmlessBytes = 2 ** 30;
const highestRatio = 100;
const deepest = 16;
const directoryType = 0o040000;
const fileType = 0o100000;
const otherExtensions = new Set(['csv', 'tsv', 'txt', 'tab', 'json', 'xml']);

/**
 * What to unpack of an archive and what to leave aside, from its directory alone.
 * @throws GraftError weights.damaged, weights.unsafe, weights.unsupported, import.zip-bomb
 */
export function planArchive(reader: ByteReader): ArchivePlan {
  const entries = readZip(reader, limits);
  refuseBomb(reader, entries);
  const plan: ArchivePlan = { files: [], skipped: [], bytes: 0 };
  const taken = new Set<string>();
  for (const [name, entry] of entries) {
    if (name.endsWith('/') || entry.type === directoryType) continue;
    const steps = name.split('/').filter((step) => step !== '' && step !== '.');
    const reason = reasonToSkip(steps, entry);
    const safe = steps.map(safeName);
    // Many disks do not tell capitals from small letters.
    const key = safe.join('/').toLowerCase();
    if (reason) plan.skipped.push({ path: name, reason });
    else if (taken.has(key)) plan.skipped.push({ path: name, reason: 'same-name' });
    else {
      plan.files.push({ name, steps: safe, entry });
      plan.bytes += entry.bytes;
      taken.add(key);
    }
  }
  return plan;
}

function reasonToSkip(steps: readonly string[], entry: ZipEntry): SkipReason | null {
  const name = steps.at(-1) ?? '';
  if (steps.some(isSystemName)) return 'system-file';
  if (entry.type !== 0 && entry.type !== fileType) return 'link-in-archive';
  if (steps.length > deepest) return 'nested-folder';
  const extension = extensionOf(name);
  if (formatOfExtension(extension) === null && !otherExtensions.has(extension)) return 'not-an-image';
  if (entry.bytes > maxFileBytes) return 'too-large';
  return null;
}

/**
 * Entries that overlap (Fifield, "A better zip bomb", 2019) add up to more than the archive; one that unpacks to far
 * more than pictures do was made to fill a disk.
 */
function refuseBomb(reader: ByteReader, entries: ReadonlyMap<string, ZipEntry>): void {
  let packed = 0;
  let unpacked = 0;
  for (const entry of entries.values()) {
    packed += entry.packedBytes;
    unpacked += entry.bytes;
  }
  const swells = unpacked > harmlessBytes && unpacked > packed * highestRatio;
  if (packed <= reader.size && !swells) return;
  const size = Math.ceil(unpacked / 2 ** 20);
  throw new GraftError('import.zip-bomb', {
    path: reader.path,
    size,
    packed: Math.ceil(reader.size / 2 ** 20),
  });
}
