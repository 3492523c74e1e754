import { mul, tidy, train, variableGrads } from '@tensorflow/tfjs-core';
import type { Optimizer, Scalar, Variable } from '@tensorflow/tfjs-core';
import type { OptimizerSettings } from '../../../shared/recipe.ts';

/** One optimizer of a stage with the variables it moves. */
export interface Mover {
  /** Computes the loss, its gradients, and moves the variables; returns the loss. */
  step(loss: () => Scalar): Scalar;
  /** The optimizer's own state (slots), for checkpoints. */
  readonly optimizer: Optimizer;
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

/**
 * AdamW is Adam with weight decay decoupled from the gradient (Loshchilov & Hutter 2019,
 * https://arxiv.org/abs/1711.05101): w -= learningRate * weightDecay * w, before Adam's step.
 */
export function createMover(settings: OptimizerSettings, variables: Variable[]): Mover {
  const optimizer = makeOptimizer(settings);
  const decay = settings.name === 'adamw' ? settings.learningRate * settings.weightDecay : 0;
  return {
    optimizer,
    step(loss) {
      const { value, grads } = variableGrads(loss, variables);
      if (decay > 0) tidy(() => variables.forEach((variable) => variable.assign(mul(variable, 1 - decay))));
      optimizer.applyGradients(grads);
      Object.values(grads).forEach((gradient) => gradient.dispose());
      return value;
    },
  };
}
