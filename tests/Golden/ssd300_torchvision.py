"""Golden values of torchvision's ssd300_vgg16: what `parity ssd300-vgg16@torchvision` and the box code are held against.

Run:  python3 ssd300_torchvision.py OUT        (needs torch and torchvision; about half a minute on one core)

Files in OUT
  weights.safetensors       every state_dict tensor under torchvision's own key, F32
  inputs.safetensors        images (2, 3, 300, 300): already resized and normalised (0..255 minus the mean colour)
  targets.json              [{"boxes": [[x1, y1, x2, y2], ...] in pixels of 300 x 300, "labels": [1..20, ...]}, ...]
  head_outputs.safetensors  bbox_regression (2, 8732, 4), cls_logits (2, 8732, 21)
  default_boxes.safetensors cxcywh (8732, 4), normalised to the image
  expected.json             losses, gradient_norms, matched, hard_negatives, detections (the shapes of `parity`), margins
  summary.json              the small numbers of the above; a copy is committed as ssd300_torchvision.json

The model is the body of torchvision's SSD.forward without GeneralizedRCNNTransform, in fp32 on one thread.

Weights: torchvision's own initialisation under a fixed seed. With random weights and inputs of +/-128 the six maps
give logits of very different, far too large sizes, so each prediction convolution is scaled by the power of two that
brings the standard deviation of its outputs nearest to TARGET_STD (powers of two lose no bits), and background gets a
bias. Then about a tenth of the (box, class) pairs pass the 0.01 threshold, the 400-per-class cut is active, and
suppression within the classes is not trivial. More than 1,000 candidates an image also means that batched_nms suppresses
class by class and does not shift the boxes by class, which would cost digits.
"""

import json
import math
import os
import struct
import sys

import numpy
import torch
import torchvision
from torch.nn import functional
from torchvision.models.detection import ssd300_vgg16
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou

SEED = 20
SIZE = 300
CLASSES = 21
MEAN_COLOUR = (0.48235, 0.45882, 0.40784)
TARGET_STD = {"cls_logits": 1.5, "bbox_regression": 0.7}
BACKGROUND_BIAS = 6.0

TARGETS = [
    {
        "boxes": [
            [100.0, 100.0, 145.0, 145.0],  # shares its best default box with the next one
            [102.0, 101.0, 147.0, 146.0],
            [0.0, 200.0, 60.0, 300.0],  # exactly on the left and the lower border
            [150.5, 20.25, 280.0, 90.0],
            [30.0, 10.0, 270.0, 290.0],  # large, over everything else
            [200.0, 180.0, 230.0, 260.0],
            [60.0, 90.0, 230.0, 262.0],
        ],
        "labels": [3, 7, 12, 1, 20, 3, 9],
    },
    {"boxes": [[151.0, 150.0, 159.0, 157.0]], "labels": [5]},  # one object smaller than every default box
]


def write_safetensors(path, tensors):
    """Little-endian length of the header, JSON header padded to 8 bytes, the raw values in order."""
    header, offset, arrays = {}, 0, []
    for name, tensor in tensors.items():
        array = numpy.ascontiguousarray(tensor.detach().numpy(), dtype="<f4")
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        arrays.append(array)
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in arrays:
            file.write(array.tobytes())


def write_json(path, value):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def make_images(generator):
    """Two pictures: smooth colour noise, fine grain and the targets as flat patches, so that no two regions look alike."""
    coarse = torch.rand((2, 3, 12, 12), generator=generator) * 255
    images = functional.interpolate(coarse, size=(SIZE, SIZE), mode="bilinear", align_corners=False)
    images += torch.randn(images.shape, generator=generator) * 8
    for image, target in zip(images, TARGETS):
        for box in sorted(target["boxes"], key=lambda b: (b[0] - b[2]) * (b[3] - b[1])):  # large ones first
            x1, y1, x2, y2 = (int(round(v)) for v in box)
            colour = torch.rand((3, 1, 1), generator=generator) * 255
            image[:, y1:y2, x1:x2] = 0.5 * image[:, y1:y2, x1:x2] + 0.5 * colour
    mean = torch.tensor(MEAN_COLOUR).view(1, 3, 1, 1) * 255
    return images.clamp(0, 255) - mean


def scale_heads(model, images):
    """See the note on weights above. Returns the powers of two, per head and map."""
    exponents = {}
    with torch.no_grad():
        features = list(model.backbone(images).values())
        heads = {"cls_logits": model.head.classification_head, "bbox_regression": model.head.regression_head}
        for name, head in heads.items():
            exponents[name] = []
            for convolution, feature in zip(head.module_list, features):
                exponent = round(math.log2(TARGET_STD[name] / convolution(feature).std().item()))
                convolution.weight.mul_(2.0**exponent)
                exponents[name].append(exponent)
        for convolution in model.head.classification_head.module_list:
            convolution.bias.view(-1, CLASSES)[:, 0] = BACKGROUND_BIAS
    return exponents


def hard_negatives(model, targets, cls_logits, matched):
    """The anchors that SSD.compute_loss picks as background, and how far the last picked is from the first left out."""
    picked, margins = [], []
    for target, logits, matches in zip(targets, cls_logits, matched):
        classes = torch.where(matches >= 0, target["labels"][matches.clamp(min=0)], torch.zeros_like(matches))
        loss = functional.cross_entropy(logits, classes, reduction="none")
        loss[classes > 0] = -float("inf")
        values, order = loss.sort(descending=True)
        count = int(model.neg_to_pos_ratio * (classes > 0).sum())
        picked.append(sorted(order[:count].tolist()))
        margins.append((values[count - 1] - values[count]).item())
    return picked, margins


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    model = ssd300_vgg16(weights=None, weights_backbone=None, num_classes=CLASSES)
    model.train()  # nothing in it behaves differently in evaluation: no dropout, no batch norm
    images = make_images(torch.Generator().manual_seed(SEED))
    exponents = scale_heads(model, images)
    targets = [
        {"boxes": torch.tensor(target["boxes"]), "labels": torch.tensor(target["labels"])} for target in TARGETS
    ]

    features = list(model.backbone(images).values())
    head_outputs = model.head(features)
    image_list = ImageList(images, [(SIZE, SIZE)] * len(images))
    anchors = model.anchor_generator(image_list, features)
    matched = [
        model.proposal_matcher(box_iou(target["boxes"], boxes)) for target, boxes in zip(targets, anchors)
    ]
    losses = model.compute_loss(targets, head_outputs, anchors, matched)
    sum(losses.values()).backward()
    negatives, mining_margins = hard_negatives(model, targets, head_outputs["cls_logits"].detach(), matched)

    with torch.no_grad():
        detections = model.postprocess_detections(head_outputs, anchors, image_list.image_sizes)
        scores = functional.softmax(head_outputs["cls_logits"], dim=-1)
        above = scores[:, :, 1:] > model.score_thresh
        grid = model.anchor_generator._grid_default_boxes([f.shape[-2:] for f in features], [SIZE, SIZE])

    best = box_iou(targets[0]["boxes"], anchors[0]).argmax(dim=1).tolist()
    assert best[0] == best[1], "the first two objects are meant to share their best default box"
    assert all(above.sum(dim=(1, 2)) > 1000), "too few candidates: batched_nms would shift the boxes by class"
    assert all(len(d["scores"]) == model.detections_per_img for d in detections)

    matched_lists = []
    for matches in matched:
        where = torch.where(matches >= 0)[0]
        matched_lists.append({"anchors": where.tolist(), "objects": matches[where].tolist()})
    expected = {
        "losses": {name: value.item() for name, value in losses.items()},
        "gradient_norms": {name: value.grad.double().norm().item() for name, value in model.named_parameters()},
        "matched": matched_lists,
        "hard_negatives": negatives,
        "detections": [{name: value.tolist() for name, value in image.items()} for image in detections],
        "margins": {"hard_negative_loss": mining_margins},
    }
    summary = {
        "made_with": {"torch": torch.__version__, "torchvision": torchvision.__version__, "seed": SEED},
        "parameters": sum(p.numel() for p in model.parameters()),
        "head_scale_exponents": exponents,
        "losses": expected["losses"],
        "gradient_norms": expected["gradient_norms"],
        "head_output_sums": {
            name: {
                "sum": value.double().sum().item(),
                "sum_sq": value.double().square().sum().item(),
            }
            for name, value in head_outputs.items()
        },
        "default_boxes": {
            "count": len(grid),
            "sum": grid.double().sum(dim=0).tolist(),
            "first": grid[:10].tolist(),
            "last": grid[-10:].tolist(),
        },
        "targets": TARGETS,
        "matched": matched_lists,
        "hard_negatives": negatives,
        "hard_negative_loss_margin": mining_margins,
        "candidates_over_threshold": above.sum(dim=(1, 2)).tolist(),
        "candidates_per_class_at_most": above.sum(dim=1).max(dim=1).values.tolist(),
        "first_detections": [
            {name: value[:10].tolist() for name, value in image.items()} for image in detections
        ],
    }

    write_safetensors(os.path.join(folder, "weights.safetensors"), model.state_dict())
    write_safetensors(os.path.join(folder, "inputs.safetensors"), {"images": images})
    write_safetensors(os.path.join(folder, "head_outputs.safetensors"), head_outputs)
    write_safetensors(os.path.join(folder, "default_boxes.safetensors"), {"cxcywh": grid})
    write_json(os.path.join(folder, "targets.json"), TARGETS)
    write_json(os.path.join(folder, "expected.json"), expected)
    write_json(os.path.join(folder, "summary.json"), summary)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 ssd300_torchvision.py OUT")
    main(sys.argv[1])
