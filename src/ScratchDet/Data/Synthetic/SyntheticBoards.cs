using ScratchDet.Boxes;

namespace ScratchDet.Data.Synthetic;

/// <summary>A board before and after its defects; the pictures differ inside the boxes only. Images are grey: three equal planes.</summary>
public sealed record BoardPair(PlanarImage Clean, AnnotatedImage Defective);

/// <summary>
/// Procedural binarised circuit boards with six kinds of small defects, after the look and the statistics of DeepPCB
/// (Tang et al. 2019, arXiv 1902.06197): dark copper on white, 3 to 12 defects an image, boxes of 10 to 40 pixels at 320.
/// </summary>
public static class SyntheticBoards
{
    public const int SmallestSize = 64, LargestSize = BoardCanvas.Side;

    public const int FewestDefects = 3, MostDefects = 12;

    /// <summary>Boxes leave 5 pixels at 320 around the change, as those of DeepPCB do (measured on its copper and pin-hole boxes).</summary>
    internal const int MarginInCells = 10;

    // How often 3, 4, ... 12 defects occur, and the classes in the order of ClassNames; counted in DeepPCB.
    private static readonly double[] CountWeights = [5, 11, 15, 17, 17, 14, 9, 6, 4, 2];
    private static readonly double[] KindWeights = [0.26, 0.09, 0.22, 0.14, 0.07, 0.22];

    /// <summary>In DeepPCB's order; a class index counts from 0.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["open", "short", "mousebite", "spur", "copper", "pin-hole"];

    /// <summary>
    /// The image of one index, the same for every thread and order. A smaller size shows the same board as if the
    /// larger picture had been scaled down.
    /// </summary>
    /// <param name="size">Width and height in pixels, <see cref="SmallestSize"/> to <see cref="LargestSize"/>.</param>
    /// <returns>Boxes are whole pixels, clipped to the image.</returns>
    public static AnnotatedImage Render(ulong seed, int index, int size)
    {
        (_, BoardCanvas defective, List<(int Kind, CellBounds Bounds)> defects) = Draw(seed, index, size, keepClean: false);
        return new(ToImage(defective, size), ToObjects(defects, size));
    }

    /// <summary>As <see cref="Render"/>, with the board before the defects.</summary>
    public static BoardPair RenderPair(ulong seed, int index, int size)
    {
        (BoardCanvas? clean, BoardCanvas defective, List<(int Kind, CellBounds Bounds)> defects) = Draw(seed, index, size, keepClean: true);
        return new(ToImage(clean!, size), new(ToImage(defective, size), ToObjects(defects, size)));
    }

    private static (BoardCanvas? Clean, BoardCanvas Defective, List<(int Kind, CellBounds Bounds)>) Draw(ulong seed, int index, int size, bool keepClean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        // A board on which too few defects find a place is drawn anew.
        for (int attempt = 0; ; attempt++)
        {
            Random random = Seeds.Generator(seed, "boards", index, attempt);
            var canvas = new BoardCanvas();
            BoardLayouts.Paint(canvas, random);
            BoardCanvas? clean = keepClean ? canvas.Copy() : null;
            List<(int, CellBounds)> defects = PlaceDefects(canvas, random);
            if (defects.Count >= FewestDefects) return (clean, canvas, defects);
        }
    }

    private static List<(int Kind, CellBounds Bounds)> PlaceDefects(BoardCanvas canvas, Random random)
    {
        int wanted = FewestDefects + random.Weighted(CountWeights);
        var defects = new List<(int, CellBounds)>();
        var reserved = new List<CellBounds>();
        var maker = new BoardDefects(canvas, random);
        int[] order = [0, 1, 2, 3, 4, 5];
        random.Shuffle(order);
        // One of each kind in random order first, then by frequency: nearly every real image has most kinds.
        for (int attempt = 0; attempt < wanted * 3 && defects.Count < wanted; attempt++)
        {
            int kind = attempt < order.Length ? order[attempt] : random.Weighted(KindWeights);
            if (maker.TryPlace(kind, reserved, tries: 400) is not { } bounds) continue;
            defects.Add((kind, bounds));
            reserved.Add(bounds);
        }
        return defects;
    }

    private static ObjectAnnotation[] ToObjects(List<(int Kind, CellBounds Bounds)> defects, int size)
    {
        double scale = (double)size / BoardCanvas.Side;
        var objects = new ObjectAnnotation[defects.Count];
        for (int i = 0; i < objects.Length; i++)
        {
            CellBounds bounds = defects[i].Bounds.Grow(MarginInCells);
            // Whole pixels that cover the change, so that every pixel that differs lies inside.
            objects[i] = new(defects[i].Kind, new Box(
                (float)Math.Floor(bounds.Left * scale), (float)Math.Floor(bounds.Top * scale),
                (float)Math.Ceiling(bounds.Right * scale), (float)Math.Ceiling(bounds.Bottom * scale)).Clip(size, size));
        }
        return objects;
    }

    private static PlanarImage ToImage(BoardCanvas canvas, int size)
    {
        var image = new PlanarImage(size, size);
        byte[] grey = canvas.ToGrey(size);
        for (int channel = 0; channel < PlanarImage.Channels; channel++) grey.CopyTo(image.Plane(channel));
        return image;
    }
}
