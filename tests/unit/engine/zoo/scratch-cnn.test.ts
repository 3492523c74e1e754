import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { buildScratchCnn } from '../../../../electron/engine/zoo/scratch-cnn.ts';

describe('buildScratchCnn', () => {
  it.each([
    [22, [16, 64, 128]],
    [46, [16, 64, 128, 128]],
  ])(
    'leaves one pixel of the smallest input, %i, and names it when the input is smaller',
    (size, channels) => {
      const { model } = buildScratchCnn({ inputSize: size, channels });
      expect(model.outputs[0]?.shape).toEqual([null, 1, 1, channels.at(-1)]);
      expect(() => buildScratchCnn({ inputSize: size - 1, channels })).toThrow(
        expect.objectContaining({
          code: 'zoo.input-too-small',
          params: { id: 'scratch_cnn', size: size - 1, minimum: size },
        }),
      );
    },
  );
});
