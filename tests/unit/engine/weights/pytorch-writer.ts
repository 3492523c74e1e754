import { zip } from './zip-writer.ts';
import type { Packed } from './zip-writer.ts';

export interface TorchTensor {
  name: string;
  shape: number[];
  data: Float32Array;
  /** In elements; default: contiguous. */
  strides?: number[];
}

const text = (value: string) => {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(5);
  head.write('X', 'latin1');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
const number = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes.write('J', 'latin1');
  bytes.writeInt32LE(value, 1);
  return bytes;
};
export const raw = (value: string) => Buffer.from(value, 'latin1');
const tuple = (items: Buffer[]) => Buffer.concat([raw('('), ...items, raw('t')]);

const contiguous = (shape: readonly number[]) =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));

/** The call that PyTorch pickles for a tensor of float32 in storage `key`. */
function pickleTensor({ shape, data, strides }: TorchTensor, key: number): Buffer {
  const storage = [
    text('storage'),
    raw('ctorch\nFloatStorage\n'),
    text(String(key)),
    text('cpu'),
    number(data.length),
  ];
  const arrangement = [tuple(shape.map(number)), tuple((strides ?? contiguous(shape)).map(number))];
  const hooks = [raw('\x89'), raw('ccollections\nOrderedDict\n)R')];
  const args = tuple([Buffer.concat([tuple(storage), raw('Q')]), number(0), ...arrangement, ...hooks]);
  return Buffer.concat([raw('ctorch._utils\n_rebuild_tensor_v2\n'), args, raw('R')]);
}

/** A pickle (protocol 2) of an OrderedDict of these tensors, as `torch.save(model.state_dict())` writes it. */
export function pickleStateDict(tensors: readonly TorchTensor[]): Buffer {
  const items = tensors.flatMap((tensor, key) => [text(tensor.name), pickleTensor(tensor, key)]);
  return Buffer.concat([raw('\x80\x02ccollections\nOrderedDict\n)R('), ...items, raw('u.')]);
}

/** The whole .pth file; `change` may replace its parts before they are packed. */
export function pytorchFile(tensors: readonly TorchTensor[], change = (files: Packed[]) => files): Buffer {
  const storages = tensors.map(({ data }, key) => ({
    name: `model/data/${key}`,
    content: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  }));
  const files = [{ name: 'model/data.pkl', content: pickleStateDict(tensors) }, ...storages];
  return zip(change([...files, { name: 'model/version', content: Buffer.from('3\n') }]));
}
