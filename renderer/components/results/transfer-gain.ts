import type { RunPair, Run, Summary } from '../../../shared/contract/index.ts';

export interface TransferGain {
  baseline: Run;
  /** Accuracy of this run minus the baseline's on the same items, 0-1, with its 95 % interval. */
  difference: number;
  interval: [number, number];
  verdict: 'helped' | 'unproven' | 'hurt';
}

/** Whether this run carries layers over from elsewhere. */
function isTransfer(run: Run): boolean {
  const source = run.recipe.backbone;
  return source !== null && (source.from === 'run' || source.weights !== null);
}

/**
 * The best network trained from scratch on the same split and collection, which transfer has to beat; null where
 * there is none, or where this run is itself one.
 */
export function bestBaseline(run: Run, summary: Summary, runs: readonly Run[]): Run | null {
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
  return baselines[0]?.run ?? null;
}

/** What the comparison of the baseline (first) with a run (second) says about transfer. */
export function transferGain(baseline: Run, { difference, interval, verdict }: RunPair): TransferGain {
  const meanings = { 'second-better': 'helped', 'first-better': 'hurt', unproven: 'unproven' } as const;
  return { baseline, difference, interval, verdict: meanings[verdict] };
}
