import type { Arrangement } from './arrange.ts';

/** A tensor of a state dict and the weight of the zoo's network that it is. */
export interface Renaming {
  torch: string;
  keras: string;
  arrangement: Arrangement;
}

/** A network of torchvision (timm uses the same names for these) and the row of the zoo that computes the same. */
export interface TorchNetwork {
  architecture: string;
  /** A tensor that only this network has, for telling it. */
  signature: string;
  renamings: Renaming[];
}

const layer = (torch: string, keras: string, arrangement: Arrangement): Renaming[] => [
  {
    torch: `${torch}.weight`,
    keras: `${keras}/${arrangement === 'depthwise' ? 'depthwise_kernel' : 'kernel'}`,
    arrangement,
  },
  { torch: `${torch}.bias`, keras: `${keras}/bias`, arrangement: 'same' },
];

const norm = (torch: string, keras: string): Renaming[] => [
  { torch: `${torch}.weight`, keras: `${keras}/gamma`, arrangement: 'same' },
  { torch: `${torch}.bias`, keras: `${keras}/beta`, arrangement: 'same' },
  { torch: `${torch}.running_mean`, keras: `${keras}/moving_mean`, arrangement: 'same' },
  { torch: `${torch}.running_var`, keras: `${keras}/moving_variance`, arrangement: 'same' },
];

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** torchvision numbers convolutions, activations and poolings together. */
function vgg(architecture: string, convolutions: readonly number[], signature: string): TorchNetwork {
  let position = 0;
  const renamings = convolutions.flatMap((count, block) => {
    const rows = range(count).flatMap((i) =>
      layer(`features.${position + 2 * i}`, `block${block + 1}_conv${i + 1}`, 'conv'),
    );
    position += 2 * count + 1;
    return rows;
  });
  renamings.push(...layer('classifier.0', 'fc1', 'dense-after-flatten'));
  renamings.push(...layer('classifier.3', 'fc2', 'dense'), ...layer('classifier.6', 'predictions', 'dense'));
  return { architecture, signature, renamings };
}

function resnet50(): TorchNetwork {
  const stages = [3, 4, 6, 3].flatMap((blocks, stage) =>
    range(blocks).flatMap((i) => {
      const torch = `layer${stage + 1}.${i}`;
      const keras = `conv${stage + 2}_block${i + 1}`;
      const main = [1, 2, 3].flatMap((k) => [
        ...layer(`${torch}.conv${k}`, `${keras}_${k}_conv`, 'conv'),
        ...norm(`${torch}.bn${k}`, `${keras}_${k}_bn`),
      ]);
      if (i > 0) return main;
      const shortcut = layer(`${torch}.downsample.0`, `${keras}_0_conv`, 'conv');
      return [...main, ...shortcut, ...norm(`${torch}.downsample.1`, `${keras}_0_bn`)];
    }),
  );
  const stem = [...layer('conv1', 'conv1_conv', 'conv'), ...norm('bn1', 'conv1_bn')];
  const renamings = [...stem, ...stages, ...layer('fc', 'predictions', 'dense')];
  return { architecture: 'resnet50_torch', signature: 'layer3.5.conv3.weight', renamings };
}

function mobilenetV2(): TorchNetwork {
  const blocks = range(17).flatMap((id) => {
    const torch = `features.${id + 1}.conv`;
    const keras = id === 0 ? 'expanded_conv_' : `block_${id}_`;
    const first = id === 0 ? 0 : 1; // The first block does not expand.
    const expand = [
      ...layer(`${torch}.0.0`, `${keras}expand`, 'conv'),
      ...norm(`${torch}.0.1`, `${keras}expand_BN`),
    ];
    return [
      ...(id === 0 ? [] : expand),
      ...layer(`${torch}.${first}.0`, `${keras}depthwise`, 'depthwise'),
      ...norm(`${torch}.${first}.1`, `${keras}depthwise_BN`),
      ...layer(`${torch}.${first + 1}`, `${keras}project`, 'conv'),
      ...norm(`${torch}.${first + 2}`, `${keras}project_BN`),
    ];
  });
  const stem = [...layer('features.0.0', 'Conv1', 'conv'), ...norm('features.0.1', 'bn_Conv1')];
  const last = [...layer('features.18.0', 'Conv_1', 'conv'), ...norm('features.18.1', 'Conv_1_bn')];
  const renamings = [...stem, ...blocks, ...last, ...layer('classifier.1', 'predictions', 'dense')];
  return { architecture: 'mobilenet_v2_torch', signature: 'features.17.conv.3.running_var', renamings };
}

function densenet121(): TorchNetwork {
  const blocks = [6, 12, 24, 16].flatMap((count, index) =>
    range(count).flatMap((i) => {
      const torch = `features.denseblock${index + 1}.denselayer${i + 1}`;
      const keras = `conv${index + 2}_block${i + 1}`;
      return [
        ...norm(`${torch}.norm1`, `${keras}_0_bn`),
        ...layer(`${torch}.conv1`, `${keras}_1_conv`, 'conv'),
        ...norm(`${torch}.norm2`, `${keras}_1_bn`),
        ...layer(`${torch}.conv2`, `${keras}_2_conv`, 'conv'),
      ];
    }),
  );
  const transitions = [1, 2, 3].flatMap((t) => [
    ...norm(`features.transition${t}.norm`, `pool${t + 1}_bn`),
    ...layer(`features.transition${t}.conv`, `pool${t + 1}_conv`, 'conv'),
  ]);
  const ends = [
    ...layer('features.conv0', 'conv1_conv', 'conv'),
    ...norm('features.norm0', 'conv1_bn'),
    ...norm('features.norm5', 'bn'),
    ...layer('classifier', 'predictions', 'dense'),
  ];
  const signature = 'features.denseblock4.denselayer16.norm1.weight';
  return { architecture: 'densenet121', signature, renamings: [...ends, ...blocks, ...transitions] };
}

/** The larger VGG first: it has every name of the smaller one. */
export const torchNetworks: readonly TorchNetwork[] = [
  mobilenetV2(),
  densenet121(),
  resnet50(),
  vgg('vgg19_torch', [2, 2, 4, 4, 4], 'features.34.weight'),
  vgg('vgg16_torch', [2, 2, 3, 3, 3], 'features.28.weight'),
];
