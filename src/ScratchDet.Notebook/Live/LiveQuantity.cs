using ScratchDet.Training;

namespace ScratchDet.Notebook;

/// <summary>Something that a live plot draws over the steps, in a panel of its own.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Title">Over its panel.</param>
/// <param name="OfStep">Null: evaluations have it.</param>
/// <param name="OfEvaluation">Null: steps have it.</param>
internal sealed record LiveQuantity(
    string Name, string Title, string Unit, bool IsLog, Func<StepReport, double>? OfStep, Func<EvaluationReport, double>? OfEvaluation)
{
    public static IReadOnlyList<LiveQuantity> Known { get; } =
    [
        new("Loss", "Training loss", "", true, step => step.Loss, null),
        new("BoxRegressionLoss", "Box regression loss", "", true, step => step.BoxRegressionLoss, null),
        new("ClassificationLoss", "Classification loss", "", true, step => step.ClassificationLoss, null),
        new("GradientNorm", "L2 norm of the gradient", "", true, step => step.GradientNormL2, null),
        new("LearningRate", "Learning rate", "", true, step => step.LearningRate, null),
        new("MapArea", "mAP at IoU 0.5", "%", false, null, evaluation => 100 * (evaluation.Voc.MapArea ?? double.NaN)),
        new("ValidationLoss", "Validation loss", "", false, null, evaluation => evaluation.Loss),
    ];

    /// <exception cref="ArgumentException">There is none of this name; the message lists the names.</exception>
    public static LiveQuantity Find(string name) => Known.FirstOrDefault(quantity => quantity.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"there is no quantity '{name}' to plot; there are {string.Join(", ", Known.Select(quantity => quantity.Name))}", nameof(name));

    public bool IsMeasuredEachStep => OfEvaluation is null;

    public bool IsNoisy => IsMeasuredEachStep && Name != "LearningRate";
}

/// <summary>
/// Values over steps in bounded memory: when there are too many, neighbours become their mean. Where a value is not
/// finite there is a gap.
/// </summary>
internal sealed class ThinSeries
{
    /// <summary>More than a panel has pixels for a line.</summary>
    public const int MostPoints = 600;

    private readonly List<Bucket> buckets = [];

    /// <summary>Values in each full point; a power of two.</summary>
    public int ValuesPerPoint { get; private set; } = 1;

    public int Count => buckets.Count;

    /// <summary>The last step of each point.</summary>
    public double[] Steps => [.. buckets.Select(bucket => (double)bucket.LastStep)];

    /// <summary>The mean of the finite values of each point; NaN without any.</summary>
    public double[] Values => [.. buckets.Select(bucket => bucket.FiniteCount == 0 ? double.NaN : bucket.Sum / bucket.FiniteCount)];

    public void Add(long step, double value)
    {
        var one = new Bucket(step, 1, double.IsFinite(value) ? 1 : 0, double.IsFinite(value) ? value : 0);
        if (buckets.Count > 0 && buckets[^1].Count < ValuesPerPoint) buckets[^1] = buckets[^1].Join(one);
        else buckets.Add(one);
        if (buckets.Count <= MostPoints) return;
        int kept = 0;
        for (int index = 0; index < buckets.Count; index += 2)
            buckets[kept++] = index + 1 < buckets.Count ? buckets[index].Join(buckets[index + 1]) : buckets[index];
        buckets.RemoveRange(kept, buckets.Count - kept);
        ValuesPerPoint *= 2;
    }

    private readonly record struct Bucket(long LastStep, int Count, int FiniteCount, double Sum)
    {
        public Bucket Join(Bucket next) => new(next.LastStep, Count + next.Count, FiniteCount + next.FiniteCount, Sum + next.Sum);
    }
}
