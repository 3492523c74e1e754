# Written by Graft. Runs the model beside it with nothing but onnxruntime and numpy:
#
#   pip install onnxruntime numpy pillow
#   python MODEL.predict.py photo.jpg another.png
#
# Pillow only reads pictures. Without it, give pixels as .npy: RGB, 0 to 255, [height, width, 3] of the model's size.
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime


def read_pixels(path, size, resize):
    """RGB, 0 to 255, float32, [size, size, 3]."""
    if path.endswith('.npy'):
        pixels = np.load(path).astype(np.float32)
        if pixels.shape != (size, size, 3):
            raise SystemExit(f'{path} has the shape {pixels.shape}; this model takes ({size}, {size}, 3).')
        return pixels
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode in ('RGBA', 'LA', 'PA', 'P'):
        white = Image.new('RGBA', picture.size, 'white')
        picture = Image.alpha_composite(white, picture.convert('RGBA'))
    picture = picture.convert('RGB')
    if resize == 'crop':
        picture = ImageOps.fit(picture, (size, size), Image.BILINEAR)
    else:
        picture = picture.resize((size, size), Image.BILINEAR)
    return np.asarray(picture, dtype=np.float32)


def main(paths):
    # predict.py lies beside its model: photo.predict.py runs photo.onnx.
    model = Path(__file__).with_name(Path(__file__).name.removesuffix('.predict.py') + '.onnx')
    session = onnxruntime.InferenceSession(str(model))
    card = json.loads(session.get_modelmeta().custom_metadata_map['graft'])
    size = card['input']['size']
    for path in paths:
        image = read_pixels(path, size, card['input']['resize'])[np.newaxis]
        outputs = dict(zip([o.name for o in session.get_outputs()], session.run(None, {'image': image})))
        probabilities = outputs['probabilities'][0]
        answer = card['classes'][int(np.argmax(probabilities))]
        point, unknown = card['operatingPoint'], card['unknown']
        if point is not None:
            chosen = card['classes'].index(point['class'])
            others = np.where(np.arange(len(probabilities)) == chosen, -1, probabilities)
            reached = probabilities[chosen] >= point['threshold']
            answer = card['classes'][chosen if reached else int(np.argmax(others))]
        if unknown is not None and outputs['unfamiliarity'][0] > unknown['threshold']:
            answer = "I don't know: unlike the pictures it was trained on"
        shares = ', '.join(f'{name} {share:.4f}' for name, share in zip(card['classes'], probabilities))
        print(f'{path}: {answer} ({shares})')


if __name__ == '__main__':
    main(sys.argv[1:])
