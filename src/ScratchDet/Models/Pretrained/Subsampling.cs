using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// A fully connected layer as a smaller convolution: every n-th output, every n-th input and every third cell of 7x7 are
/// kept (DeepLab-LargeFOV, arXiv 1412.7062, section 3.1; SSD, section 3): fc6 of 4096 x 25088 becomes 1024 x 512 x 3 x 3,
/// fc7 of 4096 x 4096 becomes 1024 x 1024 x 1 x 1.
/// </summary>
internal static class Subsampling
{
    /// <summary>Whether a layer of (outputs, inputs) or a bias of (outputs) has a subsample of the target's shape.</summary>
    public static bool Fits(IReadOnlyList<long> source, IReadOnlyList<long> target) => Steps(source, target) is not null;

    /// <summary>The subsample; in the scope of the caller.</summary>
    public static Tensor Apply(Tensor source, long[] target)
    {
        (long[] shape, long[] steps) = Steps(source.shape, target) ?? throw new ArgumentException("the shapes do not fit", nameof(target));
        Tensor result = source.reshape(shape); // (outputs, inputs) -> (outputs, channels, H, W)
        for (int k = 0; k < shape.Length; k++)
        {
            if (steps[k] == 1 && shape[k] == target[k]) continue;
            using Tensor kept = tensor(Enumerable.Range(0, (int)target[k]).Select(i => i * steps[k]).ToArray());
            result = result.index_select(k, kept);
        }
        return result;
    }

    /// <summary>The source's shape with as many dimensions as the target, and the step in each; null where they do not fit.</summary>
    private static (long[] Shape, long[] Steps)? Steps(IReadOnlyList<long> source, IReadOnlyList<long> target)
    {
        if (source is [var biases] && target is [var kept]) return Divides(biases, kept) ? ([biases], [biases / kept]) : null;
        if (source is not [var outputs, var inputs] || target is not [var keptOutputs, var channels, var height, var width] || height != width) return null;
        if (!Divides(outputs, keptOutputs) || channels < 1) return null;
        if (height == 1)
            return Divides(inputs, channels) ? ([outputs, inputs, 1, 1], [outputs / keptOutputs, inputs / channels, 1, 1]) : null;
        long side = (long)Math.Sqrt(inputs / channels);
        if (side * side * channels != inputs || side < height || (side - 1) % (height - 1) != 0) return null;
        long step = (side - 1) / (height - 1); // 7 -> 3: cells 0, 3, 6
        return ([outputs, channels, side, side], [outputs / keptOutputs, 1, step, step]);
    }

    private static bool Divides(long all, long kept) => kept > 0 && all >= kept && all % kept == 0;
}
