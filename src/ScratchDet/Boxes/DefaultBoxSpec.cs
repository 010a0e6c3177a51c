namespace ScratchDet.Boxes;

/// <summary>What happens to default boxes that reach over the image.</summary>
public enum DefaultBoxClipping
{
    /// <summary>Nothing: the reference SSD.</summary>
    None,

    /// <summary>Width and height are at most the image's, the centre stays: torchvision and other ports.</summary>
    Sizes,

    /// <summary>The corners are moved into the image: `clip: true` of Caffe's prior box layer.</summary>
    Corners,
}

/// <summary>
/// The default boxes of a detector (SSD, arXiv 1512.02325, section 2.2; numbers of the reference implementation).
/// Boxes are ordered by map, then row by row, then inside the cell: square MinSize; square sqrt(MinSize * MaxSize);
/// for each ratio r the box with width / height = r and the one with 1 / r. Caffe and torchvision share this order.
/// </summary>
public sealed record DefaultBoxSpec(int ImageWidth, int ImageHeight, IReadOnlyList<DefaultBoxMap> Maps)
{
    /// <summary>Caffe's layer holds min and max sizes as integers: 35, not 35.84, at the first map of SSD512.</summary>
    public bool TruncateSizesToIntegers { get; init; }

    public DefaultBoxClipping Clipping { get; init; }

    /// <summary>Number of default boxes over all maps.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (DefaultBoxMap map in Maps) count += map.Count;
            return count;
        }
    }

    /// <summary>Count x 4 values cx, cy, w, h, divided by the image's width and height.</summary>
    /// <exception cref="ArgumentException">A size, step or ratio cannot be used; names the map (counted from 1).</exception>
    public float[] Generate()
    {
        if (ImageWidth < 1 || ImageHeight < 1) throw new ArgumentException($"default boxes of an image of {ImageWidth} x {ImageHeight} pixels");
        if (Maps.Count == 0) throw new ArgumentException("default boxes without a feature map");
        for (int m = 0; m < Maps.Count; m++)
            Maps[m].Require(m + 1, TruncateSizesToIntegers);

        var boxes = new float[Count * 4];
        int next = 0;
        foreach (DefaultBoxMap map in Maps)
        {
            (double Width, double Height)[] shapes = Shapes(map);
            for (int row = 0; row < map.Height; row++)
            {
                double centerY = (row + map.CenterOffset) * map.StepY / ImageHeight;
                for (int column = 0; column < map.Width; column++)
                {
                    double centerX = (column + map.CenterOffset) * map.StepX / ImageWidth;
                    foreach ((double width, double height) in shapes)
                    {
                        Write(boxes.AsSpan(next, 4), centerX, centerY, width, height);
                        next += 4;
                    }
                }
            }
        }
        return boxes;
    }

    /// <summary>Holds a model's number of predictions against the number of default boxes.</summary>
    /// <param name="mapSizes">The model's feature maps, so that the message can say which one differs.</param>
    /// <exception cref="ArgumentException">They differ; says both numbers and, where known, the first map that differs.</exception>
    public void RequirePredictionCount(long predictionCount, IReadOnlyList<(int Height, int Width)>? mapSizes = null)
    {
        if (predictionCount == Count) return;
        throw new ArgumentException(
            $"{predictionCount} predictions, {Count} default boxes: {FirstDifference(mapSizes)}; "
            + "give the default boxes the model's map sizes, or change the model's strides and padding");
    }

    /// <summary>Maps are compared by value, so that equal specs are equal.</summary>
    public bool Equals(DefaultBoxSpec? other) =>
        other is not null && ImageWidth == other.ImageWidth && ImageHeight == other.ImageHeight && Clipping == other.Clipping
        && TruncateSizesToIntegers == other.TruncateSizesToIntegers && Maps.SequenceEqual(other.Maps);

    public override int GetHashCode() => HashCode.Combine(ImageWidth, ImageHeight, Clipping, TruncateSizesToIntegers, Maps.Count);

    /// <summary>Normalised width and height of the boxes of one cell, in order.</summary>
    private (double Width, double Height)[] Shapes(DefaultBoxMap map)
    {
        double min = TruncateSizesToIntegers ? Math.Truncate(map.MinSize) : map.MinSize;
        double minX = min / ImageWidth, minY = min / ImageHeight;
        var shapes = new List<(double, double)>(map.BoxesPerCell) { (minX, minY) };
        if (map.MaxSize is { } maxSize)
        {
            double max = TruncateSizesToIntegers ? Math.Truncate(maxSize) : maxSize;
            shapes.Add((Math.Sqrt(minX * (max / ImageWidth)), Math.Sqrt(minY * (max / ImageHeight))));
        }
        foreach (double ratio in map.AspectRatios)
        {
            double root = Math.Sqrt(ratio);
            shapes.Add((minX * root, minY / root));
            shapes.Add((minX / root, minY * root));
        }
        return [.. shapes];
    }

    private void Write(Span<float> box, double centerX, double centerY, double width, double height)
    {
        if (Clipping == DefaultBoxClipping.Sizes)
        {
            (width, height) = (Math.Min(width, 1), Math.Min(height, 1));
        }
        else if (Clipping == DefaultBoxClipping.Corners)
        {
            (centerX, width) = ClipSide(centerX, width);
            (centerY, height) = ClipSide(centerY, height);
        }
        box[0] = (float)centerX;
        box[1] = (float)centerY;
        box[2] = (float)width;
        box[3] = (float)height;
    }

    private static (double Center, double Size) ClipSide(double center, double size)
    {
        double low = Math.Clamp(center - size / 2, 0, 1), high = Math.Clamp(center + size / 2, 0, 1);
        return ((low + high) / 2, high - low);
    }

    private string FirstDifference(IReadOnlyList<(int Height, int Width)>? mapSizes)
    {
        string ours = $"the default boxes are for maps of {string.Join(", ", Maps.Select(map => $"{map.Height}x{map.Width}"))}";
        if (mapSizes is null) return ours;
        if (mapSizes.Count != Maps.Count) return $"the model has {mapSizes.Count} feature maps, the default boxes {Maps.Count}";
        for (int m = 0; m < Maps.Count; m++)
        {
            (int height, int width) = mapSizes[m];
            if (height != Maps[m].Height || width != Maps[m].Width)
                return $"map {m + 1} is {height}x{width} in the model and {Maps[m].Height}x{Maps[m].Width} in the default boxes";
        }
        return $"the map sizes agree, so the boxes per cell differ (default boxes: {string.Join(", ", Maps.Select(map => map.BoxesPerCell))})";
    }
}
