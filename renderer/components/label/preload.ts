import { assetUrl } from '../../bridge.ts';

let held = new Map<number, HTMLImageElement>();

/** Has the browser fetch and decode previews that are about to be looked at, and lets go of the others. */
export function preloadPreviews(ids: readonly number[]): void {
  held = new Map(
    ids.map((id) => {
      const known = held.get(id);
      if (known) return [id, known];
      const image = new Image();
      image.src = assetUrl('preview', id);
      return [id, image];
    }),
  );
}
