// Written by Graft. Runs the model beside it with nothing but onnxruntime-node:
//
//   npm install onnxruntime-node sharp
//   node MODEL.predict.mjs photo.jpg another.png
//
// sharp only reads pictures. Without it, give pixels as .rgb: size * size * 3 bytes, RGB, row by row.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** RGB, 0 to 255, float32, [size, size, 3]. */
async function readPixels(path, { size, resize }) {
  if (path.endsWith('.rgb')) {
    const bytes = readFileSync(path);
    if (bytes.length !== size * size * 3)
      throw new Error(`${path} has ${bytes.length} bytes; this model takes ${size} x ${size} x 3.`);
    return Float32Array.from(bytes);
  }
  const { default: sharp } = await import('sharp');
  const bytes = await sharp(path)
    .autoOrient()
    .resize({ width: size, height: size, fit: resize === 'crop' ? 'cover' : 'fill', kernel: 'linear' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
  // Grey pictures come with one channel.
  const channels = bytes.length / (size * size);
  return Float32Array.from({ length: size * size * 3 }, (_, i) =>
    channels === 1 ? bytes[Math.floor(i / 3)] : bytes[i],
  );
}

// predict.mjs lies beside its model: photo.predict.mjs runs photo.onnx. Node's onnxruntime does not show what is
// written inside the model, so the same is read from the certificate.
const model = import.meta.filename.replace(/\.predict\.mjs$/, '.onnx');
const { model: card } = JSON.parse(readFileSync(`${model}.certificate.json`, 'utf8'));
const session = await InferenceSession.create(model);

for (const path of process.argv.slice(2)) {
  const { size } = card.input;
  const image = new Tensor('float32', await readPixels(path, card.input), [1, size, size, 3]);
  const outputs = await session.run({ image });
  const probabilities = [...outputs.probabilities.data];
  let answer = card.classes[probabilities.indexOf(Math.max(...probabilities))];
  if (card.operatingPoint) {
    const chosen = card.classes.indexOf(card.operatingPoint.class);
    const others = probabilities.map((share, index) => (index === chosen ? -1 : share));
    const reached = probabilities[chosen] >= card.operatingPoint.threshold;
    answer = card.classes[reached ? chosen : others.indexOf(Math.max(...others))];
  }
  if (card.unknown && outputs.unfamiliarity.data[0] > card.unknown.threshold)
    answer = "I don't know: unlike the pictures it was trained on";
  const shares = card.classes.map((name, index) => `${name} ${probabilities[index].toFixed(4)}`);
  console.log(`${path}: ${answer} (${shares.join(', ')})`);
}
