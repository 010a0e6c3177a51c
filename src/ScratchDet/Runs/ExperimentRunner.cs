using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Pretrained;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>Trains experiments into a run store: starts what is new, continues what was cut off, leaves what is finished.</summary>
/// <param name="decode">Shared by all runs, so that images which fit in memory are decoded once.</param>
/// <param name="workers">Loader threads.</param>
public sealed class ExperimentRunner(RunStore store, ExperimentData data, ImageDecoder decode, Device device, int workers, RunEnvironment environment)
{
    /// <summary>What pre-trained runs start from instead of the stand-in.</summary>
    public string? WeightFile { get; init; }

    public ChannelOrder WeightChannels { get; init; }

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
        var execution = new Execution(device, experiment.Train.Precision);
        bool resumes = store.HasCheckpoint(identity);
        if (experiment.Start == StartWeights.Pretrained && !resumes)
            new PretrainedBackbones(store.Root, WeightFile, WeightChannels).Load(detector, experiment, execution, note => observer?.Noted(identity, note), cancellation);
        using Loader<DetectionBatch> training = experiment.OpenTrainLoader(data.Train, decode, detector.DefaultBoxes, seed, workers);
        using Loader<DetectionBatch> testing = experiment.OpenTestLoader(data.Test, decode, detector.DefaultBoxes, workers);
        DetectorEvaluator evaluator = experiment.BuildEvaluator(data.Test, testing);
        RunEnvironment here = environment with { Precision = execution.PrecisionName, MemoryLayout = execution.MemoryLayoutName };
        using var trainer = new Trainer(detector, training, evaluator, experiment.Loss, experiment.Train, execution);

        string checkpoint = Path.Combine(store.PathOf(identity), RunFolder.CheckpointName);
        IReadOnlyDictionary<string, string> metadata = TrainedModel.Metadata(identity, experiment, data.Train.ClassNames);
        if (resumes) Resume(trainer, checkpoint, metadata);
        using RunWriter writer = resumes
            ? store.Continue(identity, experiment, here, trainer.Step)
            : store.Start(identity, experiment, here);
        trainer.Saving += writer.Flush;
        trainer.Stepped += step => writer.Write(Record(step));
        trainer.Evaluated += evaluation => writer.Write(Record(evaluation));
        if (observer is not null)
        {
            trainer.Stepped += observer.Stepped;
            trainer.Evaluating += observer.Evaluating;
            trainer.Evaluated += observer.Evaluated;
            if (writer.Difference is { } difference) observer.Noted(identity, $"goes on in another way, so not with the same bits: {difference}");
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

    private static Detector Build(DetectorSpec spec, int classCount, Generator generator)
    {
        try
        {
            return spec.Build(classCount, generator);
        }
        catch (ArgumentException wrong)
        {
            // Each value is within its range, but they do not go together.
            throw SpecException.Of("Detector", wrong);
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

    private static StepRecord Record(StepReport step) => new(
        step.Step, step.Loss,
        new Dictionary<string, double> { ["bbox_regression"] = step.BoxRegressionLoss, ["classification"] = step.ClassificationLoss },
        step.LearningRate, step.GradientNormL2, step.ImagesPerSecond, step.Seconds);

    private static EvaluationRecord Record(EvaluationReport evaluation) => new(
        evaluation.Step, evaluation.Voc.MapArea ?? 0, evaluation.Voc.Map07 ?? 0,
        evaluation.Voc.Classes.ToDictionary(one => one.ClassName, one => one.ApArea), evaluation.Loss, evaluation.Seconds)
    {
        CocoAp = evaluation.CocoAp,
        InferenceImagesPerSecond = evaluation.InferenceImagesPerSecond,
    };
}
