import { hashDistance, mirroredHash } from '../../data/difference-hash.ts';
import type { Neighbours } from './neighbours.ts';

/** Cosine similarity of features from which two pictures may be one. */
const SIMILAR = 0.9;
/**
 * Greatest number of differing bits of 64 when the features agree as well: unrelated pictures differ in 32 on
 * average, and each is compared with its nearest neighbour alone, so that chance has few tries.
 */
const CLOSE = 12;

/**
 * Pairs of rows that are nearly the same picture though their hashes alone would not say so (cropped, retouched, the
 * next one of a series): nearest neighbours by features whose difference hashes, mirrored or not, are close as well.
 */
export function alikePairs(
  { nearest, similarity }: Pick<Neighbours, 'nearest' | 'similarity'>,
  hashes: readonly string[],
): [number, number][] {
  const pairs: [number, number][] = [];
  nearest.forEach((other, row) => {
    const [own, theirs] = [hashes[row] ?? '', hashes[other] ?? ''];
    if (other < 0 || similarity[row]! < SIMILAR || own === '' || theirs === '') return;
    const bits = Math.min(hashDistance(own, theirs), hashDistance(mirroredHash(own), theirs));
    if (bits <= CLOSE) pairs.push([row, other]);
  });
  return pairs;
}
