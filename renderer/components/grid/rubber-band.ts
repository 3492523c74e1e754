import { ref, type Ref } from 'vue';
import type { Box } from './grid-geometry.ts';

/** A press that moves less than this is a click, not a rubber band; in pixels. */
const threshold = 5;
/** Within this of the upper or lower edge the list scrolls on by itself, this far with every frame; in pixels. */
const edge = 28;
const stride = 14;

export interface RubberBand {
  /** What is spanned, in the scrolled content; null while nothing is. */
  band: Ref<Box | null>;
  press(start: PointerEvent): void;
}

/** Spans a rubber band over a scrolled list. `span` is told of every change, `click` of a press that spans nothing. */
export function useRubberBand(
  scroller: Ref<HTMLElement | null>,
  span: (box: Box) => void,
  click: (event: PointerEvent) => void,
): RubberBand {
  const band = ref<Box | null>(null);

  function press(start: PointerEvent): void {
    const element = scroller.value;
    if (!element || start.button !== 0 || start.pointerType === 'touch') return;
    const bounds = element.getBoundingClientRect();
    if (start.clientX > bounds.left + element.clientWidth) return;
    const from = { x: start.clientX - bounds.left, y: start.clientY - bounds.top + element.scrollTop };
    let at = { x: start.clientX, y: start.clientY };
    let frame = 0;

    const draw = (): void => {
      const to = { x: at.x - bounds.left, y: at.y - bounds.top + element.scrollTop };
      band.value = {
        left: Math.min(from.x, to.x),
        right: Math.max(from.x, to.x),
        top: Math.max(0, Math.min(from.y, to.y)),
        bottom: Math.max(from.y, to.y),
      };
      span(band.value);
    };
    /** Goes on while the pointer rests at an edge and there is more to come. */
    const scrollOn = (): void => {
      frame = 0;
      const by = at.y > bounds.bottom - edge ? stride : at.y < bounds.top + edge ? -stride : 0;
      const before = element.scrollTop;
      element.scrollTop += by;
      if (element.scrollTop === before) return;
      draw();
      frame = requestAnimationFrame(scrollOn);
    };
    const move = (event: PointerEvent): void => {
      at = { x: event.clientX, y: event.clientY };
      if (!band.value && Math.hypot(at.x - start.clientX, at.y - start.clientY) < threshold) return;
      draw();
      frame ||= requestAnimationFrame(scrollOn);
    };
    const end = (event: PointerEvent): void => {
      cancelAnimationFrame(frame);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      if (!band.value && event.type === 'pointerup') click(event);
      band.value = null;
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }

  return { band, press };
}
