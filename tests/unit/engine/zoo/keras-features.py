"""Makes keras-features.json: what Keras itself computes, for the architectures that ../shared/reference has not.

    pip install keras jax && KERAS_BACKEND=jax python keras-features.py > keras-features.json

Weights and the one image come from the documented generator (see synthetic-weights.ts): nothing but this file and
Keras is needed to make the numbers again. Written with Keras 3.15.1.
"""

import base64
import json
import sys

import keras
import numpy as np

SIZE = 128


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def mulberry32(seed, count):
    a = (np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)).astype(np.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t = (t + (t ^ (t >> 7)) * (t | 61)) ^ t
    return (t ^ (t >> 14)) / 4294967296.0


def synthetic(net, name, shape):
    count = int(np.prod(shape))
    u = mulberry32(fnv1a(f"{net}/{name}"), count)
    weight = name.split("/")[1]
    if weight in ("gamma", "moving_variance"):
        values = 0.5 + u
    elif "kernel" in weight:
        values = (2 * u - 1) * np.sqrt(6 / (count / shape[-1]))
    else:
        values = (2 * u - 1) * 0.2
    return values.astype(np.float32).reshape(shape)


def tensor_names(model):
    """layer/weight as Keras 2 called them; layers numbered by Keras are numbered anew from 1."""
    seen = {}
    for layer in model.layers:
        name, kind = layer.name, type(layer).__name__
        if name.split("_")[0] in ("conv2d", "batch") and name.rstrip("0123456789").rstrip("_") in ("conv2d", "batch_normalization"):
            seen.setdefault(kind, []).append(layer)
    order = lambda layer: int(layer.name.rsplit("_", 1)[1]) if layer.name[-1].isdigit() and "_" in layer.name else 0
    renamed = {}
    for layers in seen.values():
        for index, layer in enumerate(sorted(layers, key=order)):
            base = "conv2d" if type(layer).__name__ == "Conv2D" else "batch_normalization"
            renamed[layer.name] = f"{base}_{index + 1}"
    for layer in model.layers:
        if type(layer).__name__ in ("Normalization", "Rescaling"):
            continue
        for variable in layer.weights:
            weight = variable.name
            if type(layer).__name__ == "DepthwiseConv2D" and weight == "kernel":
                weight = "depthwise_kernel"
            yield variable, f"{renamed.get(layer.name, layer.name)}/{weight}"


def image():
    pixels = mulberry32(fnv1a("image"), SIZE * SIZE * 3)
    return np.floor(pixels * 256).astype(np.float32).reshape(1, SIZE, SIZE, 3)


def features(net, build, preprocess):
    keras.utils.clear_session()
    model = build(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3), pooling="avg")
    for variable, name in tensor_names(model):
        variable.assign(synthetic(net, name, tuple(variable.shape)))
    return model, np.asarray(model(preprocess(image().copy()), training=False))[0]


apps = keras.applications
torch = lambda x: (x / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])


def efficientnet(**options):
    """Its own scaling of pixels is taken out by feeding what undoes it: here only the network behind it is wanted."""
    return apps.EfficientNetB0(**options)


NETS = {
    "xception": (apps.Xception, apps.xception.preprocess_input),
    "densenet121": (apps.DenseNet121, apps.densenet.preprocess_input),
    # Without ImageNet weights Keras' EfficientNet only divides by 255 (its Normalization is the identity).
    "efficientnet_b0": (efficientnet, lambda x: (torch(x) * 255).astype(np.float32)),
    "vgg19": (apps.VGG19, apps.vgg19.preprocess_input),
    "mobilenet": (apps.MobileNet, apps.mobilenet.preprocess_input),
    "mobilenet_v2": (apps.MobileNetV2, apps.mobilenet_v2.preprocess_input),
    "resnet50": (apps.ResNet50, apps.resnet.preprocess_input),
    "inception_v3": (apps.InceptionV3, apps.inception_v3.preprocess_input),
}

if __name__ == "__main__":
    result = {}
    for net, (build, preprocess) in NETS.items():
        _, values = features(net, build, preprocess)
        print(net, values.shape, float(np.abs(values).max()), float(values.std()), file=sys.stderr)
        result[net] = base64.b64encode(values.astype("<f4").tobytes()).decode()
    print(json.dumps({"keras": keras.__version__, "size": SIZE, "features": result}, indent=1))
