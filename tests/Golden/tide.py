"""Small cases and what TIDE 1.0.1 says of them: PYTHONPATH=<pycocotools>:<tide>:<stubs> /usr/bin/python3 tide.py > tide.json

TIDE imports cv2, seaborn and pandas for its pictures only; empty modules of these names (with FONT_HERSHEY_SIMPLEX = 0
and LINE_AA = 0 in cv2) are enough for its numbers.
"""
import json

import tidecv


def numbers(seed):
    """Numbers in [0, 1) that any language can make: a 31-bit linear congruential generator."""
    state = seed
    while True:
        state = (1103515245 * state + 12345) % 2**31
        yield state / 2**31


def random_case(name, seed, images, classes, objects, extras, crowd_share=0.0, score_steps=None, size=400, background_images=0,
                classes_without_objects=0, foreground=0.5, background=0.1):
    """Detections are shifted, sometimes relabelled copies of objects, and some boxes anywhere."""
    draw = numbers(seed)
    next(draw)
    real = lambda low, high: round(low + (high - low) * next(draw), 2)
    whole = lambda end: int(next(draw) * end)
    truth, found = [], []
    for image in range(images - background_images):
        for _ in range(whole(objects + 1)):
            w, h = real(10, 150), real(10, 150)
            truth.append([image, whole(classes), real(0, size - w), real(0, size - h), w, h, int(next(draw) < crowd_share)])
    score = lambda: round(next(draw) * score_steps) / score_steps if score_steps else round(next(draw), 6)
    for image, category, x, y, w, h, _ in truth:
        for _ in range(whole(4)):
            shift = next(draw) ** 2 * 0.6
            label = category if next(draw) < 0.75 else whole(classes)
            box = [x + w * shift * (next(draw) - 0.5) * 2, y + h * shift * (next(draw) - 0.5) * 2,
                   w * (1 + shift * (next(draw) - 0.5)), h * (1 + shift * (next(draw) - 0.5))]
            found.append([image, label, score(), *(round(number, 2) for number in box)])
    for _ in range(extras):
        w, h = real(10, 150), real(10, 150)
        found.append([whole(images), whole(classes + classes_without_objects), score(), real(0, size - w), real(0, size - h), w, h])
    return case(name, images, classes + classes_without_objects, truth, found, foreground, background)


def case(name, images, classes, truth, found, foreground=0.5, background=0.1):
    ground = tidecv.Data("truth", max_dets=100)
    for category in range(classes):
        ground.add_class(category, str(category))
    for image in range(images):
        ground.add_image(image, str(image))
    for image, category, x, y, w, h, crowd in truth:
        (ground.add_ignore_region if crowd else ground.add_ground_truth)(image, category, [x, y, w, h])
    results = tidecv.Data("results")
    for image, category, score, x, y, w, h in found:
        results.add_detection(image, category, score, [x, y, w, h])
    run = tidecv.quantify.TIDERun(ground, results, foreground, background, tidecv.TIDE.BOX, max_dets=100)
    counts = run.count_errors()
    return {"name": name, "images": images, "classes": classes, "foreground": foreground, "background": background,
            "objects": truth, "detections": found, "ap": run.ap,
            "kinds": {kind.short_name: [counts[kind], delta] for kind, delta in run.fix_main_errors().items()},
            "special": {kind.short_name: delta for kind, delta in run.fix_special_errors().items()}}


CASES = [
    random_case("a few classes", 1, images=12, classes=4, objects=6, extras=30),
    random_case("crowds", 2, images=12, classes=3, objects=6, extras=60, crowd_share=0.3),
    random_case("equal scores", 3, images=12, classes=3, objects=6, extras=40, crowd_share=0.1, score_steps=10),
    random_case("more than 100 detections in an image", 4, images=2, classes=3, objects=50, extras=220, crowd_share=0.05, score_steps=100),
    random_case("one class", 5, images=10, classes=1, objects=8, extras=30),
    random_case("images without objects and classes without objects", 6, images=14, classes=3, objects=5, extras=60, background_images=5,
                classes_without_objects=2),
    random_case("crowded images", 7, images=3, classes=2, objects=40, extras=20, size=200, score_steps=1000),
    random_case("other thresholds", 8, images=12, classes=3, objects=6, extras=40, crowd_share=0.1, foreground=0.75, background=0.3),
    # An overlap of exactly the foreground threshold with an object that is taken is a location error; of exactly the background threshold, one too.
    case("overlaps of exactly the thresholds", 1, 2,
         [[0, 0, 0, 0, 10, 10, 0], [0, 1, 100, 100, 10, 10, 0]],
         [[0, 0, 0.9, 0, 0, 10, 10], [0, 0, 0.8, 0, 0, 10, 5], [0, 1, 0.7, 100, 100, 10, 1], [0, 0, 0.6, 100, 100, 10, 1], [0, 0, 0.5, 100, 100, 10, 5]]),
]

print(json.dumps({"cases": CASES}, separators=(",", ":")))
