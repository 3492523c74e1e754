import type { Run, Summary } from '../../../shared/contract/index.ts';

export interface TransferGain {
  baseline: Run;
  /** Accuracy of this run minus the baseline's, 0-1. */
  difference: number;
  interval: [number, number];
  verdict: 'helped' | 'unproven' | 'hurt';
}

const z95 = 1.959963984540054;

/** 95 % Wilson interval of a proportion (Wilson 1927). */
export function wilson(proportion: number, n: number): [number, number] {
  if (n === 0) return [0, 1];
  const z2 = z95 ** 2;
  const center = (proportion + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z95 / (1 + z2 / n)) * Math.sqrt((proportion * (1 - proportion)) / n + z2 / (4 * n ** 2));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}

/**
 * 95 % interval of the difference of two proportions, from their Wilson intervals (Newcombe 1998, method 10).
 * It takes the two as independent, which is cautious for two runs on the same images.
 */
export function differenceInterval(p1: number, n1: number, p2: number, n2: number): [number, number] {
  const [low1, high1] = wilson(p1, n1);
  const [low2, high2] = wilson(p2, n2);
  const difference = p1 - p2;
  return [difference - Math.hypot(p1 - low1, high2 - p2), difference + Math.hypot(high1 - p1, p2 - low2)];
}

/** Whether this run carries layers over from elsewhere. */
function isTransfer(run: Run): boolean {
  const source = run.recipe.backbone;
  return source !== null && (source.from === 'run' || source.weights !== null);
}

/**
 * What was gained over the best network trained from scratch on the same split and collection;
 * null where there is none, or where this run is itself one.
 */
export function transferGain(run: Run, summary: Summary, runs: readonly Run[]): TransferGain | null {
  if (!isTransfer(run)) return null;
  const baselines = runs
    .filter((other) => other.id !== run.id && other.recipe.backbone === null)
    .flatMap((other) => {
      const match = other.summaries.find(
        (one) => one.split === summary.split && one.collection === summary.collection && one.n === summary.n,
      );
      const sameData = other.recipe.data.collection === run.recipe.data.collection;
      return match && sameData ? [{ run: other, summary: match }] : [];
    })
    .sort((a, b) => b.summary.accuracy - a.summary.accuracy);
  const best = baselines[0];
  if (!best) return null;
  const interval = differenceInterval(summary.accuracy, summary.n, best.summary.accuracy, best.summary.n);
  const verdict = interval[0] > 0 ? 'helped' : interval[1] < 0 ? 'hurt' : 'unproven';
  return { baseline: best.run, difference: summary.accuracy - best.summary.accuracy, interval, verdict };
}
