import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { GraftError } from '../../../../shared/errors.ts';
import type { Split } from '../../../../shared/contract/projects.ts';
import { derivedSeed, seededRandom } from '../../../../shared/random.ts';
import type { Random } from '../../../../shared/random.ts';
import { orUnwritable, writeBeside } from '../../tensors/write-beside.ts';
import { forEachConcurrently } from '../concurrently.ts';
import { decodeConcurrency } from '../formats/open-image.ts';
import { glyphNames } from './glyphs.ts';
import type { GlyphName } from './glyphs.ts';
import { drawByHand } from './hand-drawn.ts';
import { drawPrinted } from './printed.ts';

/** Side of the sample's square pictures in pixels. */
export const sampleSize = 64;

export type SampleDomain = 'source' | 'target';
/** Pictures per class. */
export type SampleCounts = Record<SampleDomain, Record<Split, number>>;

/**
 * Print is plentiful, hand-drawn glyphs to train on are few. Measured with the three-block CNN at 48 pixels (seed 1):
 * 100 % on print after 4 epochs, 69 % of it carried to hand-drawn glyphs as is, 74 % after fine-tuning its
 * convolutions under a new head on the 200, against 51 % for the same network trained on the 200 alone.
 */
export const sampleCounts: SampleCounts = {
  source: { train: 300, validation: 40, test: 40 },
  target: { train: 20, validation: 20, test: 50 },
};

const painters: Record<SampleDomain, (name: GlyphName, size: number, random: Random) => Uint8Array> = {
  source: drawPrinted,
  target: drawByHand,
};

/** Goes up whenever the same seed would give other pictures. */
const sampleVersion = 1;
const markerName = 'graft-sample.json';

export interface SampleOptions {
  seed: number;
  counts?: SampleCounts;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Folders of the two domains, each with split folders of class folders. */
export interface SampleFolders {
  source: string;
  target: string;
}

export interface SamplePicture {
  domain: SampleDomain;
  split: Split;
  name: GlyphName;
  index: number;
}

/**
 * Draws the sample's two domains of ten glyph classes into `dir/source` and `dir/target`, as PNG files in split
 * folders of class folders. The same seed gives the same pictures; a finished sample of that seed is left as it is.
 * @throws GraftError sample.occupied when there are folders of these names that are not a sample; file.unwritable; cancelled
 */
export async function generateSample(dir: string, options: SampleOptions): Promise<SampleFolders> {
  const folders = { source: join(dir, 'source'), target: join(dir, 'target') };
  const marker = join(dir, markerName);
  const { seed, counts = sampleCounts } = options;
  const label = JSON.stringify({ version: sampleVersion, seed, counts });
  const found = await readFile(marker, 'utf8').catch(() => null);
  if (found === label) return folders;
  await makeRoom(dir, folders, found !== null);
  const drafts = join(dir, '.graft-sample.part');
  await orUnwritable(dir, () => rm(drafts, { recursive: true, force: true }));
  try {
    await paintAll(drafts, options);
    for (const domain of domains)
      await orUnwritable(dir, () => rename(join(drafts, domain), folders[domain]));
  } finally {
    await rm(drafts, { recursive: true, force: true });
  }
  await writeBeside(marker, label);
  return folders;
}

const domains: readonly SampleDomain[] = ['source', 'target'];

/** An older sample is replaced; anything else that stands in the way is left alone. */
async function makeRoom(dir: string, folders: SampleFolders, isSample: boolean): Promise<void> {
  for (const path of Object.values(folders)) {
    if (!(await stat(path).catch(() => null))) continue;
    if (!isSample) throw new GraftError('sample.occupied', { path });
    await orUnwritable(path, () => rm(path, { recursive: true }));
  }
  await orUnwritable(dir, () => rm(join(dir, markerName), { force: true }));
}

async function paintAll(dir: string, options: SampleOptions): Promise<void> {
  const { seed, counts = sampleCounts, signal, onProgress } = options;
  const pictures = listPictures(counts);
  const classFolders = new Set(pictures.map((picture) => folderOf(dir, picture)));
  for (const folder of classFolders) await orUnwritable(folder, () => mkdir(folder, { recursive: true }));
  let done = 0;
  await forEachConcurrently(pictures, decodeConcurrency, signal, async (picture) => {
    const path = join(folderOf(dir, picture), `${String(picture.index).padStart(4, '0')}.png`);
    const raw = { width: sampleSize, height: sampleSize, channels: 3 as const };
    const png = sharp(paint(picture, seed), { raw }).png({ compressionLevel: 6 });
    await orUnwritable(path, () => png.toFile(path));
    done++;
    if (done % progressStep === 0 || done === pictures.length) onProgress?.(done, pictures.length);
  });
}

/** Pictures between two progress reports. */
const progressStep = 50;

/** One picture of the sample as RGB, `[sampleSize, sampleSize, 3]`; depends on nothing but its place and the seed. */
export function paint({ domain, split, name, index }: SamplePicture, seed: number): Uint8Array {
  const place = [domains.indexOf(domain), splitNumbers[split], glyphNames.indexOf(name), index];
  return painters[domain](name, sampleSize, seededRandom(derivedSeed(seed, ...place)));
}

const splitNumbers: Record<Split, number> = { train: 0, validation: 1, test: 2 };

function listPictures(counts: SampleCounts): SamplePicture[] {
  return domains.flatMap((domain) =>
    Object.entries(counts[domain]).flatMap(([split, count]) =>
      glyphNames.flatMap((name) =>
        Array.from({ length: count }, (_, index) => ({ domain, split: split as Split, name, index })),
      ),
    ),
  );
}

function folderOf(dir: string, { domain, split, name }: SamplePicture): string {
  return join(dir, domain, split, name);
}
