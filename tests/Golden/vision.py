"""Reference numbers of torchvision for nms, batched_nms and roi_align: /usr/bin/python3 vision.py > vision.json (torchvision 0.14)."""
import json

import torch
import torchvision


def numbers(count, seed):
    """Numbers in [0, 1) that any language can make: a 31-bit linear congruential generator."""
    values, state = [], seed
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31)
    return torch.tensor(values, dtype=torch.float64)


def boxes(count, seed):
    raw = numbers(count * 4, seed).reshape(count, 4)
    corner = raw[:, :2] * 100
    return torch.cat([corner, corner + 5 + raw[:, 2:] * 40], 1).float()


def nms(count, threshold, seed, class_count=None):
    corners, scores = boxes(count, seed), numbers(count, seed + 1).float()
    classes = None if class_count is None else (numbers(count, seed + 2) * class_count).long()
    kept = (torchvision.ops.nms(corners, scores, threshold) if classes is None
            else torchvision.ops.batched_nms(corners, scores, classes, threshold))
    return {"count": count, "threshold": threshold, "seed": seed, "class_count": class_count, "kept": kept.tolist()}


def roi_align(aligned, sampling_ratio):
    features = (numbers(2 * 3 * 8 * 9, 11).reshape(2, 3, 8, 9) - 0.5).float().requires_grad_()
    regions = torch.tensor([[0, 0, 0, 63, 63], [1, 10.5, 4.25, 60, 31], [0, 30, 30, 33, 90], [1, -8, -8, 20, 20]]).float()
    out = torchvision.ops.roi_align(features, regions, (3, 2), 0.125, sampling_ratio, aligned)
    weights = numbers(out.numel(), 13).reshape(out.shape).float()
    (out * weights).sum().backward()
    gradient = features.grad
    return {"aligned": aligned, "sampling_ratio": sampling_ratio, "values": out.flatten().tolist(),
            "gradient_sum": gradient.double().sum().item(), "gradient_square_sum": gradient.double().square().sum().item()}


print(json.dumps({
    "nms": [nms(60, 0.5, 3), nms(200, 0.3, 5)],
    "batched_nms": [nms(120, 0.45, 7, 4), nms(1100, 0.45, 9, 3)],
    "roi_align": [roi_align(True, 2), roi_align(True, 0), roi_align(False, 2)],
}))
