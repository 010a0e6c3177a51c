using System.Globalization;

namespace ScratchDet.Evaluation.Coco;

/// <summary>One line of the summary.</summary>
/// <param name="Name">Short: AP, AP50, APs, AR10.</param>
/// <param name="Description">In words: over which IoU thresholds, of which objects, with how many detections.</param>
/// <param name="Value">0 to 1; -1 when nothing could be measured.</param>
public sealed record CocoStatistic(string Name, string Description, double Value);

public sealed partial record CocoEvaluation
{
    /// <summary>
    /// The numbers of the COCO leaderboard in pycocotools' order: AP, AP50, AP75, APs, APm, APl, AR with the first, second and third of
    /// <see cref="MaxDetections"/>, ARs, ARm, ARl; for keypoints AP, AP50, AP75, APm, APl, AR, AR50, AR75, ARm, ARl. As
    /// there, AP is that with 100 detections and those for keypoints with 20, so -1 when that number was not asked for; the
    /// others are those with the third number, or with the last when there are fewer (then pycocotools stops with an error).
    /// <see cref="AveragePrecision"/> and what else is asked for without a number of detections is with the largest.
    /// </summary>
    public IReadOnlyList<double> Stats => Kind == OverlapKind.Keypoints ? KeypointStats() : RegionStats();

    /// <summary>The same for people: with the largest number of detections, whatever it is, and the recall with every number.</summary>
    public IReadOnlyList<CocoStatistic> Summary
    {
        get
        {
            var lines = new List<CocoStatistic>
            {
                Line("AP", "IoU 0.50 to 0.95", AveragePrecision()),
                Line("AP50", "IoU 0.50", AveragePrecision(0.5)),
                Line("AP75", "IoU 0.75", AveragePrecision(0.75)),
            };
            foreach (AreaRange area in Areas.Skip(1))
                lines.Add(Line($"AP{area.Name[0]}", $"{area.Name} objects", AveragePrecision(area: area.Name)));
            foreach (int most in MaxDetections)
                lines.Add(new CocoStatistic(FormattableString.Invariant($"AR{most}"), $"largest recall, {Most(most)}", AverageRecall(maxDetections: most)));
            if (Kind == OverlapKind.Keypoints)
            {
                lines.Add(Line("AR50", "largest recall, similarity 0.50", AverageRecall(0.5)));
                lines.Add(Line("AR75", "largest recall, similarity 0.75", AverageRecall(0.75)));
            }
            foreach (AreaRange area in Areas.Skip(1))
                lines.Add(Line($"AR{area.Name[0]}", $"largest recall, {area.Name} objects", AverageRecall(area: area.Name)));
            return lines;
        }
    }

    private CocoStatistic Line(string name, string what, double value) =>
        new(name, $"{(Kind == OverlapKind.Keypoints ? what.Replace("IoU", "similarity", StringComparison.Ordinal) : what)}, {Most(MaxDetections[^1])}", value);

    // Categories that are not told apart share the number.
    private string Most(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"at most {count} {(count == 1 ? "detection" : "detections")} {(Categories.Count == 0 ? "an image" : "per image and category")}");

    private double[] RegionStats()
    {
        int last = MaxDetections[Math.Min(2, MaxDetections.Count - 1)];
        double RecallAt(int place) => place < MaxDetections.Count ? AverageRecall(maxDetections: MaxDetections[place]) : -1;
        return
        [
            MaxDetections.Contains(CocoEvaluationOptions.RegionDetections) ? AveragePrecision(maxDetections: CocoEvaluationOptions.RegionDetections) : -1,
            AveragePrecision(0.5, maxDetections: last), AveragePrecision(0.75, maxDetections: last),
            AveragePrecision(area: "small", maxDetections: last), AveragePrecision(area: "medium", maxDetections: last), AveragePrecision(area: "large", maxDetections: last),
            RecallAt(0), RecallAt(1), RecallAt(2),
            AverageRecall(area: "small", maxDetections: last), AverageRecall(area: "medium", maxDetections: last), AverageRecall(area: "large", maxDetections: last),
        ];
    }

    private double[] KeypointStats()
    {
        if (!MaxDetections.Contains(CocoEvaluationOptions.KeypointDetections)) return [.. Enumerable.Repeat(-1.0, 10)];
        const int most = CocoEvaluationOptions.KeypointDetections;
        return
        [
            AveragePrecision(maxDetections: most), AveragePrecision(0.5, maxDetections: most), AveragePrecision(0.75, maxDetections: most),
            AveragePrecision(area: "medium", maxDetections: most), AveragePrecision(area: "large", maxDetections: most),
            AverageRecall(maxDetections: most), AverageRecall(0.5, maxDetections: most), AverageRecall(0.75, maxDetections: most),
            AverageRecall(area: "medium", maxDetections: most), AverageRecall(area: "large", maxDetections: most),
        ];
    }
}
