using System.CommandLine;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Cli.Commands;

/// <summary>Ground truth and results of the `metrics` commands, read for what is compared.</summary>
internal sealed record MetricsFiles(CocoGroundTruth Truth, IReadOnlyList<CocoResults> Runs, OverlapKind Kind)
{
    public static Option<string> TruthOption() => new("--gt") { Description = "Annotations in COCO's form", HelpName = "F", Required = true };

    /// <summary>Boxes or masks; see <see cref="KindOf"/>.</summary>
    public static Option<string> KindOption()
    {
        var kind = new Option<string>("--iou") { Description = "What is compared: boxes or masks", DefaultValueFactory = _ => "bbox" };
        return kind.AcceptOnlyFromAmong("bbox", "segm");
    }

    /// <param name="name">COCO's: bbox, segm or keypoints.</param>
    public static OverlapKind KindOf(string name) => name switch
    {
        "bbox" => OverlapKind.Boxes,
        "segm" => OverlapKind.Masks,
        "keypoints" => OverlapKind.Keypoints,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "bbox, segm or keypoints"),
    };

    /// <exception cref="BadInputException">A file cannot be used.</exception>
    public static MetricsFiles Read(
        string truthFile, IReadOnlyList<string> resultFiles, OverlapKind kind, CancellationToken stop, CocoIdFaults idFaults = CocoIdFaults.Refused)
    {
        CocoParts parts = kind switch
        {
            OverlapKind.Masks => CocoParts.Masks,
            OverlapKind.Keypoints => CocoParts.Keypoints,
            _ => CocoParts.Boxes,
        };
        CocoGroundTruth truth = CocoGroundTruthReader.Read(truthFile, parts, idFaults, stop);
        return new MetricsFiles(truth, [.. resultFiles.Select(file => CocoResultsReader.Read(file, truth, parts, idFaults, stop))], kind);
    }

    /// <summary>Of the boxes or masks of a run.</summary>
    public InstanceOverlap Overlap(int run = 0) => Kind == OverlapKind.Masks ? new MaskOverlap(Truth, Runs[run]) : new BoxOverlap(Truth, Runs[run]);
}
