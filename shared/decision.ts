/** Probabilities of this class from `threshold` on make a picture one of it. */
export interface ThresholdRule {
  class: number;
  threshold: number;
}

/**
 * The class decided on: that of the rule where its probability reaches the threshold, else the most probable of the
 * others. Without a rule, the most probable class; of equal ones the first.
 */
export function decidedClass(probabilities: ArrayLike<number>, rule: ThresholdRule | null): number {
  if (rule && probabilities[rule.class]! >= rule.threshold) return rule.class;
  let best = -1;
  for (let cls = 0; cls < probabilities.length; cls++) {
    if (cls === rule?.class) continue;
    if (best < 0 || probabilities[cls]! > probabilities[best]!) best = cls;
  }
  return Math.max(0, best);
}
