namespace ScratchDet.Data.Synthetic;

/// <summary>
/// How large a made-up case of COCO annotations and detections is. The default is the case that evaluators are timed on:
/// as many images, classes and objects as COCO val2017, and the 100 detections per image that are evaluated there.
/// </summary>
public sealed record CocoCaseSpec
{
    public int Images { get; init; } = 5_000;

    public int Categories { get; init; } = 80;

    /// <summary>Over all images; a few images have none.</summary>
    public int Objects { get; init; } = 36_700;

    /// <summary>Over all images, spread evenly.</summary>
    public int Detections { get; init; } = 500_000;

    /// <summary>Objects have polygons, crowds run lengths; else there are no masks.</summary>
    public bool HasPolygons { get; init; }

    /// <summary>Detections have masks as run lengths, and area and box of these; this needs <see cref="HasPolygons"/>.</summary>
    public bool HasDetectionMasks { get; init; }

    public ulong Seed { get; init; } = 1;
}
