"""Golden values of torchvision's mobilenet_v2, its features alone: /usr/bin/python3 mobilenet.py > mobilenet.json

Weights, images and the loss are numbers that any language can make (numbers below), so none is stored. One pass forward and
back in training mode, in double precision on one thread (torchvision 0.14, PyTorch 1.13; a few seconds):

  keys       every key of the state_dict with its shape, in its order
  maps       SSDLite's two: the widened features inside features.14 (block 13, about to go from stride 16 to 32), and
             features.18; for each the shape, the sum, the sum of squares and the first values
  gradients  the norm of each parameter's gradient; the loss is the mean of map * numbers, over both maps
  running    of each running mean and variance the sum and the sum of squares behind the pass
"""
import json

import torch
from torchvision.models import mobilenet_v2

SIZE = 64


def numbers(seed, *shape):
    """Numbers in [-1, 1): a 31-bit linear congruential generator."""
    values, state, count = [], seed, 1
    for size in shape:
        count *= size
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(2 * state / 2**31 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def rounded(value):
    return float(f"{value:.9g}")


torch.set_num_threads(1)
features = mobilenet_v2(weights=None).features.double()
for index, (name, parameter) in enumerate(features.named_parameters()):
    values = numbers(100 + index, *parameter.shape)
    if parameter.dim() == 4:  # keeps the size of activations through ReLUs
        values *= (6 / parameter[0].numel()) ** 0.5
    elif name.endswith("weight"):
        values = 1 + values / 2
    else:
        values /= 2
    parameter.data.copy_(values)

maps = []
features[14].conv[0].register_forward_hook(lambda module, given, output: maps.append(output))
maps.append(features.train()(numbers(7, 2, 3, SIZE, SIZE)))
loss = sum((value * numbers(11 + index, *value.shape)).mean() for index, value in enumerate(maps))
loss.backward()

state = features.state_dict()
result = {
    "keys": {f"features.{name}": list(value.shape) for name, value in state.items()},
    "maps": [{"shape": list(value.shape), "sum": rounded(value.sum().item()), "squares": rounded(value.square().sum().item()),
              "first": [rounded(x) for x in value.flatten()[:8].tolist()]} for value in maps],
    "loss": rounded(loss.item()),
    "gradients": {f"features.{name}": rounded(value.grad.norm().item()) for name, value in features.named_parameters()},
    "running": {f"features.{name}": [rounded(value.sum().item()), rounded(value.square().sum().item())] for name, value in state.items() if "running_" in name},
}
print("{")
for index, (part, value) in enumerate(result.items()):
    print(f'"{part}": {json.dumps(value, separators=(",", ":"))}{"," if index + 1 < len(result) else ""}')
print("}")
