import type { Schedule } from '../../../../shared/recipe/recipe.ts';

/**
 * The learning rate as a share of the stage's, at a moment of the stage. `epoch` is how many epochs have passed, as a
 * real number (2.5: half of the third); `epochs` how many there are; `drops` how often a plateau has lowered the rate.
 *
 * `step`: factor ^ floor(epoch / every). `exponential`: factor ^ (epoch / epochs).
 * `cosine`: Loshchilov & Hutter 2017 (https://arxiv.org/abs/1608.03983), one half-wave down to 0.
 * `one-cycle`: Smith & Topin 2019 (https://arxiv.org/abs/1708.07120) with cosine halves as in fastai: from 1/25 up to 1
 * in the first 30 %, then down to 1e-4. `plateau`: factor ^ drops. A warm-up multiplies any of them by a line from 0 to 1.
 */
export function rateShare(schedule: Schedule, epoch: number, epochs: number, drops: number): number {
  const warm = schedule.warmup > 0 ? Math.min(1, epoch / schedule.warmup) : 1;
  return warm * share(schedule, epoch, epochs, drops);
}

function share({ name, factor, every }: Schedule, epoch: number, epochs: number, drops: number): number {
  switch (name) {
    case 'constant':
      return 1;
    case 'step':
      return factor ** Math.floor(epoch / every);
    case 'exponential':
      return factor ** (epoch / epochs);
    case 'cosine':
      return (1 + Math.cos(Math.PI * Math.min(1, epoch / epochs))) / 2;
    case 'one-cycle':
      return oneCycle(Math.min(1, epoch / epochs));
    case 'plateau':
      return factor ** drops;
  }
}

const cycleStart = 1 / 25;
const cycleEnd = 1e-4;
const cyclePeak = 0.3;

function oneCycle(position: number): number {
  const between = (from: number, to: number, at: number) =>
    from + ((to - from) * (1 - Math.cos(Math.PI * at))) / 2;
  return position < cyclePeak
    ? between(cycleStart, 1, position / cyclePeak)
    : between(1, cycleEnd, (position - cyclePeak) / (1 - cyclePeak));
}
