import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../../shared/random.ts';

/**
 * Three small tasks: telling four shapes apart (the target), telling six other shapes apart (a related source), and
 * telling plain colours apart (a source in which no picture has an edge, so that nothing of shape can be learned).
 */
export const tasks = ['shapes', 'other-shapes', 'plain-colours'] as const;
export type Task = (typeof tasks)[number];

const side = 32;

/** Corners of a regular polygon or star around 0, alternating between two radii. */
function corners(count: number, inner = 1): string {
  const points = Array.from(
    { length: count * (inner === 1 ? 1 : 2) },
    (_, i, all = count * (inner === 1 ? 1 : 2)) => {
      const radius = inner !== 1 && i % 2 === 1 ? inner : 1;
      const angle = (2 * Math.PI * i) / all;
      return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`;
    },
  );
  return `<polygon points="${points.join(' ')}"/>`;
}

/** Shapes of about one unit around 0, as SVG. */
const shapes: Record<'shapes' | 'other-shapes', Record<string, string>> = {
  shapes: {
    disc: '<circle r="0.9"/>',
    square: corners(4),
    triangle: corners(3),
    star: corners(5, 0.45),
  },
  'other-shapes': {
    pentagon: corners(5),
    cross: '<path d="M-.3-1H.3V-.3H1V.3H.3V1H-.3V.3H-1V-.3H-.3Z"/>',
    ring: '<path fill-rule="evenodd" d="M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0ZM-.6 0a.6 .6 0 1 0 1.2 0a.6 .6 0 1 0-1.2 0Z"/>',
    bar: '<rect x="-1" y="-.3" width="2" height=".6"/>',
    half: '<path d="M-1 .4a1 1 0 0 1 2 0Z"/>',
    flower: corners(4, 0.35),
  },
};

/** Hues of the plain colours, in degrees. */
const hues: Record<string, number> = { red: 0, yellow: 60, green: 120, cyan: 180, blue: 240, magenta: 300 };

export const classesOf = (task: Task): string[] =>
  Object.keys(task === 'plain-colours' ? hues : shapes[task]);

/** Draws pictures into `<folder>/<split>/<class>/`, so many of each class; the same every time. */
export async function drawTask(
  folder: string,
  task: Task,
  counts: Partial<Record<'train' | 'validation' | 'test', number>>,
): Promise<void> {
  const random = seededRandom(tasks.indexOf(task) + 1);
  for (const [split, count] of Object.entries(counts)) {
    for (const name of classesOf(task)) {
      const dir = join(folder, split, name);
      await mkdir(dir, { recursive: true });
      for (let n = 0; n < count; n++) {
        const svg = task === 'plain-colours' ? plain(name, random) : shape(shapes[task][name]!, random);
        await sharp(Buffer.from(svg))
          .removeAlpha()
          .png()
          .toFile(join(dir, `${n}.png`));
      }
    }
  }
}

const hsl = (hue: number, saturation: number, light: number): string =>
  `hsl(${hue.toFixed(1)} ${saturation.toFixed(1)}% ${light.toFixed(1)}%)`;

const svg = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${inside}</svg>`;

function plain(name: string, random: () => number): string {
  const colour = hsl(hues[name]! + 50 * (random() - 0.5), 30 + 60 * random(), 25 + 50 * random());
  return svg(`<rect width="${side}" height="${side}" fill="${colour}"/>`);
}

/** Somewhere, of some size, turned, in some colour on another: only its outline tells its class. */
function shape(outline: string, random: () => number): string {
  const [ground, hue, light] = [360 * random(), 360 * random(), 15 + 70 * random()];
  const contrast = light > 50 ? light - 35 : light + 35;
  const size = 7 + 5 * random();
  const at = () => (size + (side - 2 * size) * random()).toFixed(1);
  const place = `translate(${at()} ${at()}) rotate(${(360 * random()).toFixed(0)}) scale(${size.toFixed(1)})`;
  return svg(
    `<rect width="${side}" height="${side}" fill="${hsl(ground, 40, light)}"/>` +
      `<g transform="${place}" fill="${hsl(hue, 60, contrast)}">${outline}</g>`,
  );
}
