"""Scores COCO detections with pycocotools, once, and prints how long it took as JSON.

BenchMetrics.py GROUND_TRUTH RESULTS bbox|segm   or   BenchMetrics.py GROUND_TRUTH
"""
import contextlib
import json
import os
import resource
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def main(arguments):
    begin = time.perf_counter()
    with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
        truth = COCO(arguments[0])
        results = truth.loadRes(arguments[1]) if len(arguments) > 1 else None
        loaded = time.perf_counter()
        stats = []
        if results is not None:
            evaluation = COCOeval(truth, results, arguments[2])
            evaluation.evaluate()
            evaluation.accumulate()
        done = time.perf_counter()
        if results is not None:
            evaluation.summarize()
            stats = [float(value) for value in evaluation.stats]
    print(json.dumps({
        'load_s': loaded - begin,
        'evaluate_s': done - loaded,
        'peak_bytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        'stats': stats,
    }))


main(sys.argv[1:])
