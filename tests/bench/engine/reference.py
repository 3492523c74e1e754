"""The same work in PyTorch, for comparison: python3 reference.py <workload> <default|channels_last> <threads>.

Prepares and warms up, then does one run for every line on standard input, answering in JSON lines.
"""
import json
import resource
import sys
import time

import torch
from torch import nn

SEED = 1
WARM_UP_RUNS = 2


def images(batch, size, channels, layout):
    return torch.rand(batch, channels, size, size).mul(2).sub(1).to(memory_format=layout)


def features(model, batch, size, layout):
    body = model.eval().to(memory_format=layout)
    x = images(batch, size, 3, layout)

    def run():
        with torch.inference_mode():
            body(x)

    return run


def optimize(optimizer, forward, loss):
    def run():
        optimizer.zero_grad()
        value = loss(forward())
        value.backward()
        optimizer.step()
        value.item()

    return run


def binary(batch):
    labels = torch.rand(batch, 1).gt(0.5).float()
    return lambda logits: nn.functional.binary_cross_entropy_with_logits(logits, labels)


def ten_classes(batch):
    labels = torch.randint(0, 10, (batch,))
    return lambda logits: nn.functional.cross_entropy(logits, labels)


def fine_tuning(body, cut, head, batch, size, loss, layout):
    """Trains body[cut:] and the head; what lies below runs without gradients, in evaluation mode."""
    body = body.to(memory_format=layout)
    head = head.to(memory_format=layout)
    below, above = body[:cut].eval(), body[cut:].train()
    for parameter in below.parameters():
        parameter.requires_grad = False
    optimizer = torch.optim.RMSprop([*above.parameters(), *head.parameters()], lr=1e-5)
    x = images(batch, size, 3, layout)

    def forward():
        with torch.no_grad():
            frozen = below(x)
        return head(above(frozen))

    return optimize(optimizer, forward, loss)


def vgg16_features(layout):
    from torchvision.models import vgg16

    return features(vgg16().features, 30, 150, layout)


def mobilenet_features(size):
    def prepare(layout):
        from torchvision.models import mobilenet_v2

        return features(mobilenet_v2().features, 32, size, layout)

    return prepare


def resnet50_features(layout):
    from torchvision.models import resnet50

    return features(nn.Sequential(*list(resnet50().children())[:-2]), 16, 224, layout)


def vgg16_step(layout):
    from torchvision.models import vgg16

    body = vgg16().features
    head = nn.Sequential(
        nn.Flatten(), nn.Linear(8192, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 1)
    )
    # 0-16 are blocks 1 to 3, each ending in its pooling.
    return fine_tuning(body, 17, head, 30, 150, binary(30), layout)


def mobilenet_step(layout):
    from torchvision.models import mobilenet_v2

    body = mobilenet_v2().features
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 10))
    # The last three entries: two inverted residual blocks and the closing convolution, as in the zoo's blocks.
    return fine_tuning(body, len(body) - 3, head, 32, 160, ten_classes(32), layout)


def mnist_step(layout):
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Flatten(), nn.Linear(64 * 12 * 12, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    ).to(memory_format=layout).train()
    x = images(128, 28, 1, layout)
    return optimize(torch.optim.Adam(model.parameters(), lr=1e-3), lambda: model(x), ten_classes(128))


def head_training(_layout):
    head = nn.Sequential(nn.Linear(1280, 256), nn.ReLU(), nn.Linear(256, 10))
    batches = [torch.rand(250, 1280) for _ in range(12)]
    loss = ten_classes(250)

    def run():
        optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
        steps = [optimize(optimizer, lambda x=x: head(x), loss) for x in batches]
        for _ in range(50):
            for step in steps:
                step()

    return run


WORKLOADS = {
    'vgg16-features': vgg16_features,
    'mobilenetv2-features-224': mobilenet_features(224),
    'mobilenetv2-features-160': mobilenet_features(160),
    'resnet50-features': resnet50_features,
    'vgg16-step': vgg16_step,
    'mobilenetv2-step': mobilenet_step,
    'mnist-step': mnist_step,
    'head-training': head_training,
}


def answer(**message):
    print(json.dumps(message), flush=True)


def main():
    name, layout, threads = sys.argv[1:4]
    torch.manual_seed(SEED)
    torch.set_num_threads(int(threads))
    memory_format = torch.channels_last if layout == 'channels_last' else torch.contiguous_format
    run = WORKLOADS[name](memory_format)
    for _ in range(WARM_UP_RUNS):
        run()
    answer(ready=True, version=torch.__version__)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        run()
        answer(ms=(time.perf_counter() - start) * 1000, cpuMs=(time.process_time() - cpu) * 1000)
    answer(peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


main()
