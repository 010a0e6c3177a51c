namespace ScratchDet.Data.Coco;

/// <summary>How to take files that are wrong but that pycocotools reads without a word. The default refuses them.</summary>
public sealed record CocoReadOptions
{
    /// <summary>Everything as pycocotools.</summary>
    public static CocoReadOptions Pycocotools { get; } = new() { LastOfEqualIdsWins = true, UnknownIdsAreLeftOut = true };

    /// <summary>
    /// When several annotations have the same id, each of them becomes the last one: that one is then there as often as
    /// the id is. Of images and categories the last one stays, once.
    /// </summary>
    public bool LastOfEqualIdsWins { get; init; }

    /// <summary>Annotations of unknown images or categories, and detections of unknown categories, are left out.</summary>
    public bool UnknownIdsAreLeftOut { get; init; }
}
