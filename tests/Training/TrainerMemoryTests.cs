using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Torch;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

/// <summary>The real step: loader, augmentation, detector with batch norm everywhere, loss, clipping, SGD, moving average.</summary>
[Collection("threads")]
public class TrainerMemoryTests
{
    private const int Prefetched = 2;
    private int made;

    [Theory]
    [InlineData(Precision.Float32, 10, 210)]
    [InlineData(Precision.BFloat16, 5, 25)]
    public void A_training_step_of_the_detector_leaves_nothing_in_native_memory(Precision precision, int firstStep, int lastStep)
    {
        set_num_threads(1);
        Experiment experiment = SmallRuns.Base with
        {
            Detector = SmallRuns.Base.Detector with { Norm = NormPlacement.Everywhere },
            Train = SmallRuns.Base.Train with { Steps = lastStep, BatchSize = 1, AccumulationSteps = 1, EmaDecay = 0.9, ClipGradientNormL2 = 5, Precision = precision },
        };
        ExperimentData data = SmallRuns.Open(experiment);
        using var generator = new Generator(1);
        using Detector detector = experiment.Detector.Build(data.ClassCount, generator);
        TargetEncoder encoder = experiment.BuildEncoder(detector.DefaultBoxes);
        int size = experiment.Detector.ImageSize;
        using var loader = new Loader<DetectionBatch>(data.Train.Samples, ImageFiles.Decode, new Pipeline(experiment.Augment, size, size),
            (samples, _) =>
            {
                DetectionBatch batch = DetectionBatch.Collate(samples, experiment.Augment.Normalization, encoder, useDifficult: true);
                Interlocked.Increment(ref made);
                return batch;
            },
            new LoaderSpec { BatchSize = 1, Workers = 1, Prefetch = Prefetched });
        using Loader<DetectionBatch> testing = experiment.OpenTestLoader(data.Test, ImageFiles.Decode, detector.DefaultBoxes, workers: 1);
        DetectorEvaluator evaluator = experiment.BuildEvaluator(data.Test, testing);
        using var trainer = new Trainer(detector, loader, evaluator, experiment.Loss, experiment.Train, new Execution(CPU, precision));
        Dictionary<long, (long Tensors, long ResidentBytes)> held = [];
        trainer.Stepped += step =>
        {
            if (step.Step != firstStep && step.Step != lastStep) return;
            // The loader's own tensors are the same number at every step once it has made all that it may.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref made) == step.Step + Prefetched, TimeSpan.FromSeconds(30)));
            LetFinalizersRun();
            held[step.Step] = (TorchSettings.LiveTensors, ResidentBytes());
        };
        trainer.Fit(null, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(held[firstStep].Tensors, held[lastStep].Tensors);
        Assert.InRange(held[lastStep].ResidentBytes / (double)held[firstStep].ResidentBytes, 0, 1.05);
        TestContext.Current.SendDiagnosticMessage($"{precision}: {held[lastStep].Tensors} tensors; {held[firstStep].ResidentBytes >> 20} -> {held[lastStep].ResidentBytes >> 20} MiB");
    }

    private static void LetFinalizersRun()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static long ResidentBytes()
    {
        string pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
