import {
  add,
  clipByValue,
  gather,
  image,
  mean,
  mul,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Augmentation } from '../../../../shared/recipe/augmentation.ts';
import { seededRandom } from '../../../../shared/random.ts';
import type { Random } from '../../../../shared/random.ts';

/**
 * Augmentation is drawn as numbers here and applied to whole batches inside the step's graph. The numbers are
 * inputs of the graph, so a new draw compiles nothing, and a picture's draw depends on its seed alone.
 */

/** What happens to one picture. Positions are pixels of the output, as a projective map to the input. */
export interface PictureDraw {
  /** a0, a1, a2, b0, b1, b2 of `x' = a0 x + a1 y + a2`, `y' = b0 x + b1 y + b2`. */
  affine: number[];
  /** Factors around 1. */
  brightness: number;
  contrast: number;
  saturation: number;
  /** Erased box in pixels: left, top, right, bottom; empty when nothing is erased. */
  erased: [number, number, number, number];
}

const symmetric = (random: Random, range: number): number => (2 * random() - 1) * range;
const factor = (random: Random, range: number): number => 1 + symmetric(random, range);
const degrees = Math.PI / 180;

/**
 * Draws one picture's augmentation: rotation, shear, zoom and shift about the middle, as Keras' ImageDataGenerator
 * composes them (rotation * shift * shear * zoom), then flips, colour and random erasing
 * (Zhong et al. 2020, https://arxiv.org/abs/1708.04896: 2 to 20 % of the area, aspect 0.3 to 3.3).
 */
export function drawPicture(settings: Augmentation, size: number, seed: number): PictureDraw {
  const random = seededRandom(seed);
  const angle = symmetric(random, settings.rotation) * degrees;
  const [shiftX, shiftY] = [
    symmetric(random, settings.shift) * size,
    symmetric(random, settings.shift) * size,
  ];
  const shear = symmetric(random, settings.shear);
  const [zoomX, zoomY] = [factor(random, settings.zoom), factor(random, settings.zoom)];
  const flipX = settings.flipHorizontal && random() < 0.5 ? -1 : 1;
  const flipY = settings.flipVertical && random() < 0.5 ? -1 : 1;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Output to input, about the middle: rotate, shear, zoom, then mirror.
  const linear = multiply(multiply([cos, -sin, sin, cos], [1, -Math.sin(shear), 0, Math.cos(shear)]), [
    zoomX * flipX,
    0,
    0,
    zoomY * flipY,
  ]);
  const middle = (size - 1) / 2;
  const [a, b, c, d] = linear;
  return {
    affine: [
      a,
      b,
      middle - a * middle - b * middle + shiftX,
      c,
      d,
      middle - c * middle - d * middle + shiftY,
    ],
    brightness: factor(random, settings.brightness),
    contrast: factor(random, settings.contrast),
    saturation: factor(random, settings.saturation),
    erased: random() < settings.erasing ? drawBox(random, size) : [0, 0, 0, 0],
  };
}

type Matrix = [number, number, number, number];

const multiply = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [
  a * e + b * g,
  a * f + b * h,
  c * e + d * g,
  c * f + d * h,
];

function drawBox(random: Random, size: number): PictureDraw['erased'] {
  const area = (0.02 + 0.18 * random()) * size * size;
  const aspect = Math.exp(Math.log(0.3) + random() * (Math.log(3.3) - Math.log(0.3)));
  const width = Math.min(size, Math.round(Math.sqrt(area * aspect)));
  const height = Math.min(size, Math.round(Math.sqrt(area / aspect)));
  const left = Math.floor(random() * (size - width + 1));
  const top = Math.floor(random() * (size - height + 1));
  return [left, top, left + width, top + height];
}

/** A batch's draws as tensors, ready for the graph. Disposed by the caller's tidy. */
export function applyDraws(
  pixels: Tensor4D,
  draws: readonly PictureDraw[],
  settings: Augmentation,
): Tensor4D {
  return tidy(() => {
    const [, height = 0, width = 0] = pixels.shape;
    const maps = tensor2d(
      draws.flatMap(({ affine }) => [...affine, 0, 0]),
      [draws.length, 8],
    );
    const moved = image.transform(pixels, maps, 'bilinear', 'nearest', 0, [height, width]);
    const coloured = changesColour(settings) ? changeColour(moved, draws) : moved;
    return settings.erasing > 0 ? erase(coloured, draws) : coloured;
  });
}

const changesColour = ({ brightness, contrast, saturation }: Augmentation): boolean =>
  brightness > 0 || contrast > 0 || saturation > 0;

/** Saturation towards the picture's grey, contrast about its mean, then brightness; all within 0 to 255. */
function changeColour(pixels: Tensor4D, draws: readonly PictureDraw[]): Tensor4D {
  const factors = (name: 'brightness' | 'contrast' | 'saturation') =>
    tensor4d(
      draws.map((draw) => draw[name]),
      [draws.length, 1, 1, 1],
    );
  const about = (x: Tensor, centre: Tensor, by: Tensor) => add(centre, mul(sub(x, centre), by));
  // Luma of ITU-R BT.601, as in JPEG.
  const grey = sum(mul(pixels, tensor1d([0.299, 0.587, 0.114])), -1, true);
  const saturated = about(pixels, grey, factors('saturation'));
  const contrasted = about(saturated, mean(saturated, [1, 2, 3], true), factors('contrast'));
  return clipByValue(mul(contrasted, factors('brightness')), 0, 255) as Tensor4D;
}

/** Grey boxes: 127.5 is the middle of what pixels can be. */
function erase(pixels: Tensor4D, draws: readonly PictureDraw[]): Tensor4D {
  const [, height = 0, width = 0] = pixels.shape;
  const mask = boxes(
    draws.map(({ erased }) => erased),
    height,
    width,
  );
  return add(mul(pixels, sub(1, mask)), mul(mask, 127.5));
}

/** 1 inside each picture's box, 0 outside: `[batch, height, width, 1]`. */
function boxes(rectangles: readonly PictureDraw['erased'][], height: number, width: number): Tensor4D {
  const line = (length: number, from: 0 | 1, to: 2 | 3) =>
    Float32Array.from({ length: rectangles.length * length }, (_, i) => {
      const box = rectangles[Math.floor(i / length)] as PictureDraw['erased'];
      return i % length >= box[from] && i % length < box[to] ? 1 : 0;
    });
  const rows = tensor4d(line(height, 1, 3), [rectangles.length, height, 1, 1]);
  const columns = tensor4d(line(width, 0, 2), [rectangles.length, 1, width, 1]);
  return mul(rows, columns);
}

/** How a batch is mixed with itself: each picture with a partner. */
export interface MixDraw {
  partners: Int32Array;
  /** Share of the picture itself in the target, per picture. */
  shares: Float32Array;
  /** For cutmix: the partner's box; null for mixup. */
  boxes: PictureDraw['erased'][] | null;
}

/**
 * Draws mixup (Zhang et al. 2018, https://arxiv.org/abs/1710.09412) or cutmix (Yun et al. 2019,
 * https://arxiv.org/abs/1905.04899) for a batch; null when neither is on. When both are, a coin decides.
 */
export function drawMix(settings: Augmentation, rows: number, size: number, seed: number): MixDraw | null {
  const { mixup, cutmix } = settings;
  if (mixup === 0 && cutmix === 0) return null;
  const random = seededRandom(seed);
  const cut = cutmix > 0 && (mixup === 0 || random() < 0.5);
  const partners = Int32Array.from(
    { length: rows },
    (_, row) => (row + 1 + Math.floor(random() * (rows - 1))) % rows,
  );
  const shares = Float32Array.from({ length: rows }, () => beta(random, cut ? cutmix : mixup));
  if (!cut) return { partners, shares, boxes: null };
  const cutBoxes = Array.from(shares, (share) => squareBox(random, size, 1 - share));
  const left = cutBoxes.map(([x0, y0, x1, y1]) => 1 - ((x1 - x0) * (y1 - y0)) / (size * size));
  return { partners, shares: Float32Array.from(left), boxes: cutBoxes };
}

function squareBox(random: Random, size: number, area: number): PictureDraw['erased'] {
  const half = (Math.sqrt(area) * size) / 2;
  const [x, y] = [random() * size, random() * size];
  const inside = (value: number) => Math.round(Math.min(Math.max(value, 0), size));
  return [inside(x - half), inside(y - half), inside(x + half), inside(y + half)];
}

/** Beta(a, a) by Jöhnk's method (1964), which suits the small `a` of mixup. */
function beta(random: Random, a: number): number {
  for (;;) {
    const [x, y] = [random() ** (1 / a), random() ** (1 / a)];
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}

/** Mixes pictures with their partners. */
export function mixPixels(pixels: Tensor4D, mix: MixDraw): Tensor4D {
  return tidy(() => {
    const [rows = 0, height = 0, width = 0] = pixels.shape;
    const partners = gather(pixels, tensor1d(mix.partners, 'int32'));
    const other = mix.boxes
      ? boxes(mix.boxes, height, width)
      : tensor4d(
          mix.shares.map((share) => 1 - share),
          [rows, 1, 1, 1],
        );
    return add(pixels, mul(sub(partners, pixels), other));
  });
}

/** Mixes targets `[rows * classes]` as the pictures were mixed. */
export function mixTargets(target: Float32Array, classes: number, mix: MixDraw): Float32Array {
  return target.map((value, i) => {
    const row = Math.floor(i / classes);
    const share = mix.shares[row] as number;
    const partner = target[(mix.partners[row] as number) * classes + (i % classes)] as number;
    return share * value + (1 - share) * partner;
  });
}
