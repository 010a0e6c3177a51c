using ScratchDet.Boxes;
using ScratchDet.Evaluation;
using ScratchDet.Losses;
using ScratchDet.Models;
using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Evaluation;

public sealed class ParityPassTests : IDisposable
{
    private static readonly ModelPreset Preset = new("tiny", "here", ModelPresets.SmallResidual(64, width: 4));
    private static readonly ParityTarget TwoObjects = new([new Box(4, 4, 20, 18), new Box(30, 25, 60, 60)], [2, 1]);
    private static readonly ParityTarget None = new([], []);

    private readonly Generator generator = new(3);
    private readonly Detector detector;
    private readonly Tensor images;

    public ParityPassTests()
    {
        detector = Preset.Spec.Build(3, generator);
        images = randn(2, 3, 64, 64, generator: generator);
    }

    public void Dispose()
    {
        images.Dispose();
        detector.Dispose();
        generator.Dispose();
    }

    [Fact]
    public void Losses_are_those_of_the_raw_outputs_and_of_the_targets_of_the_reference()
    {
        using ParityResult result = Run(TwoObjects, None);
        ParityTraining training = result.Training!;

        var encoder = new TargetEncoder(detector.DefaultBoxes, new ReferenceMatcher(), BoxCoder.Reference);
        int boxes = detector.DefaultBoxes.Count;
        var labels = new long[2 * boxes];
        var offsets = new float[8 * boxes];
        int positives = encoder.Encode([.. TwoObjects.Boxes], [1, 0], 64, 64, labels.AsSpan(0, boxes), offsets.AsSpan(0, 4 * boxes));
        using DisposeScope scope = NewDisposeScope();
        MultiBoxTerms terms = new MultiBoxLoss().Compute(
            result.Raw.BoxRegression, result.Raw.ClassLogits, tensor(labels, [2, boxes]), tensor(offsets, [2, boxes, 4]));
        Assert.Equal(terms.BoxRegression.item<float>(), training.BoxRegressionLoss);
        Assert.Equal(terms.Classification.item<float>(), training.ClassificationLoss);
        Assert.Equal(positives, training.Matched[0].Anchors.Count);
        Assert.Equal([0, 1], training.Matched[0].Objects.Distinct().Order());
        Assert.Equal(3 * positives, training.HardNegatives[0].Count);
        Assert.Empty(training.HardNegatives[0].Intersect(training.Matched[0].Anchors));
        Assert.Empty(training.HardNegatives[1]);
    }

    [Fact]
    public void Every_parameter_and_nothing_else_has_a_gradient_norm_which_is_that_of_its_gradient()
    {
        using ParityResult result = Run(TwoObjects, TwoObjects);

        Assert.Equal(detector.named_parameters().Select(entry => entry.name), result.Training!.GradientNorms.Keys);
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            using Tensor? gradient = parameter.grad;
            double squares = gradient!.data<float>().Sum(value => (double)value * value);
            Assert.Equal(Math.Sqrt(squares), result.Training.GradientNorms[name], 1e-6 * Math.Sqrt(squares) + 1e-12);
        }
    }

    [Fact]
    public void Two_runs_give_the_same_bits_and_change_no_statistics()
    {
        byte[][] state = State();
        using ParityResult first = Run(TwoObjects, None);
        using ParityResult second = Run(TwoObjects, None);

        Assert.Equal(first.Raw.ClassLogits.data<float>().ToArray(), second.Raw.ClassLogits.data<float>().ToArray());
        Assert.Equal(first.Training!.GradientNorms, second.Training!.GradientNorms);
        Assert.Equal(state, State());
        Assert.True(detector.training);

        byte[][] State() => [.. detector.state_dict().Values.Select(tensor => tensor.bytes.ToArray())];
    }

    [Fact]
    public void Detections_are_in_pixels_with_the_conventions_of_the_preset()
    {
        using ParityResult result = new ParityPass(Preset, detector).Run(images, null);

        Assert.Null(result.Training);
        int boxes = detector.DefaultBoxes.Count;
        for (int image = 0; image < 2; image++)
        {
            Assert.Equal(
                DetectionDecoder.Reference.Decode(
                    result.Raw.ClassLogits.AsSpan<float>().Slice(image * boxes * 3, boxes * 3), result.Raw.BoxRegression.AsSpan<float>().Slice(image * boxes * 4, boxes * 4),
                    detector.DefaultBoxes, BoxCoder.Reference, 64, 64),
                result.Detections[image]);
        }
    }

    [Fact]
    public void Only_the_result_is_left_in_memory()
    {
        using DisposeScope scope = NewDisposeScope();
        using (Run(TwoObjects, None))
        {
            Assert.Equal(2, scope.DisposablesCount);
        }
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Targets_for_another_number_of_images_are_refused() => Assert.Throws<ArgumentException>(() => Run(TwoObjects));

    private ParityResult Run(params IReadOnlyList<ParityTarget> targets) => new ParityPass(Preset, detector).Run(images, targets);
}
