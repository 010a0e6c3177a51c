namespace ScratchDet.Data.Coco;

public sealed partial class RunLengthMask
{
    /// <summary>The pixels that a polygon covers, as pycocotools rasterises it.</summary>
    /// <param name="polygon">x, y of each corner in pixels, at least three corners; what lies outside the mask is cut off.</param>
    /// <exception cref="ArgumentException">It is no polygon, or a coordinate is not finite or more than 1e8.</exception>
    public static RunLengthMask FromPolygon(int height, int width, ReadOnlySpan<double> polygon) =>
        FromPolygons(height, width, polygon, [polygon.Length]);

    /// <summary>The pixels that any of several polygons covers.</summary>
    /// <param name="coordinates">x, y of each corner in pixels, of all polygons.</param>
    /// <param name="lengths">How many numbers each polygon has.</param>
    /// <exception cref="ArgumentException">As for <see cref="FromPolygon"/>; or there is none.</exception>
    public static RunLengthMask FromPolygons(int height, int width, ReadOnlySpan<double> coordinates, ReadOnlySpan<int> lengths)
    {
        if (PolygonRasterizer.FaultOf(coordinates, lengths) is { } fault) throw new ArgumentException(fault, nameof(coordinates));
        // The size is checked before it is used: all of it unset is a mask.
        if (FaultOf(height, width, [(uint)((long)height * width)], out _) is { } sizeFault) throw new ArgumentException(sizeFault, nameof(height));
        var union = new RunList(stackalloc uint[512]);
        PolygonRasterizer.Fill(coordinates[..lengths[0]], height, width, ref union);
        if (lengths.Length > 1)
        {
            var part = new RunList(stackalloc uint[256]);
            var previous = new RunList(stackalloc uint[256]);
            int start = lengths[0];
            foreach (int length in lengths[1..])
            {
                PolygonRasterizer.Fill(coordinates.Slice(start, length), height, width, ref part);
                previous.Clear();
                previous.AddRange(union.Span);
                union.Clear();
                Merge(previous.Span, part.Span, wantsBoth: false, ref union);
                start += length;
            }
            part.Dispose();
            previous.Dispose();
        }
        return new(height, width, union.Take());
    }
}
