/**
 * Holm's (1979) step-down correction: p-values adjusted for having asked many questions, in the given order.
 * An adjusted p below 0.05 keeps the chance of any false finding among all of them below 5 %.
 */
export function holmAdjusted(pValues: number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let floor = 0;
  order.forEach((index, rank) => {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = floor;
  });
  return adjusted;
}
