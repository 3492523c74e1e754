/**
 * A network drawn beside its list of layers, like the branches beside a list of commits: every layer is a node on the
 * first lane, and what is read further down than the next layer runs there on a lane of its own.
 */

interface Reader {
  name: string;
  inputs: readonly string[];
}

/** What is drawn in one row. Lane 0 holds the nodes; the others run beside it. */
export interface GraphLine {
  /** Whether this layer reads the one before, and the next one reads this. */
  fromPrevious: boolean;
  toNext: boolean;
  /** Lanes that pass, that begin at this layer's output, and that end in it. */
  passing: number[];
  starting: number[];
  ending: number[];
}

/** One line per layer, and how many lanes there are besides the first. */
export function graphLines(layers: readonly Reader[]): { lines: GraphLine[]; lanes: number } {
  const place = new Map(layers.map(({ name }, index) => [name, index]));
  const lines = layers.map((): GraphLine => ({
    fromPrevious: false,
    toNext: false,
    passing: [],
    starting: [],
    ending: [],
  }));
  const farReaders = new Map<number, number[]>();
  for (const [index, { inputs }] of layers.entries()) {
    for (const source of inputs.flatMap((name) => place.get(name) ?? [])) {
      if (source === index - 1) linkNeighbours(lines, source);
      else farReaders.set(source, [...(farReaders.get(source) ?? []), index]);
    }
  }
  /** Row up to which each lane is taken. */
  const taken: number[] = [];
  for (const [source, readers] of [...farReaders].sort(([a], [b]) => a - b)) {
    const last = Math.max(...readers);
    const free = taken.findIndex((until) => until <= source);
    const lane = free < 0 ? taken.length : free;
    taken[lane] = last;
    drawLane(lines, lane + 1, source, readers, last);
  }
  return { lines, lanes: taken.length };
}

function linkNeighbours(lines: GraphLine[], source: number): void {
  const [from, to] = [lines[source], lines[source + 1]];
  if (from) from.toNext = true;
  if (to) to.fromPrevious = true;
}

function drawLane(
  lines: GraphLine[],
  lane: number,
  source: number,
  readers: readonly number[],
  last: number,
): void {
  lines[source]?.starting.push(lane);
  for (let row = source + 1; row < last; row++) lines[row]?.passing.push(lane);
  for (const reader of readers) lines[reader]?.ending.push(lane);
}

const laneGap = 9;
const margin = 6;

/** Pixels from the left of a lane. */
export const laneAt = (lane: number): number => margin + lane * laneGap;

/** Pixels a drawing with so many lanes beside the first takes. */
export const widthOfLanes = (lanes: number): number => laneAt(lanes) + margin;
