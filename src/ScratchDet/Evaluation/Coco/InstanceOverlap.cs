using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>What two instances are compared by.</summary>
public enum OverlapKind
{
    /// <summary>Intersection over union of boxes.</summary>
    Boxes,

    /// <summary>Intersection over union of masks.</summary>
    Masks,

    /// <summary>Object keypoint similarity.</summary>
    Keypoints,
}

/// <summary>The overlap of detections with annotated objects of one image.</summary>
public abstract class InstanceOverlap
{
    /// <summary>
    /// Overlaps of every detection with every object, 0 to 1. With a crowd: the share of the detection that lies in it.
    /// May be called from several threads at once.
    /// </summary>
    /// <param name="detections">Indices into <see cref="CocoResults.Detections"/>, of one image.</param>
    /// <param name="objects">Indices into <see cref="CocoGroundTruth.Objects"/>, of the same image.</param>
    /// <param name="overlaps">Gets detections x objects numbers, a row for each detection.</param>
    public abstract void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps);
}
