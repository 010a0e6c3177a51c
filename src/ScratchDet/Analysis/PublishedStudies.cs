using ScratchDet.Data.Augment;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Training;

namespace ScratchDet.Analysis;

/// <summary>A published number beside an arm of a study.</summary>
/// <param name="Metric">What was measured, and on what: "VOC07 mAP", "COCO box AP".</param>
public sealed record PublishedArm(PublishedValue Result, string Metric);

/// <summary>
/// The papers' numbers for the arms of the studies. An arm at any scale is the same arm at paper scale, by its place in the
/// study; where no number is known there is none.
/// </summary>
public static class PublishedStudies
{
    private const string Voc = "VOC07 mAP, 11-point";
    private const string BoxAp = "COCO box AP of Mask R-CNN R50";
    private const string Stems = "course report and a public blog note on ScratchDet (CVPR 2019), the same four numbers";
    private const string Rethinking = "Rethinking ImageNet Pre-training (arXiv 1811.08883), ";

    /// <summary>One for each variant of the study at paper scale, in its order; null where no number is known.</summary>
    public static IReadOnlyList<PublishedArm?> Of(Study study)
    {
        Experiment[] arms = [.. study.At(Scale.Paper).Variants.Select(variant => variant.Experiment)];
        int shortest = arms.Min(arm => arm.Train.Steps);
        return [.. arms.Select((arm, place) => study.Name switch
        {
            "batchnorm-placement" or "learning-rates" => Table1(arm),
            "first-stride" => Stem((ResidualSpec)arm.Detector.Backbone),
            "root-block" => Root((ResidualSpec)arm.Detector.Backbone),
            "extra-layers" => Read(80.4, Voc, "ScratchDet by way of a course report: 80.4 with both, 20 and 25 FPS"),
            "schedule-length" => Schedule(arm, arm.Train.Steps / shortest),
            "data-size" => DataSize(arm),
            "input-size" => Read(place switch { 0 => 77.5, 1 => 77.1, 2 => 79.5, _ => 80.6 }, Voc, "DSSD's table by way of a course report"),
            "augmentation" => Augmentation(arm.Augment),
            _ => null,
        })];
    }

    private static PublishedArm? Table1(Experiment arm)
    {
        NormPlacement norm = arm.Detector.Norm;
        return PublishedResults.ScratchDetTable1Map(
            norm.Backbone == NormKind.Batch, norm.Head == NormKind.Batch, arm.Train.LearningRate, arm.Start == StartWeights.Pretrained) is { } value
            ? new PublishedArm(value, Voc)
            : null;
    }

    private static PublishedArm Stem(ResidualSpec backbone) => Read(
        backbone.Stem switch
        {
            StemKind.SevenBySevenStrideTwoPool => 73.1,
            StemKind.SevenBySevenStrideTwo => 75.3,
            StemKind.SevenBySevenStrideOnePool => 77.6,
            _ => 78.5,
        }, Voc, Stems);

    /// <summary>The paper compares more; only these two could be read.</summary>
    private static PublishedArm? Root(ResidualSpec backbone) => (backbone.RootConvolutions, backbone.RootKernel) switch
    {
        (1, 7) => Read(77.6, Voc, Stems),
        (3, 3) => Read(78.5, Voc, Stems),
        _ => null,
    };

    /// <summary>By multiples of the unit; another detector on other data, so that only the course of the two arms compares.</summary>
    private static PublishedArm? Schedule(Experiment arm, int multiple)
    {
        double? value = (arm.Start, multiple) switch
        {
            (StartWeights.Random, 2) => 36.8,
            (StartWeights.Random, 3) => 39.5,
            (StartWeights.Random, 4) => 40.6,
            (StartWeights.Random, 6) => 41.3,
            (StartWeights.Pretrained, 2) => 40.3,
            (StartWeights.Pretrained, 3) => 40.8,
            (StartWeights.Pretrained, 4) => 40.9,
            (StartWeights.Pretrained, 6) => 41.1,
            _ => null,
        };
        return value is { } found ? Read(found, BoxAp, Rethinking + "table 1") : null;
    }

    /// <summary>10k, 3.5k and 1k of COCO's 118k images: about 10, 3 and 1 %.</summary>
    private static PublishedArm? DataSize(Experiment arm)
    {
        double? value = (arm.Start, arm.Data.Fraction) switch
        {
            (StartWeights.Random, 1) => 41.3,
            (StartWeights.Pretrained, 1) => 41.1,
            (StartWeights.Random, 0.3) => 36.3,
            (StartWeights.Pretrained, 0.3) => 36.3,
            (StartWeights.Random, 0.1) => 25.9,
            (StartWeights.Pretrained, 0.1) => 26.0,
            (StartWeights.Random, 0.03) => 9.3,
            (StartWeights.Pretrained, 0.03) => 16.0,
            (StartWeights.Random, 0.01) => 3.5,
            (StartWeights.Pretrained, 0.01) => 9.9,
            _ => null,
        };
        return value is { } found ? Read(found, BoxAp, Rethinking + "section 5.2: 118k, 35k, 10k, 3.5k, 1k images, each with values of its own") : null;
    }

    private static PublishedArm? Augmentation(AugmentSpec augment) => (augment.Crop.Enabled, augment.Photometric.Enabled, augment.Expand.Enabled) switch
    {
        (false, false, false) => Read(65.5, Voc, "SSD (arXiv 1512.02325), table 2, pre-trained"),
        (true, true, false) => Read(74.3, Voc, "SSD, table 2, pre-trained"),
        (true, true, true) => Read(77.2, Voc, "SSD, table 6, pre-trained, twice the steps"),
        _ => null,
    };

    private static PublishedArm Read(double percent, string metric, string source) => new(new PublishedValue(percent, Confidence.High, "read", source), metric);
}
