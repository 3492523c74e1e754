import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GraftError } from '../../../shared/errors.ts';
import { shortened } from '../../../shared/file-names.ts';

/** Longest base name in bytes that leaves room for a number, under the 255 of common file systems. */
const LONGEST_NAME = 200;

/** Copies a file into `folder` and returns where it lies there; see `placeInto`. */
export function copyInto(folder: string, file: string, sha256: string): Promise<string> {
  return placeInto(folder, file, sha256, 'copy');
}

/**
 * Puts a file into `folder`, as a copy or as a hard link where the disk has them. A copy appears under its name once it is
 * whole; a different file of that name is left alone and the copy gets a number; the same file (from an
 * import that was cut off) is used as it is.
 * @throws GraftError file.unwritable
 */
export async function placeInto(
  folder: string,
  file: string,
  sha256: string,
  how: 'copy' | 'link',
): Promise<string> {
  const part = join(folder, `.${randomBytes(6).toString('hex')}.part`);
  try {
    await mkdir(folder, { recursive: true });
    for (let number = 1; ; number++) {
      const target = join(folder, numbered(basename(file), number));
      const there = await sha256Of(target);
      if (there === sha256) return target;
      if (there !== undefined) continue;
      if (how === 'copy' || !(await linked(file, part))) await copyFile(file, part);
      if (await appear(part, target)) return target;
    }
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unwritable', { path: folder, detail }, { cause: error });
  } finally {
    await rm(part, { force: true });
  }
}

/** False across disks, and on those without hard links. */
function linked(file: string, target: string): Promise<boolean> {
  return link(file, target).then(
    () => true,
    () => false,
  );
}

/** Gives a whole file its name unless that is taken. Without hard links (FAT), by renaming. */
async function appear(part: string, target: string): Promise<boolean> {
  try {
    await link(part, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    await rename(part, target);
    return true;
  }
}

function numbered(name: string, number: number): string {
  const { name: base, ext } = parse(name);
  const short = shortened(base, LONGEST_NAME);
  return number === 1 && short === base ? name : `${short}-${number}${ext}`;
}

/** SHA-256 of a file in hex; undefined when there is none. */
async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
