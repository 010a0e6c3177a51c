using System.Globalization;
using ScratchDet.Experiments;
using ScratchDet.Training;

namespace ScratchDet.Notebook;

/// <summary>What training the variants of a study would mean, before anything is trained.</summary>
public static class ScheduleTable
{
    /// <summary>Iterations, images, passes, rates and the iterations at which the rate drops, for each variant.</summary>
    /// <param name="trainingImages">Images of the training set before <see cref="Data.DataSpec.Fraction"/>; null: not known.</param>
    public static TextTable Of(IReadOnlyList<Variant<Experiment>> variants, Func<Experiment, int?> trainingImages) => new(
        ["variant", "input px", "iterations", "images a step", "images", "passes", "rate", "warm-up", "rate drops at", "start"],
        [.. variants.Select(variant => Row(variant, trainingImages(variant.Experiment)))]);

    private static IReadOnlyList<string> Row(Variant<Experiment> variant, int? trainingImages)
    {
        TrainSpec train = variant.Experiment.Train;
        long perStep = (long)train.BatchSize * train.AccumulationSteps;
        long images = perStep * train.Steps;
        double? part = trainingImages is { } all ? Math.Max(1, Math.Round(all * variant.Experiment.Data.Fraction)) : null;
        return
        [
            variant.Name, Text(variant.Experiment.Detector.ImageSize), ViewMarkup.Grouped(train.Steps),
            train.AccumulationSteps == 1 ? Text(train.BatchSize) : $"{train.BatchSize} x {train.AccumulationSteps}",
            ViewMarkup.Grouped(images), part is { } count ? (images / count).ToString("0.0", CultureInfo.InvariantCulture) : "?",
            train.LearningRate.ToString("R", CultureInfo.InvariantCulture), train.WarmupSteps == 0 ? "none" : Text(train.WarmupSteps),
            string.Join(", ", train.DropsAt.Select(share => ViewMarkup.Grouped((long)Math.Round(share * train.Steps)))),
            variant.Experiment.Start == StartWeights.Random ? "random" : "pre-trained",
        ];
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
