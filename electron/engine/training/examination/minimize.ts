/** A function of many variables with its gradient. */
export type Objective = (x: Float64Array) => { value: number; gradient: Float64Array };

export interface MinimizeOptions {
  /** Most steps taken. */
  steps: number;
  /** Stop when the gradient is at most this long. */
  tolerance: number;
}

/** Earlier steps that the curvature is read from. */
const MEMORY = 10;
/** A step must bring this share of what the slope promises (Armijo). */
const ENOUGH = 1e-4;
const MOST_HALVINGS = 30;

interface Step {
  moved: Float64Array;
  turned: Float64Array;
  /** 1 / (moved . turned) */
  inverse: number;
}

/**
 * Minimises a smooth function from `start` by limited-memory BFGS with a backtracking line search
 * (Nocedal & Wright 2006, algorithms 7.4 and 7.5). `between` is called before every step and may throw to end it.
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { steps, tolerance }: MinimizeOptions,
  between: () => Promise<void> = async () => undefined,
): Promise<Float64Array> {
  let x = start;
  let { value, gradient } = objective(x);
  const memory: Step[] = [];
  for (let step = 0; step < steps && Math.sqrt(dot(gradient, gradient)) > tolerance; step++) {
    await between();
    const direction = descent(gradient, memory);
    const next = search(objective, x, value, gradient, direction, memory.length === 0);
    if (!next) break;
    const moved = next.x.map((to, i) => to - x[i]!);
    const turned = next.gradient.map((to, i) => to - gradient[i]!);
    const curvature = dot(moved, turned);
    if (curvature > 1e-12 * dot(turned, turned)) memory.push({ moved, turned, inverse: 1 / curvature });
    if (memory.length > MEMORY) memory.shift();
    ({ x, value, gradient } = next);
  }
  return x;
}

/** The two-loop recursion: minus the gradient, scaled by the curvature of the last steps. */
function descent(gradient: Float64Array, memory: readonly Step[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const shares = new Array<number>(memory.length).fill(0);
  for (let i = memory.length - 1; i >= 0; i--) {
    const { moved, turned, inverse } = memory[i]!;
    shares[i] = inverse * dot(moved, direction);
    addScaled(direction, turned, -shares[i]!);
  }
  const last = memory.at(-1);
  if (last) {
    const scale = 1 / (last.inverse * dot(last.turned, last.turned));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const [i, { moved, turned, inverse }] of memory.entries()) {
    addScaled(direction, moved, shares[i]! - inverse * dot(turned, direction));
  }
  return direction;
}

function search(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: boolean,
): { x: Float64Array; value: number; gradient: Float64Array } | null {
  const slope = dot(gradient, direction);
  let length = first ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
  for (let halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
    const tried = x.map((from, i) => from + length * direction[i]!);
    const there = objective(tried);
    if (there.value <= value + ENOUGH * length * slope) return { x: tried, ...there };
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, what: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * what[i]!;
}
