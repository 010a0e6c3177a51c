"""Scores COCO detections with pycocotools, once, and prints how long it took as JSON.

BenchMetrics.py GROUND_TRUTH RESULTS bbox|segm|load
"""
import contextlib
import json
import os
import resource
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def main(truth_file, results_file, kind):
    begin = time.perf_counter()
    with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
        truth = COCO(truth_file)
        results = truth.loadRes(results_file)
        loaded = time.perf_counter()
        stats = []
        if kind != 'load':
            evaluation = COCOeval(truth, results, kind)
            evaluation.evaluate()
            evaluation.accumulate()
        done = time.perf_counter()
        if kind != 'load':
            evaluation.summarize()
            stats = [float(value) for value in evaluation.stats]
    print(json.dumps({
        'load_s': loaded - begin,
        'evaluate_s': done - loaded,
        'peak_bytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        'stats': stats,
    }))


main(*sys.argv[1:])
