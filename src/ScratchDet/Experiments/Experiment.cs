using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Evaluation;
using ScratchDet.Losses;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Training;

namespace ScratchDet.Experiments;

/// <summary>Everything that decides the result of a run, seed and machine aside.</summary>
public sealed record Experiment
{
    /// <summary>Batches that a loader prepares ahead.</summary>
    private const int PrefetchedBatches = 4;

    public DataSpec Data { get; init; } = new();

    public AugmentSpec Augment { get; init; } = AugmentSpec.Ssd;

    public DetectorSpec Detector { get; init; } = new();

    /// <summary>Where the backbone's weights come from.</summary>
    public StartWeights Start { get; init; }

    /// <summary>Counts only where <see cref="Start"/> is <see cref="StartWeights.Pretrained"/>.</summary>
    public PretrainSpec Pretrain { get; init; } = new();

    public MatchSpec Match { get; init; } = new();

    public MultiBoxLoss Loss { get; init; } = new();

    public TrainSpec Train { get; init; } = new();

    /// <summary>How outputs meet objects, in training, scoring and prediction alike: the reference SSD's way.</summary>
    public ModelConventions Conventions => ModelConventions.Reference with { Matcher = new ReferenceMatcher((float)Match.PositiveIouThreshold) };

    /// <summary>The same experiment with a changed backbone.</summary>
    /// <exception cref="InvalidCastException">Its backbone is of another kind.</exception>
    public Experiment WithBackbone<TBackbone>(Func<TBackbone, TBackbone> change)
        where TBackbone : BackboneSpec =>
        this with { Detector = Detector with { Backbone = change((TBackbone)Detector.Backbone) } };

    /// <summary>
    /// Whether they can run: every value is in its range, and the maps of the backbone, the default boxes and the image
    /// fit together. Needs no data.
    /// </summary>
    /// <exception cref="SpecException">One cannot; the message names the values and says why.</exception>
    public static void Validate(IReadOnlyList<Experiment> experiments)
    {
        foreach (Experiment experiment in experiments)
        {
            SpecRules.Validate(experiment);
            if (experiment is { Detector.FreezeBackbone: true, Start: StartWeights.Random })
                throw new SpecException("Detector.FreezeBackbone with Start=Random keeps a backbone that has learned nothing; set Start=Pretrained, or FreezeBackbone=false");
        }
        // Many variants of a study share one detector, and a large one takes a second to build.
        foreach (DetectorSpec detector in experiments.Select(experiment => experiment.Detector).DistinctBy(VariantName.Fingerprint))
        {
            try
            {
                using Backbone backbone = detector.Backbone.Build(detector.Norm);
                _ = detector.BoxesFor(backbone);
                detector.Neck?.Build(backbone.Channels, backbone.MapSides(detector.ImageSize), detector.Norm.OfExtras).Dispose();
            }
            catch (ArgumentException wrong)
            {
                throw SpecException.Of("Detector", wrong);
            }
        }
    }

    /// <summary>Makes the targets of the loss for a detector's default boxes.</summary>
    public TargetEncoder BuildEncoder(DefaultBoxSet defaultBoxes) =>
        new(defaultBoxes, Conventions.Matcher, Conventions.Coder, (float)Match.NegativeIouThreshold);

    /// <summary>The training stream of a run: shuffled, augmented, without end; the run's seed decides every bit of it.</summary>
    public Loader<DetectionBatch> OpenTrainLoader(DetectionDataset dataset, ImageDecoder decode, DefaultBoxSet defaultBoxes, ulong seed, int workers)
    {
        TargetEncoder encoder = BuildEncoder(defaultBoxes);
        return new Loader<DetectionBatch>(dataset.Samples, decode, new Pipeline(Augment, Detector.ImageSize, Detector.ImageSize),
            (samples, _) => DetectionBatch.Collate(samples, Augment.Normalization, encoder, Data.TrainOnDifficult),
            new LoaderSpec { BatchSize = Train.BatchSize, Seed = Seeds.Derive(seed, "data"), Workers = workers, Prefetch = PrefetchedBatches });
    }

    /// <summary>Every image once, without random augmentation; for validation and scoring. The targets are made as for training.</summary>
    public Loader<DetectionBatch> OpenTestLoader(DetectionDataset dataset, ImageDecoder decode, DefaultBoxSet defaultBoxes, int workers)
    {
        AugmentSpec augment = Augment.ForTest();
        TargetEncoder encoder = BuildEncoder(defaultBoxes);
        return new Loader<DetectionBatch>(dataset.Samples, decode, new Pipeline(augment, Detector.ImageSize, Detector.ImageSize),
            (samples, _) => DetectionBatch.Collate(samples, augment.Normalization, encoder, Data.TrainOnDifficult),
            new LoaderSpec { BatchSize = Train.BatchSize, Shuffle = false, EpochEnd = EpochEnd.KeepLast, Workers = workers, Prefetch = PrefetchedBatches });
    }

    /// <summary>Scores a detector on the images of <paramref name="testing"/>, which stays the caller's.</summary>
    public DetectorEvaluator BuildEvaluator(DetectionDataset dataset, Loader<DetectionBatch> testing) =>
        new(dataset, testing, Conventions.Decoder, Conventions.Coder, Loss);
}

/// <summary>When a default box belongs to an object (SSD, section 2.2).</summary>
public sealed record MatchSpec : IValidatableObject
{
    /// <summary>A box takes its best object from this overlap on; each object's best box takes it anyway.</summary>
    [Range(0.05, 0.95)]
    public double PositiveIouThreshold { get; init; } = 0.5;

    /// <summary>Unmatched boxes below this overlap may be mined as background.</summary>
    [Range(0.05, 0.95)]
    public double NegativeIouThreshold { get; init; } = 0.5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NegativeIouThreshold > PositiveIouThreshold) yield return new ValidationResult(FormattableString.Invariant($"NegativeIouThreshold {NegativeIouThreshold} is above PositiveIouThreshold {PositiveIouThreshold}"));
    }
}
