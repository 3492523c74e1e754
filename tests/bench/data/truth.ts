import type { FindingKind } from '../../../shared/findings.ts';

/** What the README of ../shared/data/bad-images says of its files; paths within that folder. */
export const badFiles: Partial<Record<FindingKind, string[]>> = {
  'zero-bytes': ['cat/zero-byte.jpg', 'dog/zero-byte.png'],
  'not-an-image': ['cat/html-error-page.jpg', 'dog/text-inside.jpg'],
  truncated: ['cat/truncated-half.jpg', 'dog/truncated-header.jpg'],
  corrupt: ['cat/corrupt-middle.jpg'],
  'too-many-pixels': ['cat/bomb-20000x20000.png'],
  'too-small': ['cat/one-pixel.png', 'dog/one-pixel.jpg'],
  'wrong-extension': ['cat/png-inside.jpg', 'dog/jpeg-inside.png', 'dog/webp-inside.jpg'],
  'end-missing': ['dog/truncated-last-2-bytes.jpg'],
  animated: ['cat/animated.gif'],
  cmyk: ['cat/cmyk.jpg'],
  '16-bit': ['cat/gray-16bit.png'],
  alpha: ['cat/palette-transparent.png', 'dog/rgba-transparent.png'],
  tiny: ['cat/source-cat.2433.jpg'],
  'extreme-aspect': ['dog/panorama-12000x50.jpg'],
  'exif-rotated': ['cat/exif-orientation-2-mirrored.jpg', 'dog/exif-orientation-6.jpg'],
};

/** Its groups of the same picture. */
export const badCopies: string[][] = [
  ['cat/conflict-same-bytes.jpg', 'dog/conflict-same-bytes.jpg'],
  [
    'cat/dup-exact-copy.jpg',
    'cat/dup-near-recompressed.jpg',
    'cat/dup-near-resized-mirrored.jpg',
    'cat/dup-original.jpg',
  ],
  ['cat/source-cat.4126.jpg', 'cat/source-cat.4575.jpg'],
  ['dog/source-dog.2027.jpg', 'dog/source-dog.3082.jpg'],
];

/** Its pictures under a wrong label, or of no animal at all. */
export const badLabels = [
  'cat/conflict-same-bytes.jpg',
  'cat/source-cat.2939.jpg',
  'cat/source-cat.4338.jpg',
  'dog/source-dog.2877.jpg',
  'dog/source-dog.4334.jpg',
  'dog/source-dog.4367.jpg',
];

/** Pairs of ../shared/data/bad-images/real-conflicts: the same bytes under two breeds. */
export const realConflicts: string[][] = [
  ['english-foxhound/n02089973_2860.jpg', 'rhodesian-ridgeback/n02087394_12539.jpg'],
  ['border-terrier/n02093754_5915.jpg', 'shih-tzu/n02086240_9520.jpg'],
];

/** Natural label noise of ../shared/data/cats-vs-dogs, as its README lists it; there may be more. */
export const naturalNoise = [
  'train/cat/04085.jpg',
  'train/cat/03216.jpg',
  'train/cat/04688.jpg',
  'train/cat/04833.jpg',
  'train/cat/02337.jpg',
  'test/dog/01194.jpg',
];
