/** A decoded picture of 1 (grey) or 3 (RGB) channels. `data` is `[height, width, channels]`. */
export interface DecodedImage {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

const columns = 9;
const rows = 8;

/**
 * The 64-bit difference hash (N. Krawetz, "Kind of Like That", 2013) as 16 hex digits: the picture is averaged
 * to 9 by 8 cells, and each bit says whether a cell is darker than its right neighbour. Nearly equal pictures
 * differ in a few bits only.
 */
export function differenceHash(image: DecodedImage): string {
  const cells = averageCells(image);
  let hash = '';
  for (let row = 0; row < rows; row++) {
    let byte = 0;
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      byte = (byte << 1) | ((cells[at] ?? 0) < (cells[at + 1] ?? 0) ? 1 : 0);
    }
    hash += byte.toString(16).padStart(2, '0');
  }
  return hash;
}

function averageCells({ data, width, height, channels }: DecodedImage): Float64Array {
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  const green = channels >= 3 ? 1 : 0;
  const blue = channels >= 3 ? 2 : 0;
  const columnOf = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width));
  for (let y = 0; y < height; y++) {
    const cellRow = Math.floor((y * rows) / height) * columns;
    for (let x = 0; x < width; x++) {
      const cell = cellRow + (columnOf[x] ?? 0);
      const at = (y * width + x) * channels;
      // Luma of ITU-R BT.601, times 256.
      const luma = 77 * (data[at] ?? 0) + 150 * (data[at + green] ?? 0) + 29 * (data[at + blue] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + luma;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  // A picture narrower than the grid leaves cells empty; they count as black on every such picture alike.
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell] ?? 1));
}

/** In how many of 64 bits two hashes differ. */
export function hashDistance(a: string, b: string): number {
  let distance = 0;
  for (let at = 0; at < 16; at += 8) {
    let bits = Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16);
    for (; bits !== 0; bits &= bits - 1) distance++;
  }
  return distance;
}

/** The hash that the mirrored picture has, but for ties: rows reversed, every comparison turned round. */
export function mirroredHash(hash: string): string {
  return (hash.match(/../g) ?? [])
    .map((pair) => {
      let reversed = 0;
      for (let bits = Number.parseInt(pair, 16), i = 0; i < 8; i++, bits >>= 1)
        reversed = (reversed << 1) | (bits & 1);
      return (~reversed & 0xff).toString(16).padStart(2, '0');
    })
    .join('');
}

/** The hash of the picture turned by a right angle (rows and columns changed about): it compares cells down a column. */
export function turnedHash({ data, width, height, channels }: DecodedImage): string {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [(y * width + x) * channels, (x * height + y) * channels];
      for (let channel = 0; channel < channels; channel++) turned[to + channel] = data[from + channel] ?? 0;
    }
  }
  return differenceHash({ data: turned, width: height, height: width, channels });
}

/** The turned hash that the mirrored picture has: its rows, which were columns, in reverse. */
export function turnedMirroredHash(hash: string): string {
  return (hash.match(/../g) ?? []).reverse().join('');
}
