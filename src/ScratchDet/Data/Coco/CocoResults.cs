namespace ScratchDet.Data.Coco;

/// <summary>One detected object.</summary>
/// <param name="ImageIndex">Index into <see cref="CocoGroundTruth.Images"/>.</param>
/// <param name="CategoryIndex">Index into <see cref="CocoGroundTruth.Categories"/>.</param>
/// <param name="Area">In pixels: of the box, or of the mask for results that have masks only.</param>
public readonly record struct CocoDetection(int ImageIndex, int CategoryIndex, double Score, CocoBox Box, double Area);

/// <summary>Detections on the images of a ground truth.</summary>
/// <param name="File">Where it was read from; null when it was made in memory.</param>
/// <param name="Detections">In the order of the file, which decides between equal scores.</param>
public sealed record CocoResults(string? File, IReadOnlyList<CocoDetection> Detections)
{
    /// <summary>Masks by index of the detection; null when they were not read.</summary>
    public CocoMasks? Masks { get; init; }

    /// <summary>Keypoints by index of the detection; null when they were not read.</summary>
    public CocoKeypoints? Keypoints { get; init; }
}
