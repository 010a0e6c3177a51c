namespace ScratchDet.Data.Coco;

/// <summary>
/// A box as COCO files have it: the upper left corner and the size, in continuous pixels from 0, in double so that an
/// overlap has the same bits as the reference evaluator's.
/// </summary>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;
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
