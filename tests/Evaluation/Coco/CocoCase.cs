using System.Text.Json;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Evaluation.Coco;

/// <summary>A case as Golden/coco.py writes it: annotations and results as in files, and how to evaluate them.</summary>
internal static class CocoCase
{
    /// <summary>Through files and their readers, as a user's data comes.</summary>
    public static CocoEvaluation Evaluate(JsonElement oneCase, int threads = 1)
    {
        using var folder = new TemporaryFolder();
        bool isQuirky = oneCase.GetProperty("quirks").GetBoolean();
        (OverlapKind kind, CocoParts parts) = oneCase.GetProperty("kind").GetString() switch
        {
            "bbox" => (OverlapKind.Boxes, CocoParts.Boxes),
            "segm" => (OverlapKind.Masks, CocoParts.Masks),
            _ => (OverlapKind.Keypoints, CocoParts.Keypoints),
        };
        CocoIdFaults reading = isQuirky ? CocoIdFaults.AsPycocotools : CocoIdFaults.Refused;
        CocoGroundTruth truth = CocoGroundTruthReader.Read(folder.Write("gt.json", oneCase.GetProperty("gt").GetRawText()), parts, reading);
        CocoResults results = CocoResultsReader.Read(folder.Write("dt.json", oneCase.GetProperty("dt").GetRawText()), truth, parts, reading);
        return CocoEvaluator.Evaluate(truth, results, new CocoEvaluationOptions
        {
            Kind = kind,
            MaxDetections = Numbers(oneCase, "max_dets") is { } most ? [.. most.Select(number => (int)number)] : null,
            IsClassAgnostic = oneCase.GetProperty("class_agnostic").GetBoolean(),
            KeypointSigmas = Numbers(oneCase, "sigmas"),
            Quirks = isQuirky ? CocoQuirks.Pycocotools : CocoQuirks.None,
            Threads = threads,
        });
    }

    public static double[]? Numbers(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(number => number.GetDouble())] : null;

    public static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} numbers, {expected.Count} expected");
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-9, $"{what}[{i}]: {actual[i]:R}, {expected[i]:R} expected");
    }
}
