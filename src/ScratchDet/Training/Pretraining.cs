using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Training;

/// <summary>How a pre-training ended.</summary>
/// <param name="Accuracy">Share of new pictures that are named rightly, 0 to 1.</param>
/// <param name="DivergedAtStep">Counted from 1; the weights are then those before it.</param>
public sealed record PretrainOutcome(int Steps, double Loss, double Accuracy, int? DivergedAtStep);

/// <summary>Trains a backbone to name single shapes.</summary>
public static class Pretraining
{
    private const int TestPictures = 600;
    private const double Momentum = 0.9, WeightDecay = 5e-4;

    /// <summary>A net without norm would not survive the rate without clipping.</summary>
    private const double LargestGradientNormL2 = 5;

    /// <summary>Pictures from here on are for the test: training never gets that far.</summary>
    private const long FirstTestPicture = 1L << 40;

    /// <param name="normalization">As the detector will see its images.</param>
    /// <param name="stepped">Steps done and the loss.</param>
    /// <returns>The classifier, which the caller disposes, and how it ended.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public static (BackboneClassifier Classifier, PretrainOutcome Outcome) Run(
        DetectorSpec detector, Normalization normalization, PretrainSpec spec, Execution execution, Action<int, double>? stepped = null, CancellationToken cancellation = default)
    {
        ulong seed = Seeds.Derive((ulong)spec.PictureSeed, "pretrain");
        using var generator = new Generator(Seeds.Derive(seed, "init"));
        var classifier = new BackboneClassifier(detector, SyntheticShapes.ClassNames.Count, generator);
        try
        {
            classifier.to(execution.Device);
            return (classifier, Train(classifier, normalization, spec, seed, execution, stepped, cancellation));
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static PretrainOutcome Train(
        BackboneClassifier classifier, Normalization normalization, PretrainSpec spec, ulong seed, Execution execution, Action<int, double>? stepped, CancellationToken cancellation)
    {
        Parameter[] parameters = [.. classifier.parameters()];
        var group = new SGD.ParamGroup(parameters, spec.PeakRate, Momentum, 0, WeightDecay);
        using SGD optimizer = optim.SGD([group], spec.PeakRate, Momentum, weight_decay: WeightDecay);
        classifier.train();
        double last = double.NaN;
        for (int step = 0; step < spec.Iterations; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            group.LearningRate = spec.RateAt(step);
            (Tensor images, Tensor labels) = Batch(seed, (long)step * spec.PicturesPerStep, spec.PicturesPerStep, spec.PictureSize, normalization, execution);
            classifier.zero_grad();
            Tensor loss = functional.cross_entropy(classifier.call(images), labels);
            double value = loss.item<float>();
            if (!double.IsFinite(value)) return new PretrainOutcome(step, last, Accuracy(classifier, normalization, spec, seed, execution), step + 1);
            loss.backward();
            double norm = GradientNorm.L2(parameters);
            if (!double.IsFinite(norm)) return new PretrainOutcome(step, last, Accuracy(classifier, normalization, spec, seed, execution), step + 1);
            GradientNorm.Clip(parameters, norm, LargestGradientNormL2);
            optimizer.step();
            last = value;
            stepped?.Invoke(step + 1, value);
        }
        return new PretrainOutcome(spec.Iterations, last, Accuracy(classifier, normalization, spec, seed, execution), null);
    }

    private static double Accuracy(BackboneClassifier classifier, Normalization normalization, PretrainSpec spec, ulong seed, Execution execution)
    {
        classifier.eval();
        using IDisposable noGradient = no_grad();
        int right = 0;
        for (int first = 0; first < TestPictures; first += spec.PicturesPerStep)
        {
            using DisposeScope scope = NewDisposeScope();
            int count = Math.Min(spec.PicturesPerStep, TestPictures - first);
            (Tensor images, Tensor labels) = Batch(seed, FirstTestPicture + first, count, spec.PictureSize, normalization, execution);
            right += (int)classifier.call(images).argmax(1).eq(labels).sum().item<long>();
        }
        return (double)right / TestPictures;
    }

    /// <summary>Pictures (N, 3, S, S) and their classes (N), on the device.</summary>
    private static (Tensor Images, Tensor Labels) Batch(ulong seed, long first, int count, int size, Normalization normalization, Execution execution)
    {
        var pixels = new float[count * 3 * size * size];
        var labels = new long[count];
        for (int i = 0; i < count; i++)
        {
            SingleShape shape = SingleShapes.Render(seed, first + i, size);
            normalization.Write(shape.Image, pixels.AsSpan(i * 3 * size * size, 3 * size * size));
            labels[i] = shape.ClassIndex;
        }
        Tensor images = tensor(pixels).view(count, 3, size, size);
        return (execution.ToDevice(images), execution.ToDevice(tensor(labels)));
    }
}
