/** How much of the picture the strongest place hides, 0 to 1. */
const strongest = 0.72;
/** Okabe and Ito's vermilion: stands out on pictures of any colour more than a rainbow does, and reads as one scale. */
const tint = [213, 94, 0] as const;

export interface DrawnMap {
  width: number;
  height: number;
  /** `[height * width]`, 0 to 1. */
  map: readonly number[];
}

/** Draws the map a pixel a value; the browser smooths it when it enlarges the canvas. */
export function drawMap(canvas: HTMLCanvasElement, { width, height, map }: DrawnMap): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  map.forEach((value, at) => image.data.set([...tint, Math.round(255 * strongest * value)], 4 * at));
  context.putImageData(image, 0, 0);
}

/** Where the map lies on a picture: over all of it, or over the square that was cut out of its middle. */
export function mapPlace(
  resize: 'stretch' | 'crop',
  { width, height }: { width: number; height: number },
): Record<'left' | 'top' | 'width' | 'height', string> {
  const side = Math.min(width, height);
  const [across, down] = resize === 'crop' ? [side / width, side / height] : [1, 1];
  const percent = (share: number) => `${100 * share}%`;
  return {
    left: percent((1 - across) / 2),
    top: percent((1 - down) / 2),
    width: percent(across),
    height: percent(down),
  };
}
