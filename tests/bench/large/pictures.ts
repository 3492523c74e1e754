import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../../shared/random.ts';

/** Pixels of a side; a picture is a smooth field of colours drawn from CELLS x CELLS random ones. */
const SIDE = 64;
const CELLS = 6;
const AT_ONCE = 16;

/** Draws `count` different small JPEG files into `classes` class folders under `out`; the same files every time. */
export async function drawPictures(out: string, count: number, classes: number): Promise<void> {
  for (let label = 0; label < classes; label++)
    mkdirSync(join(out, className(label, classes)), { recursive: true });
  for (let start = 0; start < count; start += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, i) => start + i);
    await Promise.all(batch.map((index) => drawPicture(out, index, classes)));
  }
}

async function drawPicture(out: string, index: number, classes: number): Promise<void> {
  const random = seededRandom(index);
  const cells = Uint8Array.from({ length: CELLS * CELLS * 3 }, () => random() * 256);
  const jpeg = await sharp(cells, { raw: { width: CELLS, height: CELLS, channels: 3 } })
    .resize(SIDE, SIDE, { kernel: 'cubic' })
    .jpeg({ quality: 80 })
    .toBuffer();
  const name = `${String(index).padStart(6, '0')}.jpg`;
  await writeFile(join(out, className(index % classes, classes), name), jpeg);
}

function className(label: number, classes: number): string {
  return `class-${String(label).padStart(String(classes - 1).length, '0')}`;
}
