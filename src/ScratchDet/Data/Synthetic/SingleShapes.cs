namespace ScratchDet.Data.Synthetic;

/// <summary>A picture of one shape and its class.</summary>
/// <param name="ClassIndex">Into <see cref="SyntheticShapes.ClassNames"/>.</param>
public readonly record struct SingleShape(PlanarImage Image, int ClassIndex);

/// <summary>
/// Pictures for classification: one shape that fills a third to nine tenths of the side, on textured noise. What stands in
/// for ImageNet where that cannot be had: it gives filters for edges, corners and textures, and no knowledge of the world.
/// </summary>
public static class SingleShapes
{
    public const int SmallestSize = 24, LargestSize = 512;

    /// <summary>The picture of one index, the same for every thread and order; classes follow one another.</summary>
    /// <param name="size">Width and height in pixels.</param>
    public static SingleShape Render(ulong seed, long index, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        Random random = Seeds.Generator(seed, "single-shape", index);
        int classIndex = (int)(index % ShapeCategory.All.Length);
        double length = size * random.Between(0.33, 0.9);
        double margin = length / 2, middle = size / 2.0;
        double spread = Math.Max(0, middle - margin);
        Point center = new(middle + random.Between(-spread, spread), middle + random.Between(-spread, spread));
        double angle = ShapeCategory.All[classIndex].IsRound ? 0 : random.Between(-0.35, 0.35);
        PlacedShape shape = PlacedShape.Rasterise(classIndex, center, length, angle, stretch: random.Between(0.85, 1.18));
        return new SingleShape(ShapesPainting.Paint([shape], size, random), classIndex);
    }
}
