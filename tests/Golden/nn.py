"""Reference numbers of PyTorch for modules and functions: /usr/bin/python3 nn.py > nn.json (PyTorch 1.13)."""
import json

import torch
from torch import nn
from torch.nn import functional as F


def numbers(seed, *shape):
    """Numbers in [-1, 1) that any language can make: a 31-bit linear congruential generator."""
    values, state, count = [], seed, 1
    for size in shape:
        count *= size
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(2 * state / 2**31 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape).float()


def initialised(make):
    torch.manual_seed(7)
    return torch.cat([parameter.detach().flatten() for parameter in make().parameters()])


def drawn(fill, *shape):
    torch.manual_seed(11)
    return fill(torch.empty(shape))


def with_numbers(module):
    for index, parameter in enumerate(module.parameters()):
        parameter.data.copy_(numbers(31 + index, *parameter.shape))
    return module


def batch_norm(batches, momentum, evaluate):
    module = with_numbers(nn.BatchNorm2d(3, momentum=momentum))
    for batch in range(batches):
        out = module(numbers(41 + batch, 2, 3, 4, 5) * (2 + batch))
    if evaluate:
        out = module.eval()(numbers(47, 1, 3, 2, 2))
    return torch.cat([out.flatten(), module.running_mean, module.running_var, module.num_batches_tracked.reshape(1).float()])


def clipped(max_norm, norm_type):
    parameters = [nn.Parameter(numbers(51, 3, 2)), nn.Parameter(numbers(52, 4)), nn.Parameter(numbers(53, 2))]
    parameters[0].grad, parameters[1].grad = numbers(54, 3, 2), numbers(55, 4)
    total = nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)
    return torch.cat([total.reshape(1), parameters[0].grad.flatten(), parameters[1].grad])


def fused(transpose):
    weight, bias = nn.utils.fusion.fuse_conv_bn_weights(
        numbers(61, 3, 3, 2, 2), numbers(62, 3), numbers(63, 3), numbers(64, 3).abs(), 1e-3, numbers(65, 3), numbers(66, 3), transpose)
    return torch.cat([weight.flatten(), bias])


x = numbers(1, 2, 4, 7, 6)
image = numbers(2, 1, 2, 5, 7)
weight = numbers(3, 6, 4, 3, 3)
scores, target = numbers(4, 5, 3) * 4, torch.tensor([2, 0, 1, 1, 2])
left, right = numbers(5, 4, 3) * 2, numbers(6, 4, 3) * 2
CASES = {
    "initial Conv2d": lambda: initialised(lambda: nn.Conv2d(4, 6, (3, 2), groups=2)),
    "initial ConvTranspose2d": lambda: initialised(lambda: nn.ConvTranspose2d(2, 3, 2)),
    "initial Linear": lambda: initialised(lambda: nn.Linear(5, 3)),
    "xavier_uniform_": lambda: drawn(lambda t: nn.init.xavier_uniform_(t, 1.5), 4, 3, 2, 2),
    "xavier_normal_": lambda: drawn(nn.init.xavier_normal_, 4, 6),
    "kaiming_normal_ fan out": lambda: drawn(lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"), 4, 3, 2, 2),
    "kaiming_uniform_": lambda: drawn(lambda t: nn.init.kaiming_uniform_(t, 0.3), 4, 6),
    "trunc_normal_": lambda: drawn(lambda t: nn.init.trunc_normal_(t, 0.1, 0.5, -0.3, 0.9), 4, 6),
    "dirac_": lambda: nn.init.dirac_(torch.empty(3, 2, 3, 3)),
    "eye_": lambda: nn.init.eye_(torch.empty(2, 3)),
    "conv2d": lambda: F.conv2d(x, weight[:2], numbers(7, 2)),
    "conv2d stride padding": lambda: F.conv2d(x, weight[:2], None, (2, 1), (1, 2)),
    "conv2d dilation": lambda: F.conv2d(x, weight[:2], None, 1, 2, 2),
    "conv2d groups": lambda: F.conv2d(x, weight[:4, :2], None, 2, 1, 1, 2),
    "Conv2d same": lambda: with_numbers(nn.Conv2d(4, 2, (3, 2), padding="same", dilation=(1, 2)))(x[:1]),
    "Conv2d reflect": lambda: with_numbers(nn.Conv2d(4, 2, 3, 2, (1, 2), padding_mode="reflect"))(x[:1]),
    "Conv2d replicate": lambda: with_numbers(nn.Conv2d(4, 2, 3, 2, (1, 2), padding_mode="replicate"))(x[:1]),
    "Conv2d circular": lambda: with_numbers(nn.Conv2d(4, 2, 3, 2, (1, 2), padding_mode="circular"))(x[:1]),
    "ConvTranspose2d": lambda: with_numbers(nn.ConvTranspose2d(4, 2, 3, 2, 1, 1))(x[:1, :, :3, :3]),
    "ConvTranspose2d output size": lambda: with_numbers(nn.ConvTranspose2d(4, 2, 3, 2, 1))(x[:1, :, :3, :3], output_size=(6, 5)),
    "max_pool2d ceil": lambda: F.max_pool2d(image, 2, ceil_mode=True),
    "max_pool2d floor": lambda: F.max_pool2d(image, 3, 2, 1, 1),
    "max_pool2d indices": lambda: F.max_pool2d(image, 2, ceil_mode=True, return_indices=True)[1].float(),
    "avg_pool2d ceil": lambda: F.avg_pool2d(image, (3, 2), (2, 3), 1, True, False),
    "adaptive_avg_pool2d": lambda: F.adaptive_avg_pool2d(image, (3, 2)),
    "BatchNorm2d train": lambda: batch_norm(1, 0.1, False),
    "BatchNorm2d eval": lambda: batch_norm(2, 0.3, True),
    "BatchNorm2d cumulative": lambda: batch_norm(3, None, True),
    "InstanceNorm2d": lambda: with_numbers(nn.InstanceNorm2d(4, affine=True))(x[0]),
    "GroupNorm": lambda: with_numbers(nn.GroupNorm(2, 4))(x[:1]),
    "LayerNorm": lambda: with_numbers(nn.LayerNorm((7, 6)))(x[:1, :2]),
    "normalize": lambda: F.normalize(x[:1], dim=1),
    "pad reflect": lambda: F.pad(image, (2, 1, 1, 0), "reflect"),
    "pad constant": lambda: F.pad(image, (2, 0, 0, 1), "constant", 1.5),
    "nearest": lambda: F.interpolate(image, (7, 4)),
    "nearest factor": lambda: F.interpolate(image, scale_factor=1.7),
    "nearest exact": lambda: F.interpolate(image, (7, 4), mode="nearest-exact"),
    "bilinear": lambda: F.interpolate(image, (7, 4), mode="bilinear"),
    "bilinear corners": lambda: F.interpolate(image, (7, 4), mode="bilinear", align_corners=True),
    "bilinear factor": lambda: F.interpolate(image, scale_factor=(1.3, 0.8), mode="bilinear"),
    "bilinear recomputed": lambda: F.interpolate(image, scale_factor=1.3, mode="bilinear", recompute_scale_factor=True),
    "bilinear antialias": lambda: F.interpolate(image, (2, 3), mode="bilinear", antialias=True),
    "bicubic": lambda: F.interpolate(image, (7, 4), mode="bicubic"),
    "area": lambda: F.interpolate(image, scale_factor=0.6, mode="area"),
    "cross_entropy": lambda: F.cross_entropy(scores, target),
    "cross_entropy weights": lambda: F.cross_entropy(scores, target, torch.tensor([0.2, 1.0, 3.0]), ignore_index=0),
    "cross_entropy smoothing": lambda: F.cross_entropy(scores, target, reduction="none", label_smoothing=0.1),
    "nll_loss": lambda: F.nll_loss(F.log_softmax(scores, 1), target, reduction="sum"),
    "smooth_l1_loss": lambda: F.smooth_l1_loss(left, right, reduction="none"),
    "smooth_l1_loss beta": lambda: F.smooth_l1_loss(left, right, reduction="sum", beta=1 / 9),
    "huber_loss": lambda: F.huber_loss(left, right, reduction="none", delta=0.5),
    "l1_loss": lambda: F.l1_loss(left, right),
    "mse_loss": lambda: F.mse_loss(left, right),
    "binary_cross_entropy_with_logits": lambda: F.binary_cross_entropy_with_logits(
        left, (right > 0).float(), right.abs(), pos_weight=torch.tensor([1.0, 2.0, 0.5])),
    "gelu": lambda: F.gelu(left),
    "gelu tanh": lambda: F.gelu(left, approximate="tanh"),
    "relu6": lambda: F.relu6(left * 5),
    "silu": lambda: F.silu(left),
    "leaky_relu": lambda: F.leaky_relu(left, 0.2),
    "softmax": lambda: F.softmax(left, 1),
    "one_hot": lambda: F.one_hot(target, 4).float(),
    "clip_grad_norm_ 2": lambda: clipped(0.5, 2),
    "clip_grad_norm_ 1": lambda: clipped(0.5, 1),
    "clip_grad_norm_ infinity": lambda: clipped(0.5, float("inf")),
    "clip_grad_norm_ large": lambda: clipped(50, 2),
    "fuse_conv_bn_weights": lambda: fused(False),
    "fuse_conv_bn_weights transpose": lambda: fused(True),
}

print("{")
for index, (name, compute) in enumerate(CASES.items()):
    values = [float(f"{value:.6g}") for value in compute().detach().flatten().tolist()]
    shape = list(compute().shape)
    print(f'"{name}": {json.dumps({"shape": shape, "values": values}, separators=(",", ":"))}{"," if index + 1 < len(CASES) else ""}')
print("}")
