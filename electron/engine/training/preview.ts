import { clipByValue, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Augmentation } from '../../../shared/recipe/augmentation.ts';
import { derivedSeed } from '../../../shared/random.ts';
import { decodeMany } from '../data/decode.ts';
import { encodePng } from '../data/encode.ts';
import { augmentPixels } from './inputs/batch.ts';

/**
 * What an augmentation makes of pictures: for each path `count` PNG files, drawn and applied as in training.
 * A picture that cannot be read gives none.
 */
export async function previewAugmentation(
  paths: string[],
  augmentation: Augmentation,
  { count, size, seed, signal }: { count: number; size: number; seed: number; signal: AbortSignal },
): Promise<Uint8Array[][]> {
  const { pixels, failures } = await decodeMany(paths, { size, mode: 'stretch', signal });
  const failed = new Set(failures.map(({ index }) => index));
  const bytes = size * size * 3;
  const previews: Uint8Array[][] = [];
  for (const index of paths.keys()) {
    if (failed.has(index)) {
      previews.push([]);
      continue;
    }
    const seeds = Array.from({ length: count }, (_, draw) => derivedSeed(seed, index, draw));
    const drawn = tidy(() => {
      const copies = new Float32Array(count * bytes);
      for (let draw = 0; draw < count; draw++)
        copies.set(pixels.subarray(index * bytes, (index + 1) * bytes), draw * bytes);
      return clipByValue(
        augmentPixels(tensor4d(copies, [count, size, size, 3]), augmentation, seeds),
        0,
        255,
      );
    });
    const values = Uint8Array.from(drawn.dataSync());
    drawn.dispose();
    previews.push(
      await Promise.all(
        seeds.map((_, draw) => encodePng(values.subarray(draw * bytes, (draw + 1) * bytes), size)),
      ),
    );
  }
  return previews;
}
