/** A backbone's score of one kind and what its runs reached; null where there is none of either. */
export interface Advised {
  score: number | null;
  reached: number | null;
}

/**
 * How often a score put two backbones into the order their runs had: pairs that differ in both are counted, and those
 * of them in the same order (what Kendall's tau is made of).
 */
export function rankAgreement(advised: readonly Advised[]): { pairs: number; right: number } {
  let [pairs, right] = [0, 0];
  for (const [index, a] of advised.entries()) {
    for (const b of advised.slice(index + 1)) {
      if (a.score === null || b.score === null || a.reached === null || b.reached === null) continue;
      const agreement = Math.sign(a.score - b.score) * Math.sign(a.reached - b.reached);
      if (agreement === 0) continue;
      pairs++;
      right += Number(agreement > 0);
    }
  }
  return { pairs, right };
}
