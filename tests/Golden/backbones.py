"""Reference numbers of torchvision's backbones: /usr/bin/python3 backbones.py > backbones.json (PyTorch 1.13, torchvision 0.14.1).

One pass forward and back in training mode, in float64, over two made-up images of 64 x 64. Weights and images are made by
`numbers`, which any language can make again, so none are stored.
"""
import json
import math

import numpy
import torch
import torchvision

SIZE = 64


def numbers(seed, *shape):
    """Multiples of 2^-23 in [-1, 1): SplitMix64 of the element's index, the seed above it."""
    count = math.prod(shape)
    with numpy.errstate(over="ignore"):
        z = (numpy.arange(1, count + 1, dtype=numpy.uint64) + numpy.uint64(seed << 32)) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return torch.from_numpy((z >> numpy.uint64(40)).astype(numpy.float64) / 2**23 - 1).reshape(shape)


def fill(parameters):
    """Convolutions uniform within sqrt(6 / fan in), their biases and norms' shifts within 0.1, norms' scales within 0.1 of 1."""
    for seed, (name, parameter) in enumerate(parameters):
        values = numbers(seed, *parameter.shape)
        if parameter.ndim == 4:
            values = values * math.sqrt(6 / math.prod(parameter.shape[1:]))
        else:
            values = 0.1 * values + (1 if name.endswith("weight") else 0)
        parameter.data.copy_(values)


def rounded(value):
    return float(f"{float(value):.10g}")


def facts(module, run):
    parameters = list(module.named_parameters())
    fill(parameters)
    module.train()
    maps = run(numbers(900, 2, 3, SIZE, SIZE))
    sum((map * numbers(1000 + k, *map.shape)).sum() for k, map in enumerate(maps)).backward()
    return {
        "maps": [{"shape": list(map.shape), "sum": rounded(map.sum()), "norm": rounded(map.norm())} for map in maps],
        "gradient_norms": {name: rounded(parameter.grad.norm()) for name, parameter in parameters},
        "running_norms": {name: rounded(buffer.norm()) for name, buffer in module.named_buffers() if "running" in name},
    }


def resnet(name):
    net = getattr(torchvision.models, name)().double()
    del net.fc

    def run(images):
        maps = [net.maxpool(net.relu(net.bn1(net.conv1(images))))]
        for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
            maps.append(layer(maps[-1]))
        return maps[1:]

    return facts(net, run)


def vgg(name):
    """The rectified conv4_3 and conv5_3. Where batch norm follows, convolutions have no bias, as ours."""
    features = getattr(torchvision.models, name)().features.double()
    layers = list(features)
    if name.endswith("bn"):
        for layer in layers:
            if isinstance(layer, torch.nn.Conv2d):
                layer.bias = None
    wanted, convolutions = [], 0
    for index, layer in enumerate(layers):
        if isinstance(layer, torch.nn.Conv2d):
            convolutions += 1
        if isinstance(layer, torch.nn.ReLU) and convolutions in (10, 13):
            wanted.append(index)

    def run(images):
        maps = []
        for index, layer in enumerate(layers):
            images = layer(images)
            if index in wanted:
                maps.append(images.clone())
        return maps

    return facts(features, run)


CASES = {name: resnet(name) for name in ("resnet18", "resnet34", "resnet50", "resnet101")}
CASES |= {name: vgg(name) for name in ("vgg16", "vgg16_bn")}
print("{")
for position, (name, case) in enumerate(CASES.items()):
    print(f'"{name}": {json.dumps(case, separators=(",", ":"))}{"," if position + 1 < len(CASES) else ""}')
print("}")
