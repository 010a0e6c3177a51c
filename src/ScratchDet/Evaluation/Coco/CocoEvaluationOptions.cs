namespace ScratchDet.Evaluation.Coco;

/// <summary>Which behaviour counts where the reference evaluator's is plainly wrong.</summary>
public enum CocoQuirks
{
    /// <summary>The sane one.</summary>
    None,

    /// <summary>
    /// That of pycocotools: an object's ignore flag has no effect, finding an object of id 0 counts as finding nothing,
    /// and keypoints without regard to class match nothing.
    /// </summary>
    Pycocotools,
}

/// <summary>What is evaluated, and how. Thresholds, recall levels and area ranges are COCO's.</summary>
public sealed record CocoEvaluationOptions
{
    /// <summary>The number of detections per image and category with which COCO has its average precision of boxes and masks.</summary>
    public const int RegionDetections = 100;

    /// <summary>That of keypoints.</summary>
    public const int KeypointDetections = 20;

    public OverlapKind Kind { get; init; } = OverlapKind.Boxes;

    /// <summary>
    /// How many of the most confident detections of an image and category count (of an image, where categories are not told
    /// apart); each number is reported. Null: 1, 10, 100; 20 for keypoints.
    /// </summary>
    public IReadOnlyList<int>? MaxDetections { get; init; }

    /// <summary>Takes all categories for one, as the scoring of box proposals does.</summary>
    public bool IsClassAgnostic { get; init; }

    /// <summary>
    /// How far annotators disagree about each keypoint, as a share of the object's size: one number for each keypoint, or
    /// one for all. Null: COCO's for its 17 (<see cref="KeypointOverlap.CocoSigmas"/>).
    /// </summary>
    public IReadOnlyList<double>? KeypointSigmas { get; init; }

    public CocoQuirks Quirks { get; init; }

    /// <summary>At most so many threads work; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>How far an evaluation is: detections that were held against the objects so far, and in all.</summary>
public readonly record struct CocoEvaluationProgress(long DoneDetections, long AllDetections);
