namespace ScratchDet.Boxes;

public sealed partial record DefaultBoxSpec
{
    private static readonly int[] Sides300 = [38, 19, 10, 5, 3, 1];
    private static readonly double[] Steps300 = [8, 16, 32, 64, 100, 300];
    private static readonly int[] Sides512 = [64, 32, 16, 8, 4, 2, 1];
    private static readonly double[] Steps512 = [8, 16, 32, 64, 128, 256, 512];

    /// <summary>SSD300 for VOC: 8732 boxes from 30 pixels on.</summary>
    public static DefaultBoxSpec Ssd300Voc { get; } = Ssd(300, Sides300, Steps300, [30, 60, 111, 162, 213, 264, 315]);

    /// <summary>SSD300 for COCO: smaller boxes, from 21 pixels on.</summary>
    public static DefaultBoxSpec Ssd300Coco { get; } = Ssd(300, Sides300, Steps300, [21, 45, 99, 153, 207, 261, 315]);

    /// <summary>SSD512 for VOC: 24564 boxes; sizes 7%, 15%, 30% ... of the image, truncated to integers.</summary>
    public static DefaultBoxSpec Ssd512Voc { get; } = Ssd(512, Sides512, Steps512, [35.84, 76.8, 153.6, 230.4, 307.2, 384, 460.8, 537.6]);

    /// <summary>SSD512 for COCO: sizes 4%, 10%, 26% ... of the image, truncated to integers.</summary>
    public static DefaultBoxSpec Ssd512Coco { get; } = Ssd(512, Sides512, Steps512, [20.48, 51.2, 133.12, 215.04, 296.96, 378.88, 460.8, 542.72]);

    /// <summary>
    /// torchvision's ssd300_vgg16: its scales 0.07, 0.15, 0.33 ... 1.05 times 300 are the COCO sizes; sides are clipped.
    /// </summary>
    public static DefaultBoxSpec Ssd300Torchvision { get; } =
        Ssd300Coco with { TruncateSizesToIntegers = false, Clipping = DefaultBoxClipping.Sizes };

    /// <summary>
    /// Default boxes for a net of any size: map k has squares of baseSizes[k] and sqrt(baseSizes[k] * baseSizes[k + 1])
    /// pixels and the same ratios on every map. Cells divide the image evenly (step = image size / map size).
    /// </summary>
    /// <param name="baseSizes">In pixels, ascending, one more than there are maps.</param>
    /// <param name="aspectRatios">2 when left out, so 4 boxes per cell.</param>
    /// <exception cref="ArgumentException">The number of base sizes does not fit.</exception>
    public static DefaultBoxSpec ForMaps(
        int imageWidth, int imageHeight, IReadOnlyList<(int Height, int Width)> mapSizes, IReadOnlyList<double> baseSizes,
        IReadOnlyList<double>? aspectRatios = null)
    {
        if (baseSizes.Count != mapSizes.Count + 1)
            throw new ArgumentException($"{baseSizes.Count} base sizes for {mapSizes.Count} maps; one more than maps is needed", nameof(baseSizes));
        IReadOnlyList<double> ratios = aspectRatios ?? [2];
        var maps = new DefaultBoxMap[mapSizes.Count];
        for (int m = 0; m < maps.Length; m++)
        {
            (int height, int width) = mapSizes[m];
            maps[m] = new DefaultBoxMap(
                height, width, imageHeight / (double)height, imageWidth / (double)width, baseSizes[m], baseSizes[m + 1], ratios);
        }
        return new DefaultBoxSpec(imageWidth, imageHeight, maps);
    }

    /// <summary>First map and the last two: ratio 2; those between: 2 and 3.</summary>
    private static DefaultBoxSpec Ssd(int imageSize, int[] sides, double[] steps, double[] sizes)
    {
        var maps = new DefaultBoxMap[sides.Length];
        for (int m = 0; m < maps.Length; m++)
        {
            double[] ratios = m == 0 || m >= maps.Length - 2 ? [2] : [2, 3];
            maps[m] = DefaultBoxMap.Square(sides[m], steps[m], sizes[m], sizes[m + 1], ratios);
        }
        return new DefaultBoxSpec(imageSize, imageSize, maps) { TruncateSizesToIntegers = true };
    }
}
