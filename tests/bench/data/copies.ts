import { mkdirSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

/** What becomes of pictures on their way through other people's hands. */
export const changes: Record<string, (picture: Sharp, side: number) => Sharp> = {
  'recompressed at quality 30': (picture) => picture.jpeg({ quality: 30 }),
  'half the size': (picture, side) => picture.resize(side / 2),
  mirrored: (picture) => picture.flop(),
  'a fifth brighter': (picture) => picture.modulate({ brightness: 1.2 }),
  'cropped by 4 % on every side': (picture, side) => {
    const edge = Math.round(0.04 * side);
    const kept = side - 2 * edge;
    return picture.extract({ left: edge, top: edge, width: kept, height: kept });
  },
  'made grey': (picture) => picture.greyscale(),
};

/**
 * Copies `count` photos per change from a folder of class folders to `out`, each with its changed copy beside it.
 * @returns per change the pairs of paths within `out`
 */
export async function plantCopies(
  photos: string,
  out: string,
  count: number,
): Promise<Map<string, string[][]>> {
  const side = 150;
  const names = await Promise.all(
    ['cat', 'dog'].map(async (label) =>
      (await readdir(join(photos, label))).sort().map((name) => `${label}/${name}`),
    ),
  );
  const pairs = new Map<string, string[][]>();
  let at = 0;
  for (const [name, change] of Object.entries(changes)) {
    const planted: string[][] = [];
    for (let n = 0; n < count; n++, at++) {
      const path = names[at % 2]![at >> 1]!;
      const copy = path.replace('.jpg', '-copy.jpg');
      mkdirSync(join(out, path, '..'), { recursive: true });
      await copyFile(join(photos, path), join(out, path));
      await change(sharp(join(photos, path)), side).toFile(join(out, copy));
      planted.push([copy, path].sort());
    }
    pairs.set(name, planted);
  }
  return pairs;
}
