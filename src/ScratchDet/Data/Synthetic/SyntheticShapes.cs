using ScratchDet.Boxes;

namespace ScratchDet.Data.Synthetic;

/// <summary>
/// A keypoint at a pixel centre, in continuous coordinates. <see cref="Visibility"/> as in COCO: 0 outside the picture
/// (then the place is 0, 0), 1 hidden behind another object, 2 visible.
/// </summary>
public readonly record struct ShapeKeypoint(float X, float Y, int Visibility);

/// <summary>One object of a shapes picture.</summary>
/// <param name="Box">Encloses the mask exactly; whole pixels.</param>
/// <param name="Mask">The visible pixels, row-major height x width of the picture, 0 or 1.</param>
/// <param name="Keypoints">In the order of the class's <see cref="ShapeCategory.KeypointNames"/>.</param>
/// <param name="Truncated">Whether the whole object would need a larger box: it is partly hidden or outside.</param>
public sealed record ShapeObject(int ClassIndex, Box Box, byte[] Mask, IReadOnlyList<ShapeKeypoint> Keypoints, bool Truncated);

/// <summary>A picture of shapes; later objects lie in front of earlier ones.</summary>
public sealed record SyntheticShapesImage(PlanarImage Image, IReadOnlyList<ShapeObject> Objects)
{
    /// <summary>The picture with boxes only.</summary>
    public AnnotatedImage ToAnnotatedImage() =>
        new(Image, [.. Objects.Select(o => new ObjectAnnotation(o.ClassIndex, o.Box, Truncated: o.Truncated))]);
}

/// <summary>
/// Coloured shapes of six classes on textured noise: 3 to 8 objects of 8 to 60 pixels (longer side of the box), with
/// overlaps and occlusion. Colour says nothing about the class.
/// </summary>
public static class SyntheticShapes
{
    public const int SmallestSize = 64, LargestSize = 1024;

    public const int FewestObjects = 3, MostObjects = 8;

    public const int ShortestSide = 8, LongestSide = 60;

    private const int FewestVisiblePixels = 16;
    private const double LeastVisibleShare = 0.45;

    public static IReadOnlyList<ShapeCategory> Categories => ShapeCategory.All;

    public static IReadOnlyList<string> ClassNames { get; } = [.. ShapeCategory.All.Select(category => category.Name)];

    /// <summary>The picture of one index, the same for every thread and order.</summary>
    /// <param name="size">Width and height in pixels, <see cref="SmallestSize"/> to <see cref="LargestSize"/>. Objects do not grow with it.</param>
    public static SyntheticShapesImage Render(ulong seed, int index, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        Random random = Seeds.Generator(seed, "shapes", index);
        List<PlacedShape> shapes = Place(size, random);
        var owners = Owners(shapes, size);
        PlanarImage image = ShapesPainting.Paint(shapes, size, random);
        return new(image, [.. shapes.Select((shape, i) => Describe(shape, i, owners, size))]);
    }

    private static List<PlacedShape> Place(int size, Random random)
    {
        int wanted = random.Next(FewestObjects, MostObjects + 1);
        var shapes = new List<PlacedShape>();
        for (int attempt = 0; shapes.Count < wanted; attempt++)
        {
            // A crowded start can leave no room for three: begin again. More than three is given up sooner.
            if (attempt >= 60 && shapes.Count >= FewestObjects) break;
            if (attempt > 0 && attempt % 200 == 0) shapes.Clear();
            double length = ShortestSide * Math.Pow((Math.Min(LongestSide, size * 0.6) - 1) / ShortestSide, random.NextDouble()) + 0.5;
            Point center = ChooseCenter(shapes, length, size, random);
            int classIndex = random.Next(ShapeCategory.All.Length);
            double angle = random.Between(-0.35, 0.35);
            PlacedShape shape = PlacedShape.Rasterise(classIndex, center, length,
                ShapeCategory.All[classIndex].IsRound ? 0 : angle, stretch: random.Between(0.85, 1.18));
            shapes.Add(shape);
            if (!AllStayVisible(shapes, size)) shapes.RemoveAt(shapes.Count - 1);
        }
        return shapes;
    }

    private static Point ChooseCenter(List<PlacedShape> shapes, double length, int size, Random random)
    {
        if (shapes.Count > 0 && random.Chance(0.4))
        {
            PlacedShape other = shapes[random.Next(shapes.Count)];
            double distance = (length + other.Length) / 2 * random.Between(0.35, 0.95);
            return other.Center + Point.Unit(random.NextDouble() * 2 * Math.PI) * distance;
        }
        double margin = random.Chance(0.12) ? length * 0.15 : length * 0.55;
        return new(random.Between(margin, size - margin), random.Between(margin, size - margin));
    }

    private static bool AllStayVisible(List<PlacedShape> shapes, int size)
    {
        int[] owners = Owners(shapes, size);
        for (int i = 0; i < shapes.Count; i++)
        {
            int visible = 0, full = 0;
            int left = int.MaxValue, top = int.MaxValue, right = 0, bottom = 0;
            PlacedShape shape = shapes[i];
            for (int y = 0; y < shape.Side; y++)
            {
                for (int x = 0; x < shape.Side; x++)
                {
                    if (!shape.Covers(x, y)) continue;
                    full++;
                    (int imageX, int imageY) = (shape.Left + x, shape.Top + y);
                    if ((uint)imageX >= size || (uint)imageY >= size || owners[imageY * size + imageX] != i) continue;
                    visible++;
                    (left, right) = (Math.Min(left, imageX), Math.Max(right, imageX + 1));
                    (top, bottom) = (Math.Min(top, imageY), Math.Max(bottom, imageY + 1));
                }
            }
            int longer = Math.Max(right - left, bottom - top);
            if (visible < FewestVisiblePixels || visible < LeastVisibleShare * full || longer is < ShortestSide or > LongestSide) return false;
        }
        return true;
    }

    /// <summary>For each pixel the index of the foremost shape, or -1.</summary>
    private static int[] Owners(List<PlacedShape> shapes, int size)
    {
        var owners = new int[size * size];
        Array.Fill(owners, -1);
        for (int i = 0; i < shapes.Count; i++)
        {
            PlacedShape shape = shapes[i];
            (int x0, int x1) = (Math.Max(0, -shape.Left), Math.Min(shape.Side, size - shape.Left));
            (int y0, int y1) = (Math.Max(0, -shape.Top), Math.Min(shape.Side, size - shape.Top));
            for (int y = y0; y < y1; y++)
            {
                for (int x = x0; x < x1; x++)
                {
                    if (shape.Covers(x, y)) owners[(shape.Top + y) * size + shape.Left + x] = i;
                }
            }
        }
        return owners;
    }

    private static ShapeObject Describe(PlacedShape shape, int index, int[] owners, int size)
    {
        var mask = new byte[size * size];
        int left = size, top = size, right = 0, bottom = 0;
        int fullLeft = int.MaxValue, fullTop = int.MaxValue, fullRight = int.MinValue, fullBottom = int.MinValue;
        for (int y = 0; y < shape.Side; y++)
        {
            for (int x = 0; x < shape.Side; x++)
            {
                if (!shape.Covers(x, y)) continue;
                (int imageX, int imageY) = (shape.Left + x, shape.Top + y);
                (fullLeft, fullRight) = (Math.Min(fullLeft, imageX), Math.Max(fullRight, imageX + 1));
                (fullTop, fullBottom) = (Math.Min(fullTop, imageY), Math.Max(fullBottom, imageY + 1));
                if ((uint)imageX >= size || (uint)imageY >= size || owners[imageY * size + imageX] != index) continue;
                mask[imageY * size + imageX] = 1;
                (left, right) = (Math.Min(left, imageX), Math.Max(right, imageX + 1));
                (top, bottom) = (Math.Min(top, imageY), Math.Max(bottom, imageY + 1));
            }
        }
        var keypoints = new ShapeKeypoint[ShapeCategory.KeypointCount];
        for (int k = 0; k < keypoints.Length; k++)
        {
            (int x, int y) = shape.Keypoints[k];
            keypoints[k] = (uint)x >= size || (uint)y >= size
                ? default
                : new(x + 0.5f, y + 0.5f, owners[y * size + x] == index ? 2 : 1);
        }
        bool truncated = (left, top, right, bottom) != (fullLeft, fullTop, fullRight, fullBottom);
        return new(shape.ClassIndex, new Box(left, top, right, bottom), mask, keypoints, truncated);
    }
}
