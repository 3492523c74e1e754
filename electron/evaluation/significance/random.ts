/**
 * A seeded generator of numbers in [0, 1): sfc32 (Doty-Humphrey, PractRand), the same sequence on every
 * machine, so that an interval computed twice is the same interval.
 */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = seed | 0;
  let counter = 1;
  const next = () => {
    const value = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + value) | 0;
    return (value >>> 0) / 2 ** 32;
  };
  // The first values still show the seed; PractRand discards a dozen.
  for (let i = 0; i < 12; i++) next();
  return next;
}
