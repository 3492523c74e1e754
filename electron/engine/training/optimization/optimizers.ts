import {
  add,
  div,
  dispose,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sum,
  tidy,
  train,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { OptimizerSettings } from '../../../../shared/recipe/recipe.ts';

/** Variables that learn at the same rate: `factor` times the stage's. */
export interface VariableGroup {
  variables: Variable[];
  factor: number;
}

/** What moves a stage's variables. */
export interface Mover {
  /** One optimizer per group, in the order of the groups: their slots are part of a checkpoint. */
  readonly optimizers: readonly Optimizer[];
  /** Sets the rate as a share of the stage's own. */
  setRate(share: number): void;
  /** Computes the loss and its gradients, limits them, and moves the variables; returns the loss. */
  step(loss: () => Scalar): Scalar;
}

function makeOptimizer({ name, learningRate, momentum }: OptimizerSettings): Optimizer {
  switch (name) {
    case 'sgd':
      return train.sgd(learningRate);
    case 'momentum':
      return train.momentum(learningRate, momentum, false);
    case 'nesterov':
      return train.momentum(learningRate, momentum, true);
    case 'rmsprop':
      return train.rmsprop(learningRate);
    case 'adam':
    case 'adamw':
      return train.adam(learningRate);
    case 'adadelta':
      return train.adadelta(learningRate);
    case 'adagrad':
      return train.adagrad(learningRate);
  }
}

/** tfjs has a setter for SGD and its kin alone; the others read the field in every step. */
type Adjustable = { learningRate: number; setLearningRate?: (rate: number) => void };

function setLearningRate(optimizer: Optimizer, rate: number): void {
  const adjustable = optimizer as unknown as Adjustable;
  if (adjustable.setLearningRate) adjustable.setLearningRate(rate);
  else adjustable.learningRate = rate;
}

/**
 * AdamW is Adam with weight decay decoupled from the gradient (Loshchilov & Hutter 2019,
 * https://arxiv.org/abs/1711.05101): w -= rate * weightDecay * w, before Adam's step.
 * `clipNorm` scales all gradients together when their norm is longer (Pascanu et al. 2013).
 */
export function createMover(
  settings: OptimizerSettings,
  groups: readonly VariableGroup[],
  clipNorm: number | null,
): Mover {
  const optimizers = groups.map(() => makeOptimizer(settings));
  const variables = groups.flatMap((group) => group.variables);
  let share = 1;
  const rateOf = ({ factor }: VariableGroup) => settings.learningRate * factor * share;
  const setRate = (value: number) => {
    share = value;
    groups.forEach((group, i) => setLearningRate(optimizers[i] as Optimizer, rateOf(group)));
  };
  setRate(1);
  return {
    optimizers,
    setRate,
    step(loss) {
      const { value, grads } = variableGrads(loss, variables);
      const limited = clipNorm === null ? grads : clip(grads, clipNorm);
      groups.forEach((group, i) => {
        if (settings.name === 'adamw') decay(group.variables, rateOf(group) * settings.weightDecay);
        const own = Object.fromEntries(group.variables.map(({ name }) => [name, limited[name] as Tensor]));
        (optimizers[i] as Optimizer).applyGradients(own);
      });
      dispose(limited);
      return value;
    },
  };
}

function decay(variables: Variable[], by: number): void {
  tidy(() => {
    // The rate is fed as a number of its own: a constant would compile anew whenever it changes.
    const keep = scalar(1 - by);
    for (const variable of variables) variable.assign(mul(variable, keep));
  });
}

function clip(grads: NamedTensorMap, longest: number): NamedTensorMap {
  const clipped = tidy(() => {
    const squares = Object.values(grads).map((gradient) => sum(square(gradient)));
    const norm = sqrt(squares.reduce<Tensor>((total, value) => add(total, value), scalar(0)));
    const factor = minimum(1, div(longest, add(norm, 1e-12)));
    return Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, mul(gradient, factor)]));
  });
  dispose(grads);
  return clipped;
}
