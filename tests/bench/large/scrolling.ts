import type { Page } from '@playwright/test';

export interface Scrolled {
  /** Frames a second over the whole way. */
  framesPerSecond: number;
  /** Time between two frames in ms. */
  median: number;
  percentile95: number;
  /** Share of frames that came later than one and a half times the usual 16.7 ms. */
  late: number;
}

/** Scrolls the grid of the Data screen at a steady speed, in pixels a second, and takes the time of every frame. */
export async function scrollGrid(page: Page, pixelsPerSecond: number, seconds: number): Promise<Scrolled> {
  const times = await page.evaluate<number[]>(`new Promise((resolve) => {
    const grid = document.querySelector('[data-testid=grid]');
    const times = [];
    const frame = (now) => {
      const before = times.at(-1);
      times.push(now);
      if (before !== undefined) grid.scrollTop += ${pixelsPerSecond} * (now - before) / 1000;
      if (now - times[0] < ${seconds * 1000}) requestAnimationFrame(frame);
      else resolve(times);
    };
    requestAnimationFrame(frame);
  })`);
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return {
    framesPerSecond: (1000 * gaps.length) / (times.at(-1)! - times[0]!),
    median: at(0.5),
    percentile95: at(0.95),
    late: gaps.filter((gap) => gap > 25).length / gaps.length,
  };
}

/** Jumps to a share of the grid's height; milliseconds until every picture in view stands. */
export function jumpTo(page: Page, share: number): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const grid = document.querySelector('[data-testid=grid]');
    const start = performance.now();
    grid.scrollTop = grid.scrollHeight * ${share};
    const look = () => {
      const { top, bottom } = grid.getBoundingClientRect();
      const tiles = [...grid.querySelectorAll('[data-testid=tile]')].filter((tile) => {
        const box = tile.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      });
      const stands = (tile) => tile.querySelector('img')?.complete === true;
      if (tiles.length > 0 && tiles.every(stands)) resolve(performance.now() - start);
      else if (performance.now() - start > 60000) resolve(Infinity);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(() => requestAnimationFrame(look));
  })`);
}
