using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>Watches runs while they train. The trainer does not know who does.</summary>
public interface IRunObserver
{
    /// <param name="firstStep">Steps done before, for a resumed run.</param>
    void Started(RunIdentity identity, Experiment experiment, long firstStep);

    void Stepped(StepReport step);

    void Evaluated(EvaluationReport evaluation);

    void Finished(RunIdentity identity, RunOutcome outcome);
}

/// <summary>Trains experiments into a run store: starts what is new, continues what was cut off, leaves what is finished.</summary>
/// <param name="decode">Shared by all runs, so that images which fit in memory are decoded once.</param>
/// <param name="workers">Loader threads.</param>
public sealed class ExperimentRunner(RunStore store, ExperimentData data, ImageDecoder decode, Device device, int workers, RunEnvironment environment)
{
    private const int PrefetchedBatches = 4;

    /// <summary>Trains one experiment to its end or to divergence; a finished run is given back as it stands.</summary>
    /// <exception cref="BadInputException">An image or a checkpoint cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint was written, the same call goes on from it.</exception>
    public RunOutcome Run(string study, string variant, Experiment experiment, Scale scale, ulong seed, IRunObserver? observer = null, CancellationToken cancellation = default)
    {
        RunIdentity identity = RunIdentity.Of(study, variant, scale, seed, experiment);
        if (store.Has(identity)) return store.Open(identity).Outcome();

        // Our layers draw from the generator; libtorch's own start values, which are overwritten, from the default one.
        manual_seed((long)seed);
        using var generator = new Generator(Seeds.Derive(seed, "init"));
        using Detector detector = Build(experiment.Detector, data.ClassCount, generator);
        var encoder = new TargetEncoder(detector.DefaultBoxes, new ReferenceMatcher((float)experiment.Match.PositiveIouThreshold), BoxCoder.Reference, (float)experiment.Match.NegativeIouThreshold);
        using Loader<DetectionBatch> training = TrainingLoader(experiment, encoder, seed);
        using Loader<DetectionBatch> testing = TestLoader(data.Test, decode, experiment, encoder, workers);
        var evaluator = new DetectorEvaluator(data.Test, testing, DetectionDecoder.Reference, BoxCoder.Reference, experiment.Loss);
        using var trainer = new Trainer(detector, training, evaluator, experiment.Loss, experiment.Train, new Execution(device, experiment.Train.Precision));

        string checkpoint = Path.Combine(store.PathOf(identity), RunFolder.CheckpointName);
        IReadOnlyDictionary<string, string> metadata = TrainedModel.Metadata(identity, experiment, data.Train.ClassNames);
        bool resumes = store.HasCheckpoint(identity);
        if (resumes) Resume(trainer, checkpoint, metadata);
        using RunWriter writer = resumes
            ? store.Continue(identity, experiment, environment, trainer.Step)
            : store.Start(identity, experiment, environment);
        trainer.Saving += writer.Flush;
        trainer.Stepped += step => writer.Write(Record(step));
        trainer.Evaluated += evaluation => writer.Write(Record(evaluation));
        if (observer is not null)
        {
            trainer.Stepped += observer.Stepped;
            trainer.Evaluated += observer.Evaluated;
            observer.Started(identity, experiment, trainer.Step);
        }

        var files = new CheckpointFiles(writer.CheckpointFile, writer.BestCheckpointFile, metadata);
        TrainingOutcome outcome = trainer.Fit(files, writer.SecondsBefore, writer.LastFiniteNormBefore, cancellation);
        if (outcome.DivergedAtStep is { } step) writer.Diverge(step, outcome.Layer, outcome.LastFiniteGradientNormL2);
        else writer.Finish();
        RunOutcome result = store.Open(identity).Outcome();
        observer?.Finished(identity, result);
        return result;
    }

    /// <summary>Every image once, without random augmentation; for validation and scoring.</summary>
    public static Loader<DetectionBatch> TestLoader(DetectionDataset dataset, ImageDecoder decode, Experiment experiment, TargetEncoder encoder, int workers)
    {
        AugmentSpec augment = experiment.Augment.ForTest();
        int size = experiment.Detector.ImageSize;
        return new Loader<DetectionBatch>(dataset.Samples, decode, new Pipeline(augment, size, size),
            (samples, _) => DetectionBatch.Collate(samples, augment.Normalization, encoder, useDifficult: false),
            new LoaderSpec { BatchSize = experiment.Train.BatchSize, Shuffle = false, EpochEnd = EpochEnd.KeepLast, Workers = workers, Prefetch = PrefetchedBatches });
    }

    private static Detector Build(DetectorSpec spec, int classCount, Generator generator)
    {
        try
        {
            return spec.Build(classCount, generator);
        }
        catch (ArgumentException wrong)
        {
            // Each value is within its range, but they do not go together.
            throw new SpecException($"no detector can be built from this specification: {wrong.Message}", wrong);
        }
    }

    private static void Resume(Trainer trainer, string checkpoint, IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            Checkpoint.RequireMetadata(checkpoint, metadata);
            trainer.Resume(checkpoint);
        }
        catch (BadInputException damaged) when (damaged.File == checkpoint)
        {
            throw new BadInputException(checkpoint, damaged.Place, damaged.What, "put the whole file back, or delete it to train this run again from its first step", damaged);
        }
    }

    private Loader<DetectionBatch> TrainingLoader(Experiment experiment, TargetEncoder encoder, ulong seed)
    {
        int size = experiment.Detector.ImageSize;
        return new Loader<DetectionBatch>(data.Train.Samples, decode, new Pipeline(experiment.Augment, size, size),
            (samples, _) => DetectionBatch.Collate(samples, experiment.Augment.Normalization, encoder, experiment.Data.TrainOnDifficult),
            new LoaderSpec { BatchSize = experiment.Train.BatchSize, Seed = Seeds.Derive(seed, "data"), Workers = workers, Prefetch = PrefetchedBatches });
    }

    private static StepRecord Record(StepReport step) => new(
        step.Step, step.Loss,
        new Dictionary<string, double> { ["bbox_regression"] = step.BoxRegressionLoss, ["classification"] = step.ClassificationLoss },
        step.LearningRate, step.GradientNormL2, step.ImagesPerSecond, step.Seconds);

    private static EvaluationRecord Record(EvaluationReport evaluation) => new(
        evaluation.Step, evaluation.Voc.MapArea ?? 0, evaluation.Voc.Map07 ?? 0,
        evaluation.Voc.Classes.ToDictionary(one => one.ClassName, one => one.ApArea), evaluation.Loss, evaluation.Seconds);
}

/// <summary>A trained detector, read from a checkpoint: it knows its experiment and its classes.</summary>
public sealed class TrainedModel : IDisposable
{
    private TrainedModel(Detector detector, Experiment experiment, IReadOnlyList<string> classNames, string description) =>
        (Detector, Experiment, ClassNames, Description) = (detector, experiment, classNames, description);

    public Detector Detector { get; }

    public Experiment Experiment { get; }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Study, variant, scale, seed and step.</summary>
    public string Description { get; }

    /// <exception cref="BadInputException">The file is no checkpoint, damaged, or its tensors do not fit its own specification.</exception>
    public static TrainedModel Load(string path)
    {
        using Torch.SafetensorsFile file = Checkpoint.Open(path);
        if (!file.Metadata.TryGetValue("spec", out string? spec) || !file.Metadata.TryGetValue("classes", out string? classes))
            throw new BadInputException(path, "metadata", "the specification or the class names are missing", "give a checkpoint that this kit wrote");
        Experiment experiment = SpecJson.Read<Experiment>(spec, path);
        string[] classNames;
        try
        {
            classNames = JsonSerializer.Deserialize<string[]>(classes) ?? [];
        }
        catch (JsonException wrong)
        {
            throw new BadInputException(path, "metadata: classes", "no list of class names", "give a checkpoint that this kit wrote", wrong);
        }
        if (classNames.Length == 0) throw new BadInputException(path, "metadata: classes", "there are no classes", "give a checkpoint that this kit wrote");
        Detector detector;
        try
        {
            int classCount = ModelWeights.ClassCountOf(path, file, Checkpoint.ModelPrefix + ModelWeights.FirstClassWeight, experiment.Detector.Boxes);
            if (classCount != classNames.Length + 1)
                throw new BadInputException(path, "metadata: classes", $"{classNames.Length} class names, the weights are for {classCount - 1}", "give a checkpoint that this kit wrote");
            double stored = file.Entries.Sum(entry => entry.Shape.Aggregate(1.0, (product, size) => product * size));
            if (experiment.Detector.Backbone.LargestLayerWeights > stored)
                throw new BadInputException(path, "metadata: spec", "it describes a larger model than the file holds", "give a checkpoint that this kit wrote");
            detector = new Detector(experiment.Detector, classCount);
        }
        catch (Exception wrong) when (wrong is ArgumentException or ExternalException)
        {
            // ExternalException: libtorch refuses, for example sizes beyond all memory.
            throw new BadInputException(path, "metadata: spec", wrong.Message, "give a checkpoint that this kit wrote", wrong);
        }
        try
        {
            Checkpoint.LoadModel(path, file, detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
        detector.eval();
        string description = string.Join(", ", new[] { "study", "variant", "scale", "seed", "step" }.Where(file.Metadata.ContainsKey).Select(key => $"{key} {file.Metadata[key]}"));
        return new TrainedModel(detector, experiment, classNames, description);
    }

    public void Dispose() => Detector.Dispose();

    internal static IReadOnlyDictionary<string, string> Metadata(RunIdentity identity, Experiment experiment, IReadOnlyList<string> classNames) =>
        new Dictionary<string, string>
        {
            ["spec"] = SpecJson.Write(experiment),
            ["classes"] = JsonSerializer.Serialize(classNames),
            ["study"] = identity.Study,
            ["variant"] = identity.Variant,
            ["scale"] = identity.Scale.ToString(),
            ["seed"] = identity.Seed.ToString(CultureInfo.InvariantCulture),
        };
}
