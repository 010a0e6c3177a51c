namespace ScratchDet.Data.Coco;

/// <summary>
/// A box as COCO files have it: the upper left corner and the size, in continuous pixels from 0, in double so that an
/// overlap has the same bits as the reference evaluator's.
/// </summary>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;

    /// <summary>Whether two boxes have more in common than an edge, and the area that they share.</summary>
    /// <remarks>Of boxes too small for a double that area is 0, though they overlap.</remarks>
    public bool Overlaps(in CocoBox other, out double sharedArea)
    {
        sharedArea = 0;
        double width = Math.Min(Width + X, other.Width + other.X) - Math.Max(X, other.X);
        if (width <= 0) return false;
        double height = Math.Min(Height + Y, other.Height + other.Y) - Math.Max(Y, other.Y);
        if (height <= 0) return false;
        sharedArea = width * height;
        return true;
    }

    /// <summary>How much a detection, this box, overlaps an object's box, 0 to 1; boxes that only touch have 0, as has a box without area.</summary>
    /// <remarks>
    /// The order of the operations is the reference evaluator's, so that the bits are too: an overlap of exactly a
    /// threshold counts, and which of two equal overlaps is larger decides a match.
    /// </remarks>
    /// <param name="isCrowd">Divides by the area of the detection alone: how much of it lies in the crowd.</param>
    public double IntersectionOverUnion(in CocoBox item, bool isCrowd = false) =>
        Overlaps(item, out double shared) ? shared / (isCrowd ? Area : Area + item.Area - shared) : 0;
}

/// <summary>An annotated image.</summary>
/// <param name="Width">In pixels; 0 when the file does not say.</param>
/// <param name="Height">In pixels; 0 when the file does not say.</param>
public sealed record CocoImage(long Id, int Width, int Height, string? FileName);

/// <param name="Name">The id in words when the file gives no name.</param>
public sealed record CocoCategory(long Id, string Name);

/// <summary>One annotated object.</summary>
/// <param name="ImageIndex">Index into <see cref="CocoGroundTruth.Images"/>.</param>
/// <param name="CategoryIndex">Index into <see cref="CocoGroundTruth.Categories"/>.</param>
/// <param name="Area">In pixels, as annotated: of the mask, in COCO. It decides between small, medium and large.</param>
/// <param name="IsCrowd">A group: any number of detections may lie in it, none counts.</param>
/// <param name="Ignore">Neither finding nor missing it counts (the ignore flag of VOC-like sets, VOC's difficult).</param>
public readonly record struct CocoObject(
    long Id, int ImageIndex, int CategoryIndex, CocoBox Box, double Area, bool IsCrowd = false, bool Ignore = false);

/// <summary>Annotated objects of images: what detections are held against.</summary>
/// <param name="File">Where it was read from; null when it was made in memory.</param>
/// <param name="Images">In the order of the file.</param>
/// <param name="Categories">In the order of the file.</param>
/// <param name="Objects">In the order of the file, which decides between equal overlaps.</param>
public sealed record CocoGroundTruth(
    string? File, IReadOnlyList<CocoImage> Images, IReadOnlyList<CocoCategory> Categories, IReadOnlyList<CocoObject> Objects)
{
    /// <summary>Masks by index of the object; null when they were not read.</summary>
    public CocoMasks? Masks { get; init; }

    /// <summary>Keypoints by index of the object; null when they were not read.</summary>
    public CocoKeypoints? Keypoints { get; init; }
}
