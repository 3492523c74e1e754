/** Outputs of a source model on target items. */
export interface SourceOutputs {
  /** Probabilities over the source's classes, `[rows * sourceClasses]`. */
  p: ArrayLike<number>;
  sourceClasses: number;
  /** Target class per row, `[rows]`. */
  y: ArrayLike<number>;
  classes: number;
}

/**
 * LEEP (Nguyen et al. 2020): the mean log likelihood of the target labels when read off the source model's own
 * classes, through the empirical distribution of target class given source class. At most 0, higher is better;
 * null without rows. Throws `RangeError` on lengths that do not fit.
 */
export function leep({ p, sourceClasses, y, classes }: SourceOutputs): number | null {
  const rows = y.length;
  if (p.length !== rows * sourceClasses)
    throw new RangeError(`${rows} rows of ${sourceClasses} classes received ${p.length} values`);
  if (rows === 0) return null;
  const joint = new Float64Array(classes * sourceClasses);
  const marginal = new Float64Array(sourceClasses);
  for (let row = 0; row < rows; row++) {
    for (let z = 0; z < sourceClasses; z++) {
      joint[y[row]! * sourceClasses + z]! += p[row * sourceClasses + z]!;
      marginal[z]! += p[row * sourceClasses + z]!;
    }
  }
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let likelihood = 0;
    for (let z = 0; z < sourceClasses; z++) {
      if (marginal[z]! > 0)
        likelihood += (joint[y[row]! * sourceClasses + z]! / marginal[z]!) * p[row * sourceClasses + z]!;
    }
    sum += Math.log(likelihood);
  }
  return sum / rows;
}
