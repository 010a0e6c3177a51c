using System.Globalization;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>What objects and detections are put into bins by.</summary>
public enum BinQuantity
{
    /// <summary>Area in pixels: of objects as annotated, of detections as they have it.</summary>
    Area,

    /// <summary>log2(width / height) of the box: 0 is square, 1 twice as wide as high, -1 twice as high as wide.</summary>
    Aspect,
}

/// <summary>A range of areas or aspects.</summary>
/// <param name="Low">Included.</param>
/// <param name="High">Excluded, unless <paramref name="IncludesHigh"/>.</param>
/// <param name="IncludesHigh">COCO's small, medium and large include both their bounds: an area of exactly 32 x 32 is small and medium.</param>
public sealed record ObjectBin(string Name, BinQuantity Quantity, double Low, double High, bool IncludesHigh = false)
{
    /// <summary>COCO's: up to 32 x 32 pixels, up to 96 x 96, and more.</summary>
    public static IReadOnlyList<ObjectBin> CocoAreas { get; } =
    [
        new("small", BinQuantity.Area, 0, 32 * 32, IncludesHigh: true),
        new("medium", BinQuantity.Area, 32 * 32, 96 * 96, IncludesHigh: true),
        new("large", BinQuantity.Area, 96 * 96, 1e10, IncludesHigh: true),
    ];

    /// <summary>Bounds at ratios of 2^-1.5, 2^-0.5, 2^0.5 and 2^1.5 (about 1:3, 1:1.4, 1.4:1, 3:1).</summary>
    public static IReadOnlyList<ObjectBin> Aspects { get; } =
    [
        new("very tall", BinQuantity.Aspect, double.NegativeInfinity, -1.5),
        new("tall", BinQuantity.Aspect, -1.5, -0.5),
        new("square", BinQuantity.Aspect, -0.5, 0.5),
        new("wide", BinQuantity.Aspect, 0.5, 1.5),
        new("very wide", BinQuantity.Aspect, 1.5, double.PositiveInfinity, IncludesHigh: true),
    ];

    /// <summary>So many bins of about as many objects each, named by the side of a square of their area; fewer where areas are equal.</summary>
    public static IReadOnlyList<ObjectBin> AreaQuantiles(CocoGroundTruth truth, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double[] areas = [.. truth.Objects.Where(item => !item.IsCrowd && !item.Ignore).Select(item => item.Area).Order()];
        if (areas.Length == 0) return [];
        IEnumerable<double> quantiles = Enumerable.Range(1, count - 1).Select(k => areas[(int)((long)k * areas.Length / count)]);
        double[] inner = [.. quantiles.Where(edge => edge > areas[0]).Distinct()];
        double[] edges = [0, .. inner, double.PositiveInfinity];
        return [.. edges.Zip(edges.Skip(1), (low, high) =>
            new ObjectBin(SideName(low, high), BinQuantity.Area, low, high, IncludesHigh: double.IsPositiveInfinity(high)))];
    }

    public bool Contains(double value) => value >= Low && (value < High || (IncludesHigh && value == High));

    private static string SideName(double low, double high)
    {
        string from = Math.Sqrt(low).ToString("0", CultureInfo.InvariantCulture), to = Math.Sqrt(high).ToString("0", CultureInfo.InvariantCulture);
        return (low, high) switch
        {
            (0, double.PositiveInfinity) => "any side",
            (0, _) => $"side < {to} px",
            (_, double.PositiveInfinity) => $"side ≥ {from} px",
            _ => $"side {from}–{to} px",
        };
    }
}

/// <summary>Average precision on the objects of one bin; means over the classes that have such objects, 0 to 1, NaN when none has.</summary>
/// <param name="ObjectCount">Objects that count: neither crowds nor ignored.</param>
/// <param name="Ap50">At IoU 0.5.</param>
/// <param name="Ap">Mean over IoU 0.5 to 0.95.</param>
/// <param name="Recall50">Largest recall at IoU 0.5.</param>
public sealed record BinAveragePrecision(ObjectBin Bin, int ObjectCount, double Ap50, double Ap, double Recall50);

/// <summary>
/// Average precision by size or shape, with the COCO evaluator's rule for areas: objects outside the bin do not count, nor
/// do the detections that match them, nor those outside the bin that match nothing. So its small, medium and large are COCO's.
/// </summary>
/// <param name="Bins">In the order in which they were asked for.</param>
public sealed record BinnedAveragePrecision(IReadOnlyList<BinAveragePrecision> Bins)
{
    public const int DefaultDetectionsPerImage = 100;
    private const int AreaBinCount = 5;

    /// <summary>COCO's three sizes, then five bins of about as many objects each.</summary>
    /// <param name="overlap">Null compares boxes.</param>
    public static BinnedAveragePrecision BySize(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, CancellationToken cancellation = default) =>
        Compute(truth, results, Sizes(truth), overlap, cancellation: cancellation);

    /// <param name="overlap">Null compares boxes.</param>
    public static BinnedAveragePrecision ByAspect(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, CancellationToken cancellation = default) =>
        Compute(truth, results, ObjectBin.Aspects, overlap, cancellation: cancellation);

    /// <param name="overlap">Null compares boxes.</param>
    /// <param name="detectionsPerImage">The most confident detections of an image and class that count, before they are put into bins.</param>
    public static BinnedAveragePrecision Compute(
        CocoGroundTruth truth, CocoResults results, IReadOnlyList<ObjectBin> bins, InstanceOverlap? overlap = null,
        int detectionsPerImage = DefaultDetectionsPerImage, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(detectionsPerImage, 1);
        var sums = new BinSums(truth, results, bins, cancellation);
        overlap ??= new BoxOverlap(truth, results);
        foreach (CategoryInstances category in CategoryInstances.Of(truth, results, overlap, detectionsPerImage, cancellation))
            sums.Add(category);
        return sums.Result();
    }

    internal static IReadOnlyList<ObjectBin> Sizes(CocoGroundTruth truth) => [.. ObjectBin.CocoAreas, .. ObjectBin.AreaQuantiles(truth, AreaBinCount)];
}
