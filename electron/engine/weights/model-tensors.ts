import type { LayersModel } from '@tensorflow/tfjs-layers';

type LayerVariable = LayersModel['layers'][number]['weights'][number];

/** A weight of a model under Keras' name `layer/weight`, which stays the same however often the model is built. */
export interface ModelTensor {
  name: string;
  layer: string;
  shape: number[];
  variable: LayerVariable;
}

/** All weights of a model, layer by layer, whether trainable or not. */
export function modelTensors(model: LayersModel): ModelTensor[] {
  return model.layers.flatMap((layer) =>
    layer.weights.map((variable) => {
      const weight = variable.originalName.split('/').pop() ?? variable.originalName;
      return {
        name: `${layer.name}/${weight}`,
        layer: layer.name,
        shape: variable.shape as number[],
        variable,
      };
    }),
  );
}
