using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <summary>
/// The state_dict keys of torchvision's mobilenet_v2 beside our names in a <see cref="MobileNet"/> for the same tensors.
/// features.0 is the stem, features.N block N - 1, the last of them the 1x1 behind the blocks. Inside a block
/// torchvision has convolution, norm and ReLU6 in one, and the last convolution and its norm side by side. Its classifier has no
/// counterpart.
/// </summary>
public static class TorchvisionMobileNetNames
{
    private static readonly string[] NormTensors = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

    /// <summary>All pairs, in torchvision's order.</summary>
    /// <param name="spec">Any width and any stages; the extra layers are not torchvision's.</param>
    /// <exception cref="ArgumentException">torchvision has no such stem.</exception>
    public static IReadOnlyList<(string Ours, string Theirs)> Of(MobileNetSpec spec)
    {
        if (spec.Stem != MobileStemKind.StrideTwo) throw new ArgumentException($"torchvision's mobilenet_v2 has no stem {spec.Stem}", nameof(spec));
        return [.. Layers(spec).SelectMany(layer => Tensors(layer.Ours, layer.Convolution, layer.Norm))];
    }

    private static IEnumerable<(string Ours, string Convolution, string Norm)> Layers(MobileNetSpec spec)
    {
        yield return ("stem.0", "features.0.0", "features.0.1");
        int block = 0;
        foreach (InvertedStage stage in spec.Stages)
        {
            for (int i = 0; i < stage.Blocks; i++, block++)
            {
                string ours = $"blocks.{block}", theirs = $"features.{block + 1}.conv";
                int next = 0;
                if (stage.Expansion > 1) yield return ($"{ours}.widen", $"{theirs}.{next}.0", $"{theirs}.{next++}.1");
                yield return ($"{ours}.filter", $"{theirs}.{next}.0", $"{theirs}.{next++}.1");
                yield return ($"{ours}.narrow", $"{theirs}.{next}", $"{theirs}.{next + 1}");
            }
        }
        if (spec.LastChannels > 0) yield return ("last", $"features.{block + 1}.0", $"features.{block + 1}.1");
    }

    private static IEnumerable<(string Ours, string Theirs)> Tensors(string ours, string convolution, string norm) =>
        [($"{ours}.convolution.weight", $"{convolution}.weight"), .. NormTensors.Select(tensor => ($"{ours}.norm.{tensor}", $"{norm}.{tensor}"))];
}
