namespace ScratchDet.Analysis;

/// <summary>How sure it is that a published value belongs to the setting that it is listed under.</summary>
public enum Confidence
{
    Low,
    Medium,
    High,
}

/// <summary>A number from a paper, to be shown beside ours.</summary>
/// <param name="Value">NaN where the paper says that training failed.</param>
/// <param name="Status">How the value was obtained: <c>read</c> from a text or a table, or <c>digitised</c> from a figure.</param>
public sealed record PublishedValue(double Value, Confidence Confidence, string Status, string Source)
{
    public bool Diverged => double.IsNaN(Value);
}

/// <summary>One column of ScratchDet's Table 1 (SSD300 on VGG-16, trained on VOC 07+12, tested on VOC 07).</summary>
/// <param name="BatchNormInBackbone">Null where the table's copy does not settle it.</param>
/// <param name="Result">VOC07 mAP, 11 points, in percent.</param>
public sealed record ScratchDetTable1Column(
    int Column, double LearningRate, bool Pretrained, bool? BatchNormInBackbone, bool BatchNormInHead, PublishedValue Result);

/// <summary>Published numbers with how far they can be trusted. Values are as printed; settings were checked as the source says.</summary>
public static class PublishedResults
{
    private const string Table = "ScratchDet (arXiv 1810.08425), Table 1, by way of a course report that copies it; ";
    private const string Legend = Table + "value and setting confirmed by the legend of the authors' gradient_analysis.png (KimSoybean/ScratchDet@650b416)";
    private const string Text = Table + "setting confirmed by the report's text";
    private const string Ticks = Table + "setting from the printed ticks";
    private const string Unsettled = Table + "the ticks are shifted: whether the backbone has batch norm is not settled";

    /// <summary>All 18 columns, in the table's order.</summary>
    public static IReadOnlyList<ScratchDetTable1Column> ScratchDetTable1 { get; } =
    [
        Column(1, 0.001, pretrained: false, backbone: false, head: false, 67.6, Confidence.High, Legend),
        Column(2, 0.001, pretrained: false, backbone: false, head: true, 71.0, Confidence.High, Legend),
        Column(3, 0.001, pretrained: false, backbone: true, head: false, 72.8, Confidence.High, Text),
        Column(4, 0.001, pretrained: false, backbone: true, head: true, 71.8, Confidence.Medium, Ticks),
        Column(5, 0.001, pretrained: true, backbone: null, head: true, 77.1, Confidence.Low, Unsettled),
        Column(6, 0.001, pretrained: true, backbone: true, head: true, 77.6, Confidence.Medium, Ticks),
        Column(7, 0.01, pretrained: false, backbone: false, head: false, double.NaN, Confidence.High, Table + "no ticks printed"),
        Column(8, 0.01, pretrained: false, backbone: false, head: true, 75.6, Confidence.High, Legend),
        Column(9, 0.01, pretrained: false, backbone: true, head: false, 77.8, Confidence.High, Text),
        Column(10, 0.01, pretrained: false, backbone: true, head: true, 77.3, Confidence.Medium, Ticks),
        Column(11, 0.01, pretrained: true, backbone: null, head: true, 76.9, Confidence.Low, Unsettled),
        Column(12, 0.01, pretrained: true, backbone: true, head: true, 78.2, Confidence.High, Text),
        Column(13, 0.05, pretrained: false, backbone: false, head: false, double.NaN, Confidence.High, Table + "no ticks printed"),
        Column(14, 0.05, pretrained: false, backbone: false, head: true, double.NaN, Confidence.Medium, Table + "setting by analogy with columns 2 and 8"),
        Column(15, 0.05, pretrained: false, backbone: true, head: false, 78.0, Confidence.Medium, Table + "a second reading note gives 78 for this setting"),
        Column(16, 0.05, pretrained: false, backbone: true, head: true, 78.7, Confidence.High, Text),
        Column(17, 0.05, pretrained: true, backbone: null, head: true, double.NaN, Confidence.Low, Unsettled),
        Column(18, 0.05, pretrained: true, backbone: true, head: true, 75.5, Confidence.Medium, Ticks),
    ];

    /// <summary>
    /// The published mAP (percent; NaN: diverged) of a setting; null where the table has none. Columns whose backbone is
    /// unsettled answer for a backbone without batch norm, with <see cref="Confidence.Low"/>: the one with it has a
    /// column of its own.
    /// </summary>
    public static PublishedValue? ScratchDetTable1Map(bool batchNormInBackbone, bool batchNormInHead, double learningRate, bool pretrained)
    {
        foreach (ScratchDetTable1Column column in ScratchDetTable1)
        {
            if (column.BatchNormInHead == batchNormInHead && column.Pretrained == pretrained
                && (column.BatchNormInBackbone ?? false) == batchNormInBackbone
                && Math.Abs(column.LearningRate - learningRate) <= 1e-9 * column.LearningRate)
            {
                return column.Result;
            }
        }
        return null;
    }

    private static ScratchDetTable1Column Column(
        int column, double learningRate, bool pretrained, bool? backbone, bool head, double mapPercent, Confidence confidence, string source) =>
        new(column, learningRate, pretrained, backbone, head, new PublishedValue(mapPercent, confidence, "read", source));
}
