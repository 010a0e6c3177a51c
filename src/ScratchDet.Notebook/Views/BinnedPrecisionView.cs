using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>Average precision by size or shape of the objects.</summary>
public sealed record BinnedPrecisionView(BinnedAveragePrecision Result) : AnalysisView
{
    private bool IsByArea => Result.Bins.All(one => one.Bin.Quantity == BinQuantity.Area);

    private string Quantity => IsByArea ? "size" : Result.Bins.All(one => one.Bin.Quantity == BinQuantity.Aspect) ? "aspect" : "size and aspect";

    public override string Summary
    {
        get
        {
            BinAveragePrecision[] measured = [.. Result.Bins.Where(one => double.IsFinite(one.Ap50))];
            if (measured.Length == 0) return $"AP by {Quantity}: no objects";
            (BinAveragePrecision best, BinAveragePrecision worst) = (measured.MaxBy(one => one.Ap50)!, measured.MinBy(one => one.Ap50)!);
            return $"AP50 by {Quantity}: from {Percent(worst.Ap50)} % ({worst.Bin.Name}) to {Percent(best.Ap50)} % ({best.Bin.Name})";
        }
    }

    public override string Explanation =>
        "AP50 is at IoU 0.5, AP the mean over IoU 0.5 to 0.95, both with COCO's rule: what lies outside a bin counts neither for nor against it."
        + (IsByArea
            ? " Small, medium and large are COCO's (up to 32 x 32 and 96 x 96 px); the other bins hold about as many objects each, and their side is the root of the area."
            : " Aspect is width to height.");

    public override IReadOnlyList<TextTable> Tables =>
    [
        new TextTable([Quantity, .. IsByArea ? [] : (string[])["width : height"], "objects", "AP50 %", "AP %", "recall at IoU 0.5, %"],
        [
            .. Result.Bins.Select(one => Row(
            [
                one.Bin.Name, .. IsByArea ? [] : (string[])[Ratios(one.Bin)],
                Number(one.ObjectCount), Percent(one.Ap50), Percent(one.Ap), Percent(one.Recall50),
            ])),
        ]),
    ];

    public override Figure Chart => Notebook.Chart.Bars([.. Result.Bins.Select(one => one.Bin.Name)],
        new BarSeries("AP50", [.. Result.Bins.Select(one => 100 * one.Ap50)]), new BarSeries("AP", [.. Result.Bins.Select(one => 100 * one.Ap)]))
        .Title($"Average precision by {Quantity}").YTitle("average precision", "%").YRange(0).Size(860, 220);

    private static string Ratios(ObjectBin bin)
    {
        if (bin.Quantity == BinQuantity.Area) return "";
        (string low, string high) = (Two(Math.Pow(2, bin.Low)), Two(Math.Pow(2, bin.High)));
        return double.IsInfinity(bin.Low) ? $"< {high}" : double.IsInfinity(bin.High) ? $"≥ {low}" : $"{low} to {high}";
    }
}
