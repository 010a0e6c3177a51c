"""Files of torch.save and what they hold, and narrow torchvision networks with their activations.

    python3 torch_files.py FOLDER

Writes into FOLDER: state.pth, state-legacy.pth, state-protocol4.pth, state-legacy-protocol4.pth (one state dictionary of
many types, views and strides), state.json (its types, shapes, values); checkpoint.pth and checkpoint-legacy.pth (nested,
DataParallel names, optimizer, schedule, moving average), checkpoint.json; script.pt (TorchScript); code.pth and
code-legacy.pth (which would make the file MARKER when unpickled), module.pth (a whole module); and from torchvision,
seed 0: vgg-bn.pth, vgg.pth, vgg-reduced.pth, vgg-reduced-bgr.pth, resnet18.pth, bottlenecks.pth (a short ResNet-50),
activations.pth (images and maps of these), names.json (keys and shapes of resnet18, 34, 50, 101 and of the features of vgg16, vgg16_bn at full width).
"""
import json
import os
import sys
from collections import OrderedDict

import torch
from torch import nn
from torchvision.models import resnet, vgg

folder = sys.argv[1]
torch.manual_seed(0)
torch.set_num_threads(1)


def at(name):
    return os.path.join(folder, name)


def save(value, name, legacy=False, protocol=2):
    torch.save(value, at(name), _use_new_zipfile_serialization=not legacy, pickle_protocol=protocol)


def described(state):
    return {
        name: {"dtype": str(t.dtype).split(".")[1], "shape": list(t.shape), "values": [float(x) for x in t.detach().double().reshape(-1)]}
        for name, t in state.items()
    }


def write_json(value, name):
    with open(at(name), "w") as file:
        json.dump(value, file)


# ---- one tensor of every kind
base = torch.arange(24.0).reshape(4, 6) - 7.25
integers = torch.arange(-3, 4)
state = OrderedDict(
    plain=base, transposed=base.t(), rows=base[1:3], column=base[:, 2], every_second=base[::2, ::3],
    channels_last=torch.rand(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    expanded=torch.tensor([1.5, -2.5]).reshape(2, 1).expand(2, 3), windows=torch.arange(6.0).unfold(0, 3, 1),
    half=(integers * 0.75).half(), bfloat16=(integers * 0.75).bfloat16(), double=integers.double() / 3,
    int64=integers * 10 ** 12, int32=integers.int(), int16=integers.short(), int8=integers.char(), uint8=(integers + 100).byte(),
    bool=integers > 0, number=torch.tensor(5), empty=torch.zeros(0, 4), empty_view=base[4:],
    parameter=nn.Parameter(torch.rand(3, 2)), with_gradient=torch.rand(2, requires_grad=True),
)
save(state, "state.pth")
save(state, "state-legacy.pth", legacy=True)
save(state, "state-protocol4.pth", protocol=4)
save(state, "state-legacy-protocol4.pth", legacy=True, protocol=4)
write_json(described(state), "state.json")

# ---- a checkpoint as training loops write it
model = nn.DataParallel(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
model(torch.rand(1, 1, 4, 4)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 12, "best": 0.625, "arch": "tiny", "done": False, "size": torch.Size([2, 3]), "type": torch.float16, "device": torch.device("cpu"),
    "ema": {name: t + 1 for name, t in model.state_dict().items()}, "model": model.state_dict(),
    "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "rng": torch.arange(5, dtype=torch.uint8), "set": {1, 2}, "raw": b"\x00\xff",
}
save(checkpoint, "checkpoint.pth")
save(checkpoint, "checkpoint-legacy.pth", legacy=True)
save([torch.ones(2), torch.zeros(3)], "list.pth")
save(torch.full((2,), 3.0), "single.pth")
write_json(described({name[7:]: t for name, t in model.state_dict().items()}), "checkpoint.json")

torch.jit.script(nn.Sequential(nn.Linear(2, 2))).save(at("script.pt"))


class Code:
    def __reduce__(self):
        return (os.system, ("touch '%s'" % at("MARKER"),))


save({"weight": torch.ones(1), "code": Code()}, "code.pth")
save({"weight": torch.ones(1), "code": Code()}, "code-legacy.pth", legacy=True)
save(model, "module.pth")

# ---- narrow networks: 8 channels instead of 64, 64 outputs of fc6 and fc7 instead of 4096
widths = [8, 8, "M", 16, 16, "M", 32, 32, 32, "M", 64, 64, 64, "M", 64, 64, 64, "M"]
images = torch.rand(2, 3, 64, 64) * 2 - 1
activations = {"images": images}


def narrow_vgg(batch_norm):
    net = vgg.VGG(vgg.make_layers(widths, batch_norm=batch_norm), num_classes=4, init_weights=False)
    net.classifier[0] = nn.Linear(64 * 49, 64)
    net.classifier[3] = nn.Linear(64, 64)
    net.classifier[6] = nn.Linear(64, 4)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
            nn.init.uniform_(module.bias, -0.2, 0.2)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            nn.init.uniform_(module.running_mean, -0.3, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()


def reduced(net):
    """fc6 (16, 64, 3, 3) and fc7 (16, 16, 1, 1): every fourth output and input, every third cell."""
    first, second = net.classifier[0], net.classifier[3]
    fc6 = first.weight.reshape(64, 64, 7, 7)[::4, :, ::3, ::3]
    fc7 = second.weight.reshape(64, 64, 1, 1)[::4, ::4]
    return (fc6, first.bias[::4]), (fc7, second.bias[::4])


def maps_of(net, batch_norm):
    """conv4_3 and fc7 as SSD has them: pool5 is 3x3 of stride 1, fc6 has dilation 6."""
    pools, features, first_map = 0, images, None
    for layer in net.features:
        if isinstance(layer, nn.MaxPool2d):
            pools += 1
            if pools == 4:
                first_map = features
            if pools == 5:
                features = nn.functional.max_pool2d(features, 3, 1, 1)
                continue
        features = layer(features)
    (fc6, bias6), (fc7, bias7) = reduced(net)
    shrink = (1 + 1e-5) ** -0.5 if batch_norm else 1.0  # of a batch norm of mean 0 and variance 1
    features = torch.relu(nn.functional.conv2d(features, fc6, None, padding=6, dilation=6) * shrink + bias6[:, None, None])
    features = torch.relu(nn.functional.conv2d(features, fc7) * shrink + bias7[:, None, None])
    return first_map, features


with torch.no_grad():
    for name, batch_norm in (("vgg-bn", True), ("vgg", False)):
        net = narrow_vgg(batch_norm)
        save(net.state_dict(), name + ".pth")
        activations[name + ".conv4_3"], activations[name + ".fc7"] = maps_of(net, batch_norm)
    keys = [str(i) for i, layer in enumerate(net.features) if isinstance(layer, nn.Conv2d)]
    by_number = OrderedDict()
    for key in keys:
        by_number[key + ".weight"], by_number[key + ".bias"] = net.features[int(key)].weight.data, net.features[int(key)].bias.data
    (by_number["31.weight"], by_number["31.bias"]), (by_number["33.weight"], by_number["33.bias"]) = reduced(net)
    save(by_number, "vgg-reduced.pth", legacy=True)
    by_number["0.weight"] = by_number["0.weight"][:, [2, 1, 0]]
    save(by_number, "vgg-reduced-bgr.pth")

    for name, net in (("resnet18", resnet.resnet18()), ("bottlenecks", resnet.ResNet(resnet.Bottleneck, [2, 1, 1, 1]))):
        for module in net.eval().modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.running_mean, -0.3, 0.3)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
        save({"state_dict": OrderedDict(("module." + k, v) for k, v in net.state_dict().items()), "epoch": 90}, name + ".pth")
        features = net.maxpool(net.relu(net.bn1(net.conv1(images))))
        for number in range(1, 5):
            features = getattr(net, "layer%d" % number)(features)
            activations["%s.layer%d" % (name, number)] = features
    save(activations, "activations.pth")

# Names and shapes alone: without drawing 150 million numbers.
nn.init.kaiming_uniform_ = nn.init.kaiming_normal_ = nn.init.uniform_ = nn.init.normal_ = lambda tensor, *_, **__: tensor
names = {}
for name, make in (("resnet18", resnet.resnet18), ("resnet34", resnet.resnet34), ("resnet50", resnet.resnet50), ("resnet101", resnet.resnet101)):
    names[name] = {key: list(t.shape) for key, t in make().state_dict().items()}
for name, batch_norm in (("vgg16", False), ("vgg16_bn", True)):
    layers = vgg.make_layers(vgg.cfgs["D"], batch_norm=batch_norm)
    names[name] = {"features." + key: list(t.shape) for key, t in layers.state_dict().items()}
write_json(names, "names.json")
