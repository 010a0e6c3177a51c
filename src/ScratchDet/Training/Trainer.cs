using System.Diagnostics;
using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Losses;
using ScratchDet.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>Where checkpoints go, and what is written into them beside the tensors.</summary>
public sealed record CheckpointFiles(string Last, string Best, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// The one training loop, for all arms of all studies. Who watches (disk, progress bar, plot) listens to the events;
/// the loop does not know them.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Detector detector;
    private readonly Loader<DetectionBatch> loader;
    private readonly DetectorEvaluator evaluator;
    private readonly MultiBoxLoss loss;
    private readonly TrainSpec spec;
    private readonly Execution execution;
    private readonly SGD optimizer;
    private readonly (SGD.ParamGroup Group, double RateMultiplier)[] groups;
    private readonly Parameter[] parameters;
    private readonly ExponentialMovingAverage? average;
    private double bestMap = double.NegativeInfinity;
    private bool evaluationDue;
    private long savedStep;

    /// <param name="detector">Moved to the device of <paramref name="execution"/>; belongs to the caller.</param>
    /// <param name="loader">The training stream, <see cref="TrainSpec.AccumulationSteps"/> batches for each step.</param>
    public Trainer(Detector detector, Loader<DetectionBatch> loader, DetectorEvaluator evaluator, MultiBoxLoss loss, TrainSpec spec, Execution execution)
    {
        (this.detector, this.loader, this.evaluator, this.loss, this.spec, this.execution) = (detector, loader, evaluator, loss, spec, execution);
        execution.Prepare(detector);
        parameters = [.. detector.parameters()];
        groups = ParameterGroups.For(detector, spec);
        optimizer = optim.SGD(groups.Select(group => group.Group), spec.LearningRate, spec.Momentum, weight_decay: spec.WeightDecay, nesterov: spec.Nesterov);
        average = spec.EmaDecay > 0 ? new ExponentialMovingAverage(detector, spec.EmaDecay) : null;
    }

    public event Action<StepReport>? Stepped;

    public event Action<EvaluationReport>? Evaluated;

    /// <summary>While an evaluation goes on, after every batch.</summary>
    public event Action<EvaluationProgress>? Evaluating;

    /// <summary>Before a checkpoint is written: what was reported must be on disk no later than the checkpoint.</summary>
    public event Action? Saving;

    /// <summary>Steps done, those before a resume included.</summary>
    public long Step { get; private set; }

    /// <summary>Goes on from a checkpoint: the steps after it are the same bits as without the break (CPU, same threads).</summary>
    /// <exception cref="BadInputException">The checkpoint is damaged or of another model.</exception>
    public void Resume(string checkpointPath)
    {
        (long step, bestMap, evaluationDue) = Checkpoint.Resume(checkpointPath, detector, optimizer, average);
        Step = savedStep = step <= spec.Steps
            ? step
            : throw new BadInputException(checkpointPath, "metadata: step", $"{step} steps are done, {spec.Steps} are to be", "give the checkpoint.safetensors of this run");
    }

    /// <summary>Trains to the end, to divergence, or until cancelled (a checkpoint is written first).</summary>
    /// <param name="files">Null: nothing is written.</param>
    /// <param name="secondsBefore">Training time of earlier parts of the run.</param>
    /// <param name="lastFiniteNorm">The last finite gradient norm of earlier parts, for the report of a divergence.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TrainingOutcome Fit(CheckpointFiles? files, double secondsBefore = 0, double? lastFiniteNorm = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        detector.train();
        // The token is looked at between steps only, so that a stopped run can always write its checkpoint first.
        using IEnumerator<DetectionBatch> batches = loader.Batches(Step * spec.AccumulationSteps, CancellationToken.None).GetEnumerator();
        if (evaluationDue) EvaluateAndSave(files, secondsBefore, clock, cancellation);
        while (Step < spec.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                if (Step != savedStep) SaveLast(files);
                cancellation.ThrowIfCancellationRequested();
            }
            double begun = clock.Elapsed.TotalSeconds;
            double rate = spec.LearningRateAt(Step);
            foreach ((SGD.ParamGroup group, double multiplier) in groups) group.LearningRate = rate * multiplier;

            StepLosses sums = ForwardBackward(batches, out string? layer);
            Step++;
            if (layer is not null) return new TrainingOutcome(Step - 1, Step, layer, lastFiniteNorm, secondsBefore + clock.Elapsed.TotalSeconds);

            double norm = GradientNorm.L2(parameters);
            if (!double.IsFinite(norm))
                return new TrainingOutcome(Step - 1, Step, NonFiniteLayer.FindGradient(detector), lastFiniteNorm, secondsBefore + clock.Elapsed.TotalSeconds);
            lastFiniteNorm = norm;
            ClipGradients(norm);
            optimizer.step();
            average?.Update();

            double seconds = clock.Elapsed.TotalSeconds;
            Stepped?.Invoke(new StepReport(Step, sums.BoxRegression + sums.Classification, sums.BoxRegression, sums.Classification, rate, norm,
                spec.BatchSize * spec.AccumulationSteps / (seconds - begun), secondsBefore + seconds));

            bool last = Step == spec.Steps;
            if (last || (spec.EvaluateEverySteps > 0 && Step % spec.EvaluateEverySteps == 0)) EvaluateAndSave(files, secondsBefore, clock, cancellation);
            else if (Step % spec.CheckpointEverySteps == 0) SaveLast(files);
        }
        return new TrainingOutcome(Step, null, null, lastFiniteNorm, secondsBefore + clock.Elapsed.TotalSeconds);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        average?.Dispose();
    }

    /// <param name="norm">Of the gradients as they are.</param>
    private void ClipGradients(double norm)
    {
        if (spec.ClipGradientValue > 0) GradientNorm.ClipValues(parameters, spec.ClipGradientValue);
        if (spec.ClipGradientNormL2 == 0) return;
        GradientNorm.Clip(parameters, spec.ClipGradientValue > 0 ? GradientNorm.L2(parameters) : norm, spec.ClipGradientNormL2);
    }

    /// <summary>Accumulates the gradients of one step. The layer is null when the loss was finite; gradients are looked at later.</summary>
    private StepLosses ForwardBackward(IEnumerator<DetectionBatch> batches, out string? layer)
    {
        detector.zero_grad();
        StepLosses sums = default;
        for (int i = 0; i < spec.AccumulationSteps; i++)
        {
            if (!batches.MoveNext()) throw new InvalidOperationException("the training stream ended");
            using DetectionBatch batch = batches.Current;
            using DisposeScope scope = NewDisposeScope();
            Tensor images = execution.ToDevice(batch.Images);
            MultiBoxTerms terms;
            using (RawDetections raw = execution.Forward(detector, images))
                terms = loss.Compute(raw.BoxRegression, raw.ClassLogits, execution.ToDevice(batch.Labels), execution.ToDevice(batch.Offsets));
            (double box, double classification) = (terms.BoxRegression.item<float>(), terms.Classification.item<float>());
            if (!double.IsFinite(box + classification))
            {
                layer = NonFiniteLayer.Find(detector, () => execution.Forward(detector, images));
                return sums;
            }
            (terms.Total() / spec.AccumulationSteps).backward();
            sums = new StepLosses(sums.BoxRegression + box / spec.AccumulationSteps, sums.Classification + classification / spec.AccumulationSteps);
        }
        layer = null;
        return sums;
    }

    /// <summary>Evaluates, then saves. When cancelled, the checkpoint says that the evaluation is still due.</summary>
    private void EvaluateAndSave(CheckpointFiles? files, double secondsBefore, Stopwatch clock, CancellationToken cancellation)
    {
        evaluationDue = true;
        try
        {
            Evaluate(files, secondsBefore, clock, cancellation);
            evaluationDue = false;
        }
        finally
        {
            SaveLast(files);
        }
    }

    private void Evaluate(CheckpointFiles? files, double secondsBefore, Stopwatch clock, CancellationToken cancellation)
    {
        average?.Swap();
        try
        {
            var network = new Stopwatch();
            DetectorEvaluation found = evaluator.Run(detector, images => Infer(images, network), Evaluating, cancellation);
            double map = found.Voc.MapArea ?? 0;
            if (map > bestMap)
            {
                // Where this fails, the evaluation is still due: it counts, and is reported, once its weights are safe.
                if (files is not null) Checkpoint.Save(files.Best, detector, null, null, Step, Checkpoint.WithProgress(files.Metadata, map, evaluationDue: false));
                bestMap = map;
            }
            Evaluated?.Invoke(new EvaluationReport(Step, found.Voc, found.Loss, secondsBefore + clock.Elapsed.TotalSeconds)
            {
                CocoAp = found.Coco.AveragePrecision() is >= 0 and var ap ? ap : null,
                InferenceImagesPerSecond = found.Images.Count / network.Elapsed.TotalSeconds,
            });
        }
        finally
        {
            average?.Swap();
        }
    }

    private RawDetections Infer(Tensor images, Stopwatch network)
    {
        network.Start();
        RawDetections raw = execution.Infer(detector, images);
        network.Stop();
        return raw;
    }

    private void SaveLast(CheckpointFiles? files)
    {
        if (files is null) return;
        Saving?.Invoke();
        Checkpoint.Save(files.Last, detector, optimizer, average, Step, Checkpoint.WithProgress(files.Metadata, bestMap, evaluationDue));
        savedStep = Step;
    }

    private readonly record struct StepLosses(double BoxRegression, double Classification);
}
