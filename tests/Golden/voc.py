"""Small VOC cases and their average precisions, worked out by a plain program of a few lines: voc.json.

python3 voc.py > voc.json

One loop for each rule of the devkit's VOCevaldet.m and VOCap.m, in the order in which they stand there; `port` are the rules of
py-faster-rcnn's voc_eval: the overlap must be above the threshold, and the recall levels are i * 0.1. Coordinates are small whole
numbers and halves, so that overlaps of exactly the threshold and recalls of exactly some tenths occur.
"""
import json
import random

LEVELS = {'devkit': [0, 0.1, 2 * 0.1, 3 * 0.1, 4 * 0.1, 0.5, 1 - 4 * 0.1, 1 - 3 * 0.1, 1 - 2 * 0.1, 1 - 0.1, 1],
          'port': [i * 0.1 for i in range(11)]}


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0
    shared = width * height
    return shared / ((a[2] - a[0] + 1) * (a[3] - a[1] + 1) + (b[2] - b[0] + 1) * (b[3] - b[1] + 1) - shared)


def curve(objects, detections, threshold, rules):
    """Recall and precision after each detection, or None without objects that count."""
    count = sum(not item['difficult'] for item in objects)
    if count == 0:
        return None
    taken = set()
    true_positives = false_positives = 0
    recall, precision = [], []
    for detection in sorted(detections, key=lambda found: -found['score']):  # stable
        best, largest = None, 0
        for index, item in enumerate(objects):
            if item['image'] == detection['image'] and iou(detection['box'], item['box']) > largest:
                best, largest = index, iou(detection['box'], item['box'])
        is_match = largest > threshold if rules == 'port' else best is not None and largest >= threshold
        if not is_match:
            false_positives += 1
        elif not objects[best]['difficult']:
            if best in taken:
                false_positives += 1
            else:
                true_positives += 1
                taken.add(best)
        decided = true_positives + false_positives
        recall.append(true_positives / count)
        precision.append(true_positives / decided if decided else 0)
    return recall, precision


def eleven_point(recall, precision, rules):
    return sum(max([p for r, p in zip(recall, precision) if r >= level], default=0) for level in LEVELS[rules]) / 11


def area(recall, precision):
    total, before = 0, 0
    for i, r in enumerate(recall):
        total += (r - before) * max(precision[i:])
        before = r
    return total


def box(random_):
    x, y = random_.randint(1, 8), random_.randint(1, 8)
    half = random_.choice([0, 0, 0, 0.5])
    return [x, y, x + random_.choice([0, 1, 3, 4, 9]) + half, y + random_.choice([0, 1, 3, 4, 9])]


def case(seed):
    random_ = random.Random(seed)
    images = random_.randint(1, 6)
    objects = [{'image': random_.randrange(images), 'class': random_.randrange(3), 'box': box(random_), 'difficult': random_.random() < 0.2}
               for _ in range(random_.choice([4, 10, 20, 30]))]
    detections = []
    for _ in range(random_.choice([3, 30, 80])):
        near = random_.choice(objects)
        exact = random_.random() < 0.5
        detections.append({'image': near['image'] if exact else random_.randrange(images), 'class': near['class'] if exact else random_.randrange(3),
                           'score': random_.choice([0.1, 0.2, 0.3, 0.9, round(random_.random(), 3)]), 'box': near['box'] if exact else box(random_)})
    threshold = random_.choice([0.5, 0.5, 0.5, 0.25, 0.75])
    found = {'images': images, 'iou': threshold, 'objects': objects, 'detections': detections}
    for rules in LEVELS:
        found[rules] = []
        for index in range(3):
            points = curve([item for item in objects if item['class'] == index], [item for item in detections if item['class'] == index], threshold, rules)
            found[rules].append(None if points is None else {'07': eleven_point(*points, rules), 'area': area(*points)})
    return found


print('[' + ',\n'.join(json.dumps(case(seed)) for seed in range(14)) + ']')
