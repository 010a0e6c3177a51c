using ScratchDet.Boxes;
using ScratchDet.Losses;
using ScratchDet.Models;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Evaluation;

/// <summary>The default boxes of one image that were given an object, ascending, and which object each.</summary>
public sealed record ParityMatches(IReadOnlyList<int> Anchors, IReadOnlyList<int> Objects);

/// <summary>What training on the batch would see.</summary>
/// <param name="GradientNorms">L2 norm of the gradient of the sum of both losses, by the preset's name of the parameter.</param>
/// <param name="HardNegatives">Per image the default boxes that were mined as background, ascending.</param>
public sealed record ParityTraining(
    double BoxRegressionLoss, double ClassificationLoss, IReadOnlyDictionary<string, double> GradientNorms,
    IReadOnlyList<ParityMatches> Matched, IReadOnlyList<IReadOnlyList<int>> HardNegatives);

/// <summary>
/// Everything that another framework can be held against. Disposing it disposes the raw outputs.
/// </summary>
/// <param name="Raw">On the CPU, float32, without gradient.</param>
/// <param name="Training">Null when no targets were given.</param>
/// <param name="Detections">Per image, in pixels of the input, by falling score.</param>
public sealed record ParityResult(RawDetections Raw, ParityTraining? Training, IReadOnlyList<IReadOnlyList<Detection>> Detections) : IDisposable
{
    public void Dispose() => Raw.Dispose();
}

/// <summary>
/// One pass of a detector over given inputs in float32, by the code that training and evaluation use: forward, matching,
/// loss, backward, decoding. Norms take their running statistics, so that outputs do not depend on the other images.
/// </summary>
public sealed class ParityPass(ModelPreset preset, Detector detector)
{
    private readonly MultiBoxLoss loss = new();

    /// <param name="images">(N, 3, S, S), resized and normalised.</param>
    /// <param name="targets">One per image, or null for detections alone. Gradients are then left as they are.</param>
    /// <exception cref="ArgumentException">Images or targets do not fit the detector.</exception>
    public ParityResult Run(Tensor images, IReadOnlyList<ParityTarget>? targets)
    {
        bool wasTraining = detector.training;
        detector.eval();
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable gradient = set_grad_enabled(targets is not null);
            RawDetections graph = detector.call(images);
            var raw = new RawDetections(graph.BoxRegression.detach(), graph.ClassLogits.detach());
            ParityTraining? training = targets is null ? null : Train(graph, targets);
            IReadOnlyList<IReadOnlyList<Detection>> detections = Decode(raw);
            raw.BoxRegression.MoveToOuterDisposeScope();
            raw.ClassLogits.MoveToOuterDisposeScope();
            return new ParityResult(raw, training, detections);
        }
        finally
        {
            detector.train(wasTraining);
        }
    }

    private ParityTraining Train(RawDetections graph, IReadOnlyList<ParityTarget> targets)
    {
        int boxes = detector.DefaultBoxes.Count;
        if (targets.Count != graph.ClassLogits.shape[0]) throw new ArgumentException($"{targets.Count} targets for {graph.ClassLogits.shape[0]} images", nameof(targets));
        var labels = new long[targets.Count * boxes];
        var offsets = new float[targets.Count * boxes * 4];
        var encoder = new TargetEncoder(detector.DefaultBoxes, preset.Conventions.Matcher, preset.Conventions.Coder);
        int side = detector.Spec.ImageSize;
        for (int i = 0; i < targets.Count; i++)
        {
            Box[] objects = [.. targets[i].Boxes];
            int[] classIndices = [.. targets[i].Labels.Select(label => label - 1)];
            encoder.Encode(objects, classIndices, side, side, labels.AsSpan(i * boxes, boxes), offsets.AsSpan(4 * i * boxes, 4 * boxes));
        }
        Tensor labelTensor = TensorSpans.FromArray(labels, targets.Count, boxes);
        MultiBoxTerms terms = loss.Compute(graph.BoxRegression, graph.ClassLogits, labelTensor, TensorSpans.FromArray(offsets, targets.Count, boxes, 4));
        detector.zero_grad();
        terms.Total().backward();
        using IDisposable noGradient = no_grad();
        Tensor negatives = loss.HardNegatives(MultiBoxLoss.CrossEntropy(graph.ClassLogits.detach(), labelTensor), labelTensor);
        return new ParityTraining(
            terms.BoxRegression.item<float>(), terms.Classification.item<float>(), GradientNorms(),
            [.. targets.Select(Match)],
            [.. targets.Select((_, i) => Where(negatives.AsSpan<bool>().Slice(i * boxes, boxes)))]);
    }

    private OrderedDictionary<string, double> GradientNorms()
    {
        var norms = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach ((string name, Tensor tensor) in ModelWeights.StateOf(detector, preset.Names))
        {
            if (!tensor.requires_grad) continue; // running statistics
            using DisposeScope scope = NewDisposeScope();
            norms.Add(name, tensor.grad is { } gradient ? gradient.to(ScalarType.Float64).norm().item<double>() : 0);
        }
        return norms;
    }

    private ParityMatches Match(ParityTarget target)
    {
        var matched = new int[detector.DefaultBoxes.Count];
        preset.Conventions.Matcher.Match(detector.DefaultBoxes, [.. target.Boxes], matched, new float[matched.Length]);
        int[] anchors = [.. Enumerable.Range(0, matched.Length).Where(anchor => matched[anchor] >= 0)];
        return new ParityMatches(anchors, [.. anchors.Select(anchor => matched[anchor])]);
    }

    private static List<int> Where(ReadOnlySpan<bool> mask)
    {
        List<int> places = [];
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i]) places.Add(i);
        }
        return places;
    }

    private List<Detection>[] Decode(RawDetections raw)
    {
        int boxes = detector.DefaultBoxes.Count, classes = detector.ClassCount, side = detector.Spec.ImageSize;
        var images = new List<Detection>[raw.ClassLogits.shape[0]];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = preset.Conventions.Decoder.Decode(
                raw.ClassLogits.AsSpan<float>().Slice(i * boxes * classes, boxes * classes),
                raw.BoxRegression.AsSpan<float>().Slice(i * boxes * 4, boxes * 4),
                detector.DefaultBoxes, preset.Conventions.Coder, side, side);
        }
        return images;
    }
}
