"""PyTorch's SGD (foreach) for 20 steps and its learning-rate schedules for 40: /usr/bin/python3 optim.py > optim.json (PyTorch 1.13)."""
import json
import warnings

import torch
from torch.optim import lr_scheduler as schedules

warnings.simplefilter("ignore")
SHAPES = [[3, 4], [4], [5]]


def numbers(shape, seed):
    """Numbers in [-0.5, 0.5) that any language can make: a 31-bit linear congruential generator."""
    count, values, state = torch.Size(shape).numel(), [], seed
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31 - 0.5)
    return torch.tensor(values, dtype=torch.float64).float().reshape(shape)


def sgd(name, groups, **options):
    """The last parameter gets its first gradient at step 4; at step 10 all rates fall to a tenth."""
    parameters = [torch.nn.Parameter(numbers(shape, i + 1)) for i, shape in enumerate(SHAPES)]
    described = [{"params": [parameters[i] for i in group["members"]], **{key: value for key, value in group.items() if key != "members"}}
                 for group in groups]
    optimizer = torch.optim.SGD(described, foreach=True, **options)
    for step in range(20):
        optimizer.zero_grad(set_to_none=True)
        for i, parameter in enumerate(parameters):
            if i < 2 or step >= 4:
                parameter.grad = numbers(SHAPES[i], 100 + 10 * step + i)
        if step == 10:
            for group in optimizer.param_groups:
                group["lr"] *= 0.1
        optimizer.step()
    return {"name": name, "groups": groups, "options": options,
            "values": [parameter.detach().flatten().tolist() for parameter in parameters],
            "momenta": [optimizer.state[p].get("momentum_buffer", torch.empty(0)).flatten().tolist() if optimizer.state[p].get("momentum_buffer") is not None else []
                        for p in parameters]}


ALL = [{"members": [0, 1, 2]}]


def rates(name, make, measure=None):
    """Rates of both groups and the momentum of the first, before the first step and after each of 40."""
    parameters = [torch.nn.Parameter(torch.ones(1)) for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.02}], lr=0.1, momentum=0.9)
    schedule = make(optimizer)
    rows = []
    for step in range(41):
        rows.append([optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"], optimizer.param_groups[0]["momentum"]])
        optimizer.step()
        if step == 40:
            break
        schedule.step(measure(step)) if measure else schedule.step()
    return {"name": name, "rows": rows}


print(json.dumps({
    "sgd": [
        sgd("plain", ALL, lr=0.1),
        sgd("weight decay", ALL, lr=0.1, weight_decay=0.01),
        sgd("momentum", ALL, lr=0.1, momentum=0.9),
        sgd("momentum and weight decay", ALL, lr=0.05, momentum=0.9, weight_decay=0.0005),
        sgd("dampening", ALL, lr=0.05, momentum=0.8, dampening=0.3),
        sgd("nesterov", ALL, lr=0.05, momentum=0.9, nesterov=True),
        sgd("nesterov and weight decay", ALL, lr=0.05, momentum=0.9, weight_decay=0.001, nesterov=True),
        sgd("maximize", ALL, lr=0.05, momentum=0.9, weight_decay=0.001, maximize=True),
        sgd("groups", [{"members": [0], "weight_decay": 0.01}, {"members": [2, 1], "lr": 0.02, "momentum": 0.5}], lr=0.1, momentum=0.9),
    ],
    "schedules": [
        rates("step", lambda o: schedules.StepLR(o, 7, 0.5)),
        rates("multi step", lambda o: schedules.MultiStepLR(o, [5, 12, 12, 30], 0.3)),
        rates("lambda", lambda o: schedules.LambdaLR(o, lambda step: 1 / (1 + step))),
        rates("multiplicative", lambda o: schedules.MultiplicativeLR(o, lambda step: 0.9 if step % 2 else 1.05)),
        rates("constant", lambda o: schedules.ConstantLR(o, 0.25, 9)),
        rates("linear", lambda o: schedules.LinearLR(o, 0.1, 0.8, 15)),
        rates("exponential", lambda o: schedules.ExponentialLR(o, 0.93)),
        rates("polynomial", lambda o: schedules.PolynomialLR(o, 25, 0.9)),
        rates("cosine", lambda o: schedules.CosineAnnealingLR(o, 12, 0.001)),
        rates("one cycle", lambda o: schedules.OneCycleLR(o, [0.5, 0.2], total_steps=41)),
        rates("one cycle, three phases, linear", lambda o: schedules.OneCycleLR(o, 0.5, epochs=9, steps_per_epoch=5, pct_start=0.4, anneal_strategy="linear", three_phase=True)),
        rates("cyclic", lambda o: schedules.CyclicLR(o, 0.01, 0.1, 4, 6)),
        rates("cyclic, halved", lambda o: schedules.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 5, mode="triangular2")),
        rates("cyclic, falling", lambda o: schedules.CyclicLR(o, 0.01, 0.1, 5, mode="exp_range", gamma=0.97, cycle_momentum=False)),
        rates("sequential", lambda o: schedules.SequentialLR(o, [schedules.LinearLR(o, 0.1, 1.0, 5), schedules.ExponentialLR(o, 0.9), schedules.ConstantLR(o, 0.5, 4)], [6, 20])),
        rates("chained", lambda o: schedules.ChainedScheduler([schedules.LinearLR(o, 0.1, 1.0, 5), schedules.MultiStepLR(o, [10, 20], 0.1)])),
        rates("plateau", lambda o: schedules.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=3, min_lr=0.004), lambda step: 1 / (1 + min(step, 8))),
        rates("plateau, greatest, absolute", lambda o: schedules.ReduceLROnPlateau(o, mode="max", factor=0.3, patience=4, threshold=0.05, threshold_mode="abs"), lambda step: min(step, 20) * 0.02),
    ],
}))
