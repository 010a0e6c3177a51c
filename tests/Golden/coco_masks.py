"""Masks as pycocotools makes them: python3 coco_masks.py > coco_masks.json (pycocotools 2.0.11).

Each case is an image size and the polygons of one object; what follows is their union as compressed counts, its area and
box, and, with the mask of the case before where the sizes are equal, the intersection over union without and with the
crowd rule (the case before being the detection) and the intersection.
"""
import json
import math
import random

from pycocotools import mask

draw = random.Random(20)


def convex(height, width):
    x, y, radius = draw.uniform(0, width), draw.uniform(0, height), draw.uniform(0.2, max(width, height) / 2)
    angles = sorted(draw.uniform(0, 2 * math.pi) for _ in range(draw.choice([3, 5, 9])))
    return [round(value, 2) for angle in angles for value in (x + radius * math.cos(angle), y + radius * math.sin(angle))]


def crossing_and_outside(height, width):
    return [draw.uniform(-0.5 * size, 1.5 * size) for _ in range(draw.choice([4, 6])) for size in (width, height)]


def on_pixel_borders(height, width):
    return [draw.randint(-2, size + 2) for _ in range(draw.choice([3, 4, 7])) for size in (width, height)]


def on_half_pixels(height, width):
    return [draw.randint(0, 2 * size) / 2 for _ in range(draw.choice([3, 4])) for size in (width, height)]


def tiny(height, width):
    x, y = draw.uniform(-1, width), draw.uniform(-1, height)
    return [start + draw.uniform(-1, 1) for _ in range(4) for start in (x, y)]


def repeated_points(height, width):
    points = convex(height, width)
    return points[:2] + points[:2] + points + points[-2:] + points[-2:]


def box(height, width):
    x, y, right, bottom = draw.uniform(-3, width), draw.uniform(-3, height), draw.uniform(0, width), draw.uniform(0, height)
    return [x, y, x, bottom, right, bottom, right, y]


def far_outside(height, width):
    return [draw.uniform(-10000, 10000) for _ in range(8)]


kinds = [convex, crossing_and_outside, on_pixel_borders, on_half_pixels, tiny, repeated_points, box, far_outside]
cases = []
before = None
for height, width in [(1, 1), (1, 9), (7, 1), (5, 8), (10, 10), (33, 47), (48, 64)]:
    for kind in kinds:
        polygons = [kind(height, width) for _ in range(draw.choice([1, 1, 2, 3]))]
        union = mask.merge(mask.frPyObjects(polygons, height, width))
        case = {"kind": kind.__name__, "height": height, "width": width, "polygons": polygons, "counts": union["counts"].decode(),
                "area": int(mask.area(union)), "box": mask.toBbox(union).tolist()}
        if before is not None and before["size"] == union["size"]:
            case["iou"] = mask.iou([before], [union], [0])[0][0]
            case["crowd"] = mask.iou([before], [union], [1])[0][0]
            case["intersection"] = mask.merge([before, union], intersect=True)["counts"].decode()
        before = union
        cases.append(case)
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
