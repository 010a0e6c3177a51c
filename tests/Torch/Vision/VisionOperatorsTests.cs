using System.Text.Json;
using ScratchDet.Tests.Golden;
using ScratchDet.Torch;
using ScratchDet.Torch.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch.Vision;

/// <summary>Against torchvision: Golden/vision.json, made by Golden/vision.py.</summary>
public class VisionOperatorsTests
{
    private static readonly JsonElement Golden = GoldenNumbers.Read("vision.json");

    [Fact]
    public void Nms_keeps_the_boxes_that_torchvision_keeps()
    {
        foreach (JsonElement expected in Golden.GetProperty("nms").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            (int count, double threshold, uint seed) = Case(expected);
            Tensor kept = VisionOperators.Nms(Boxes(count, seed), Numbers(count, seed + 1), threshold);
            Assert.Equal(Kept(expected), kept.data<long>().ToArray());
        }
    }

    [Fact]
    public void Nms_within_classes_keeps_the_boxes_that_torchvision_keeps_in_one_call_and_class_by_class()
    {
        foreach (JsonElement expected in Golden.GetProperty("batched_nms").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            (int count, double threshold, uint seed) = Case(expected);
            Tensor classes = (Numbers(count, seed + 2).to(ScalarType.Float64) * expected.GetProperty("class_count").GetInt32()).to(ScalarType.Int64);
            Tensor kept = VisionOperators.BatchedNms(Boxes(count, seed), Numbers(count, seed + 1), classes, threshold);
            Assert.Equal(Kept(expected), kept.data<long>().ToArray());
        }
    }

    [Fact]
    public void Boxes_of_different_classes_never_suppress_each_other_even_at_negative_coordinates()
    {
        using DisposeScope scope = NewDisposeScope();
        // Shifted by the greatest coordinate + 1 alone, the second box would lie exactly on the first.
        Tensor boxes = tensor([0f, 0f, 10f, 10f, -11f, -11f, -1f, -1f], [2, 4]);
        Tensor kept = VisionOperators.BatchedNms(boxes, tensor([0.9f, 0.8f]), tensor(new long[] { 0, 1 }), 0.5);
        Assert.Equal([0L, 1L], kept.data<long>().ToArray());
    }

    [Fact]
    public void Nms_within_classes_of_no_boxes_keeps_none()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = VisionOperators.BatchedNms(zeros(0, 4), zeros(0), zeros(0, ScalarType.Int64), 0.5);
        Assert.Equal([0L], kept.shape);
        Assert.Equal(ScalarType.Int64, kept.dtype);
    }

    [Fact]
    public void Features_of_regions_and_their_gradient_are_those_of_torchvision()
    {
        Tensor regions = tensor([0f, 0f, 0f, 63f, 63f, 1f, 10.5f, 4.25f, 60f, 31f, 0f, 30f, 30f, 33f, 90f, 1f, -8f, -8f, 20f, 20f], [4, 5]);
        foreach (JsonElement expected in Golden.GetProperty("roi_align").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            float[] half = [.. GoldenNumbers.Sequence(2 * 3 * 8 * 9, 11).Select(value => (float)(value - 0.5))];
            Tensor features = tensor(half, [2, 3, 8, 9], requires_grad: true);
            Tensor pooled = VisionOperators.RoiAlign(features, regions, 0.125, 3, 2, expected.GetProperty("sampling_ratio").GetInt32(), expected.GetProperty("aligned").GetBoolean());
            Assert.Equal([4L, 3L, 3L, 2L], pooled.shape);
            double[] values = [.. expected.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
            float[] found = pooled.detach().data<float>().ToArray();
            for (int i = 0; i < values.Length; i++) Assert.Equal(values[i], found[i], 1e-6);

            (pooled * Numbers((int)pooled.numel(), 13).reshape(pooled.shape)).sum().backward();
            Tensor gradient = features.grad!.to(ScalarType.Float64);
            Assert.Equal(expected.GetProperty("gradient_sum").GetDouble(), gradient.sum().item<double>(), 1e-4);
            Assert.Equal(expected.GetProperty("gradient_square_sum").GetDouble(), gradient.square().sum().item<double>(), 1e-4);
        }
        regions.Dispose();
    }

    private static (int Count, double Threshold, uint Seed) Case(JsonElement expected) =>
        (expected.GetProperty("count").GetInt32(), expected.GetProperty("threshold").GetDouble(), expected.GetProperty("seed").GetUInt32());

    private static long[] Kept(JsonElement expected) => [.. expected.GetProperty("kept").EnumerateArray().Select(index => index.GetInt64())];

    private static Tensor Numbers(int count, uint seed) => TensorSpans.FromArray<float>([.. GoldenNumbers.Sequence(count, seed).Select(value => (float)value)]);

    private static Tensor Boxes(int count, uint seed)
    {
        double[] raw = GoldenNumbers.Sequence(count * 4, seed);
        var corners = new float[count * 4];
        for (int i = 0; i < corners.Length; i++)
            corners[i] = (float)(i % 4 < 2 ? raw[i] * 100 : (raw[i - 2] * 100) + 5 + (raw[i] * 40));
        return TensorSpans.FromArray(corners, count, 4);
    }
}
