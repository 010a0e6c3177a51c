"""Reference numbers of pycocotools (2.0.11) for the COCO evaluator.

python3 coco.py > coco.json                    the committed cases
python3 coco.py --draw FIRST COUNT FOLDER      cases of other seeds, with all numbers, for the test beside pycocotools

Coordinates are small whole numbers more often than not, so that overlaps tie and lie exactly on thresholds.
"""
import contextlib
import copy
import io
import json
import os
import random
import sys

import numpy
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

IDS = [0, 1, 2, 3, 7, 10, -5, 2**31, 2**33 + 1, 2**40, 2**52 + 1, 999999999999, -2**35]
AREAS = [0, 1024, 1023.999, 1024.0001, 9216, 9216.5, 1e10, 1.1e10, 5000]


def run_lengths(bitmap):
    runs, value, length = [], 0, 0
    for pixel in bitmap.flatten(order="F"):
        if pixel != value:
            runs.append(length)
            value, length = pixel, 0
        length += 1
    return {"size": list(bitmap.shape), "counts": runs + [length]}


def compressed(segmentation, height, width):
    runs = mask.frPyObjects(segmentation, height, width)
    runs = mask.merge(runs) if isinstance(runs, list) else runs
    return {"size": [height, width], "counts": runs["counts"].decode()}


class Drawing:
    """One random case."""

    def __init__(self, seed, kind=None, quirks=None, class_agnostic=None, most_objects=12, most_detections=40):
        r = self.r = random.Random(seed)
        self.kind = kind or r.choice(["bbox", "bbox", "segm", "segm", "keypoints"])
        self.scale = r.choice([1, 1, 1, 8, 16, 32, 40, 2e4])
        self.grid = r.choice([2, 3, 4, 6, 10])
        self.is_whole = r.random() < 0.85
        self.height, self.width = r.choice([4, 6, 9, 40, 110]), r.choice([3, 5, 8, 40, 110])
        self.images, self.categories = r.sample(IDS, r.choice([1, 1, 2, 3, 5])), r.sample(IDS, r.choice([1, 1, 2, 3]))
        self.keypoints = r.choice([17, 17, 1, 2, 3, 4, 5, 9, 20])
        self.quirks = r.random() < 0.5 if quirks is None else quirks
        self.class_agnostic = r.random() < 0.25 if class_agnostic is None else class_agnostic
        if self.kind == "keypoints" and not self.quirks:
            self.class_agnostic = False
        annotations = self.annotations(r.choice([n for n in [0, 1, 2, 3, 5, 8, 12] if n <= most_objects]))
        self.case = {
            "kind": self.kind, "quirks": self.quirks, "class_agnostic": self.class_agnostic,
            "max_dets": self.max_dets(), "sigmas": None,
            "gt": {
                "images": [{"id": i, "width": self.width, "height": self.height} for i in self.images],
                "categories": [{"id": c, "name": f"category {c}"} for c in self.categories],
                "annotations": annotations,
            },
            "dt": self.detections(annotations, r.choice([n for n in [1, 2, 3, 5, 10, 20, 40] if n <= most_detections]) if r.random() > 0.03 or most_detections < 40 else 300),
        }
        if self.kind == "keypoints" and self.keypoints != 17:
            self.case["sigmas"] = [r.choice([0.025, 0.1, 0.5, 0.079]) for _ in range(self.keypoints)]

    def max_dets(self):
        if self.kind == "keypoints":
            return self.r.choice([None, None, [20], [1, 20], [2, 5, 20], [3], [20, 100]])
        return self.r.choice([None, None, None, [1, 2, 3], [3, 1, 2], [1, 1, 100], [2, 100, 500], [1, 2, 3, 100], [100, 1, 500, 7]])

    def number(self):
        return self.scale * (self.r.randint(0, self.grid) if self.is_whole else round(self.r.uniform(0, self.grid), 3))

    def bitmap(self):
        r, h, w = self.r, self.height, self.width
        pixels = numpy.zeros((h, w), numpy.uint8)
        if r.random() < 0.05:
            return pixels
        for value in [1] if r.random() < 0.6 else [1, r.choice([0, 1])]:
            y, x = r.randrange(h), r.randrange(w)
            pixels[y:y + r.randint(1, h), x:x + r.randint(1, w)] = value
        if r.random() < 0.2:
            pixels |= (numpy.random.RandomState(r.randrange(10**6)).rand(h, w) < 0.2).astype(numpy.uint8)
        return pixels

    def polygons(self):
        r = self.r
        return [[round(r.uniform(-1, self.width + 1), 1) if i % 2 == 0 else round(r.uniform(-1, self.height + 1), 1) for i in range(2 * r.randint(3, 7))]
                for _ in range(r.choice([1, 1, 2]))]

    def segmentation(self):
        choice = self.r.random()
        if choice < 0.35:
            return self.polygons()
        runs = run_lengths(self.bitmap())
        return runs if choice < 0.6 else compressed(runs, self.height, self.width)

    def triples(self, visibilities):
        return [value for _ in range(self.keypoints) for value in (self.number(), self.number(), self.r.choice(visibilities))]

    def annotations(self, count):
        r = self.r
        ids = list(range(*r.choice([(0, 200), (1, 201), (5, 205), (2**40, 2**40 + 200)])))
        r.shuffle(ids)
        if self.quirks and r.random() < 0.3:
            ids = [0] + [i for i in ids if i != 0]
        if not self.quirks:
            ids = [i for i in ids if i != 0]  # pycocotools is wrong about the object of id 0
        made = []
        for _ in range(count):
            box = [self.number() for _ in range(4)]
            item = {"id": ids.pop(0), "image_id": r.choice(self.images), "category_id": r.choice(self.categories), "bbox": box,
                    "area": r.choice([box[2] * box[3]] * 6 + [box[2] * box[3] / 2] + AREAS), "iscrowd": int(r.random() < 0.15)}
            if self.quirks and r.random() < 0.2:
                item["ignore"] = r.choice([0, 1])  # which pycocotools does not look at
            if self.kind == "segm":
                item["segmentation"] = self.segmentation()
                if r.random() < 0.6:
                    item["area"] = int(mask.area(mask.merge(mask.frPyObjects(item["segmentation"], self.height, self.width)))
                                       if isinstance(item["segmentation"], list) else r.randint(0, self.height * self.width))
            if self.kind == "keypoints":
                item["keypoints"] = self.triples([0, 1, 2])
                if r.random() < 0.15:
                    item["keypoints"][2::3] = [0] * self.keypoints
                item["num_keypoints"] = sum(v > 0 for v in item["keypoints"][2::3]) if r.random() < 0.9 else r.choice([0, 1])
            made.append(item)
        return made

    def detections(self, annotations, count):
        r = self.r
        levels = r.choice([1, 2, 3, 10, 1000])
        has_box = r.random() < 0.3  # as first of what the results have, it decides about the areas of all
        only_boxes = self.kind == "segm" and r.random() < 0.1
        from_masks = self.kind == "bbox" and r.random() < 0.1
        made = []
        for _ in range(count):
            source = r.choice(annotations) if annotations and r.random() < 0.7 else None
            item = {"image_id": source["image_id"] if source and r.random() < 0.9 else r.choice(self.images),
                    "category_id": source["category_id"] if source and r.random() < 0.9 else r.choice(self.categories),
                    "score": r.randint(0, levels) / levels if r.random() < 0.95 else r.choice([-1.5, -0.0, 0.0, 0, 1, 7, 1e-300])}
            if (self.kind == "bbox" and not from_masks) or has_box or only_boxes:
                box = list(source["bbox"]) if source else [self.number() for _ in range(4)]
                if r.random() < 0.6:
                    side = r.randrange(4)
                    box[side] = max(0, box[side] + r.choice([-1, 1, 2]) * self.scale)
                item["bbox"] = box
            if (self.kind == "segm" and not only_boxes) or (from_masks and not has_box):
                item["segmentation"] = copy.deepcopy(source["segmentation"]) if source and self.kind == "segm" and r.random() < 0.7 else self.segmentation()
                if not has_box and (isinstance(item["segmentation"], list) or isinstance(item["segmentation"]["counts"], list)):
                    item["segmentation"] = compressed(item["segmentation"], self.height, self.width)
            if self.kind == "keypoints":
                item["keypoints"] = list(source["keypoints"]) if source else self.triples([0, 1, 2, 0.5])
                for i in range(self.keypoints):
                    if r.random() < 0.3:
                        item["keypoints"][3 * i] += r.choice([-1, 1, 0.5]) * self.scale * r.choice([0.1, 0.5, 1])
            made.append(item)
            if r.random() < 0.1:
                made.append(dict(item))
        r.shuffle(made)
        return made


def evaluate(case):
    case = copy.deepcopy(case)
    with contextlib.redirect_stdout(io.StringIO()), numpy.errstate(all="ignore"):
        truth = COCO()
        truth.dataset = case["gt"]
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(case["dt"]), case["kind"])
        if case["max_dets"]:
            evaluation.params.maxDets = case["max_dets"]
        if case["class_agnostic"]:
            evaluation.params.useCats = 0
        if case["sigmas"]:
            evaluation.params.kpt_oks_sigmas = numpy.array(case["sigmas"])
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def golden():
    chosen = [
        ("boxes with ties, crowds and areas on the bounds", {"kind": "bbox", "class_agnostic": False, "quirks": False}, 4),
        ("boxes without regard to class", {"kind": "bbox", "class_agnostic": True, "quirks": False}, 1),
        ("boxes as pycocotools, wrong where it is", {"kind": "bbox", "class_agnostic": False, "quirks": True}, 3),
        ("masks", {"kind": "segm", "class_agnostic": False, "quirks": False}, 3),
        ("masks without regard to class", {"kind": "segm", "class_agnostic": True, "quirks": True}, 1),
        ("keypoints", {"kind": "keypoints", "class_agnostic": False, "quirks": False}, 3),
        ("keypoints without regard to class, which match nothing", {"kind": "keypoints", "class_agnostic": True, "quirks": True}, 1),
    ]
    cases = []
    for name, options, count in chosen:
        found, seed = 0, 0
        while found < count:
            seed += 1
            case = Drawing(seed, most_objects=8, most_detections=20, **options).case
            if case["gt"]["images"][0]["width"] > 40 or case["gt"]["images"][0]["height"] > 40 or len(case["gt"]["annotations"]) < 3:
                continue
            evaluation = evaluate(case)
            matches_nothing = case["kind"] == "keypoints" and case["class_agnostic"]
            if evaluation.stats[0] in (0, 1, -1) and not matches_nothing:
                continue  # too plain
            found += 1
            precision = evaluation.eval["precision"][:, :, :, 0, -1]
            cases.append({"name": f"{name}, seed {seed}", **case, "stats": evaluation.stats.tolist(),
                          "per_class": [float(of[of > -1].mean()) if (of > -1).any() else -1 for of in numpy.moveaxis(precision, 2, 0)],
                          "recall": evaluation.eval["recall"].ravel().tolist()})
    return cases


def draw(first, count, folder):
    """A file with the case and one with stats, precision, scores and recall, each after its length, as doubles."""
    for seed in range(first, first + count):
        case = Drawing(seed).case
        evaluation = evaluate(case)
        with open(os.path.join(folder, f"{seed}.json"), "w") as file:
            json.dump(case, file)
        with open(os.path.join(folder, f"{seed}.doubles"), "wb") as file:
            for values in (evaluation.stats, evaluation.eval["precision"], evaluation.eval["scores"], evaluation.eval["recall"]):
                file.write(numpy.array([values.size], "<f8").tobytes())
                file.write(numpy.asarray(values, "<f8").tobytes())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--draw"]:
        draw(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        print("[\n" + ",\n".join(json.dumps(case) for case in golden()) + "\n]")
