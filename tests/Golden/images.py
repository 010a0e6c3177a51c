"""Tiny images and the sums of their pixels as PIL reads them: /usr/bin/python3 images.py > images.json (Pillow 9.4)."""
import base64
import io
import json

import numpy
from PIL import Image

rows, columns = numpy.mgrid[0:21, 0:17]
PICTURE = numpy.stack([rows * 12, columns * 15, (rows * columns) % 256], 2).astype(numpy.uint8)


def entry(name, image, file_format, **options):
    out = io.BytesIO()
    image.save(out, file_format, **options)
    seen = numpy.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB")).astype(int)
    return {"name": name, "data": base64.b64encode(out.getvalue()).decode(), "height": seen.shape[0], "width": seen.shape[1],
            "sums": seen.sum((0, 1)).tolist(), "first": seen[0, 0].tolist(), "last": seen[-1, -1].tolist()}


rgb = Image.fromarray(PICTURE)
rgba = rgb.copy()
rgba.putalpha(Image.fromarray((255 - rows * 5).astype(numpy.uint8)))
print(json.dumps([
    entry("jpeg rgb", rgb, "JPEG", quality=90), entry("jpeg grey", rgb.convert("L"), "JPEG"),
    entry("jpeg progressive", rgb, "JPEG", progressive=True), entry("jpeg optimised 4:4:4", rgb, "JPEG", subsampling=0, optimize=True),
    entry("png rgb", rgb, "PNG"), entry("png rgba", rgba, "PNG"), entry("png grey", rgb.convert("L"), "PNG"),
    entry("png grey with alpha", rgba.convert("LA"), "PNG"), entry("png palette", rgb.convert("P"), "PNG"),
    entry("png one bit", rgb.convert("1"), "PNG"),
]))
