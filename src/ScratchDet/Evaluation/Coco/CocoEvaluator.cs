using System.Globalization;
using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// The COCO metric: average precision over ten IoU thresholds and recall by the number of detections, by category and by
/// object size (Lin et al., "Microsoft COCO: Common Objects in Context", 2014; the definitions are those of
/// cocodataset.org, "Detection Evaluation", and its evaluator pycocotools, whose numbers these are).
/// </summary>
public static class CocoEvaluator
{
    private const int ImagesPerStep = 256;

    /// <summary>From 0.5 to 0.95 in steps of 0.05, with the bits of numpy.linspace: an overlap may lie exactly on one.</summary>
    public static IReadOnlyList<double> IouThresholds { get; } = Array.AsReadOnly(Steps(0.5, 0.95, 10));

    /// <summary>From 0 to 1 in steps of 0.01, with the bits of numpy.linspace.</summary>
    public static IReadOnlyList<double> RecallLevels { get; } = Array.AsReadOnly(Steps(0, 1, 101));

    /// <summary>numpy.spacing(1), which the reference evaluator adds to some divisors.</summary>
    internal const double NumpyEpsilon = 1.0 / (1L << 52);

    /// <summary>Holds detections against annotated objects.</summary>
    /// <param name="progress">Gets now and then how many detections are done, from any of the threads.</param>
    /// <exception cref="ArgumentException">The options contradict each other or the data: no masks were read for masks, sigmas for another number of keypoints.</exception>
    /// <exception cref="BadInputException">Keypoints of different numbers; or so many categories and numbers of detections that no array holds the results.</exception>
    public static CocoEvaluation Evaluate(
        CocoGroundTruth truth, CocoResults results, CocoEvaluationOptions? options = null,
        IProgress<CocoEvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new CocoEvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        bool isKeypoints = options.Kind == OverlapKind.Keypoints;
        int[] maxDetections = [.. options.MaxDetections ?? (isKeypoints ? [CocoEvaluationOptions.KeypointDetections] : [1, 10, CocoEvaluationOptions.RegionDetections])];
        Array.Sort(maxDetections);
        if (maxDetections is not [>= 1, ..]) throw new ArgumentException("detections per image and category are at least 1", nameof(options));

        var groups = new CocoGroups(truth, new FlatList<CocoObject>(truth.Objects).Span, new FlatList<CocoDetection>(results.Detections).Span, options.IsClassAgnostic);
        AreaRange[] areas = isKeypoints
            ? [AreaRange.CocoAll, AreaRange.CocoMedium, AreaRange.CocoLarge]
            : [AreaRange.CocoAll, AreaRange.CocoSmall, AreaRange.CocoMedium, AreaRange.CocoLarge];
        int cells = Cells(truth, groups.Count, areas.Length, maxDetections.Length);
        var evaluation = new CocoEvaluation(options.Kind, IouThresholds, RecallLevels, options.IsClassAgnostic ? [] : groups.Categories, areas, maxDetections)
        {
            Precision = new double[IouThresholds.Count * RecallLevels.Count * cells],
            Scores = new double[IouThresholds.Count * RecallLevels.Count * cells],
            Recall = new double[IouThresholds.Count * cells],
            ObjectCounts = new int[groups.Count * areas.Length],
        };
        evaluation.Precision.AsSpan().Fill(-1);
        evaluation.Scores.AsSpan().Fill(-1);
        evaluation.Recall.AsSpan().Fill(-1);
        if (groups.Count == 0) return evaluation;

        InstanceOverlap overlap = OverlapOf(truth, results, options);
        var work = new Work(truth, results, options, groups, evaluation, overlap, new ProgressCount(progress, results.Detections.Count), cancellation);
        int threads = Math.Min(options.Threads, groups.Count);
        if (threads == 1)
        {
            var scorer = new RowScorer(work, options.Threads);
            for (int row = 0; row < groups.Count; row++) scorer.Score(row);
        }
        else
        {
            Parallel.For(0, groups.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                () => new RowScorer(work, threads: 1),
                (row, _, scorer) =>
                {
                    scorer.Score(row);
                    return scorer;
                },
                _ => { });
        }
        return evaluation;
    }

    /// <summary>Categories x areas x numbers of detections: for each of them there is a precision for every threshold and recall level.</summary>
    private static int Cells(CocoGroundTruth truth, int categories, int areas, int maxDetections)
    {
        // Each is below 2^31 and there are 4 areas at most: no overflow.
        long cells = (long)categories * maxDetections * areas;
        if (cells <= Array.MaxLength / (IouThresholds.Count * RecallLevels.Count)) return (int)cells;
        throw new BadInputException(
            truth.File ?? "ground truth", null, string.Create(CultureInfo.InvariantCulture, $"{categories} categories, each with {maxDetections} numbers of detections and {areas} area ranges, are too many to evaluate at once"),
            "give fewer numbers of detections, or evaluate without regard to class");
    }

    private static InstanceOverlap OverlapOf(CocoGroundTruth truth, CocoResults results, CocoEvaluationOptions options) => options.Kind switch
    {
        OverlapKind.Boxes => new BoxOverlap(truth, results),
        OverlapKind.Masks => new MaskOverlap(truth, results, IouThresholds[0]),
        OverlapKind.Keypoints when options is { IsClassAgnostic: true, Quirks: CocoQuirks.Pycocotools } => new NoOverlap(),
        OverlapKind.Keypoints => new KeypointOverlap(truth, results, options.KeypointSigmas),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "not a kind of overlap"),
    };

    private static double[] Steps(double first, double last, int count)
    {
        double step = (last - first) / (count - 1);
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = (i * step) + first;
        values[^1] = last;
        return values;
    }

    /// <summary>What all threads share.</summary>
    private sealed record Work(
        CocoGroundTruth Truth, CocoResults Results, CocoEvaluationOptions Options, CocoGroups Groups, CocoEvaluation Evaluation, InstanceOverlap Overlap,
        ProgressCount Progress, CancellationToken Cancellation)
    {
        public FlatList<CocoObject> Objects { get; } = new(Truth.Objects);

        public FlatList<CocoDetection> Detections { get; } = new(Results.Detections);

        public double[] Thresholds { get; } = [.. Evaluation.IouThresholds];

        public AreaRange[] Areas { get; } = [.. Evaluation.Areas];

        public bool[] IsIgnored { get; } = IgnoredObjects(Truth, Options);

        private static bool[] IgnoredObjects(CocoGroundTruth truth, CocoEvaluationOptions options)
        {
            var ignored = new bool[truth.Objects.Count];
            CocoKeypoints? points = options.Kind != OverlapKind.Keypoints || ignored.Length == 0 ? null
                : truth.Keypoints ?? throw new ArgumentException("the keypoints of the objects were not read", nameof(truth));
            for (int i = 0; i < ignored.Length; i++)
            {
                CocoObject item = truth.Objects[i];
                ignored[i] = item.IsCrowd || (item.Ignore && options.Quirks == CocoQuirks.None)
                    || (points is not null && points.LabelledCount(i) == 0);
            }
            return ignored;
        }
    }

    /// <summary>Scores one category after another; each thread has its own.</summary>
    private sealed class RowScorer(Work work, int threads)
    {
        private readonly RankedDetections ranked = new(work.Areas.Length);
        private readonly PrecisionWalk walk = new(work.Thresholds.Length, [.. work.Evaluation.RecallLevels]);
        private readonly InstanceMatcher matcher = NewMatcher(work);

        public void Score(int row)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            int unmatched = work.Groups.Detections(row).Length;
            Span<int> objectCounts = work.Evaluation.ObjectCounts.AsSpan(row * work.Areas.Length, work.Areas.Length);
            // Without an object nothing can be measured, whatever was detected.
            if (CountObjects(row, objectCounts))
            {
                IReadOnlyList<int> maxDetections = work.Evaluation.MaxDetections;
                ranked.Rank(work.Groups, row, work.Detections.Span, work.Areas, maxDetections[^1], InstanceMatcher.AllThresholds(work.Thresholds.Length));
                unmatched -= MatchImages(row);
                int stride = work.Groups.Count * work.Areas.Length * maxDetections.Count;
                for (int a = 0; a < work.Areas.Length; a++)
                {
                    if (objectCounts[a] == 0) continue;
                    walk.Begin(objectCounts[a]);
                    for (int m = 0; m < maxDetections.Count; m++)
                    {
                        int place = (((row * work.Areas.Length) + a) * maxDetections.Count) + m;
                        walk.Run(ranked, a, work.Areas.Length, maxDetections[m], objectCounts[a], place, stride, work.Evaluation);
                    }
                }
            }
            work.Progress.Add(unmatched);
        }

        private bool CountObjects(int row, Span<int> objectCounts)
        {
            bool any = false;
            foreach (int index in work.Groups.Objects(row))
            {
                if (work.IsIgnored[index]) continue;
                for (int a = 0; a < objectCounts.Length; a++)
                {
                    if (!InstanceMatcher.Contains(work.Areas[a], work.Objects.Span[index].Area)) continue;
                    objectCounts[a]++;
                    any = true;
                }
            }
            return any;
        }

        /// <summary>Gives the detections of a row their objects; the number of detections that were held against some.</summary>
        private int MatchImages(int row)
        {
            int steps = (ranked.Images.Count + ImagesPerStep - 1) / ImagesPerStep;
            if (threads == 1 || steps < 2)
            {
                int matched = 0;
                for (int step = 0; step < steps; step++) matched += MatchStep(row, step, matcher);
                return matched;
            }
            int total = 0;
            Parallel.For(0, steps, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = work.Cancellation },
                () => NewMatcher(work),
                (step, _, own) =>
                {
                    Interlocked.Add(ref total, MatchStep(row, step, own));
                    return own;
                },
                _ => { });
            return total;
        }

        private int MatchStep(int row, int step, InstanceMatcher own)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            int end = Math.Min(ranked.Images.Count, (step + 1) * ImagesPerStep);
            int matched = 0;
            for (int i = step * ImagesPerStep; i < end; i++)
            {
                ImageGroup image = ranked.Images[i];
                own.Match(ranked.Detections(image), work.Groups.Objects(row).Slice(image.FirstObject, image.ObjectCount), ranked.Places(image), ranked.Hits, ranked.Misses);
                matched += image.DetectionCount;
            }
            work.Progress.Add(matched);
            return matched;
        }

        private static InstanceMatcher NewMatcher(Work work) =>
            new(work.Overlap, work.Objects, work.Detections, work.IsIgnored, work.Thresholds, work.Areas, work.Options.Quirks);
    }

    /// <summary>Finds nothing: what the reference evaluator does with keypoints when it takes all categories for one.</summary>
    private sealed class NoOverlap : InstanceOverlap
    {
        public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps) => overlaps.Clear();
    }

    /// <summary>Counts over all threads and reports about every hundredth.</summary>
    private sealed class ProgressCount(IProgress<CocoEvaluationProgress>? progress, long all)
    {
        private long done;

        public void Add(int count)
        {
            if (progress is null || count == 0) return;
            long now = Interlocked.Add(ref done, count);
            if (now == all || now * 100 / all != (now - count) * 100 / all) progress.Report(new CocoEvaluationProgress(now, all));
        }
    }
}
