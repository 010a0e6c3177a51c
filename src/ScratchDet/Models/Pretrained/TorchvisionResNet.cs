using System.Globalization;
using System.Text.RegularExpressions;
using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// torchvision's resnet18 to resnet152: conv1 and bn1 are the stem, layerK.J block J of stage K - 1, its convolutions by
/// their number, downsample the shortcut. fc is not needed.
/// </summary>
internal sealed partial class TorchvisionResNet : WeightSource
{
    private static readonly string[] Places = ["first", "second", "third"];

    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        HashSet<string> names = file.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains("conv1.weight") || !names.Contains("layer1.0.conv1.weight")) return null;
        const string Source = "torchvision's ResNet";
        if (backbone is not Residual residual) throw OtherBackbone(path, Source, "a ResNet", backbone);
        bool hasNorm = names.Contains("bn1.weight"), wantsNorm = targets.ContainsKey("stem.0.norm.weight");
        if (hasNorm && !wantsNorm)
        {
            throw new BadInputException(path, null, $"weights of {Source} with batch norm; the backbone has no norm layers",
                "take a backbone with batch norm");
        }
        List<TensorImport> imports = [];
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            if (OursFor(name) is { } ours) imports.Add(new TensorImport(name, ours) { Optional = ours.EndsWith("num_batches_tracked", StringComparison.Ordinal) });
        }
        return new ImportPlan(Source, PretrainedReport.TorchvisionInput, imports, "stem.0.convolution.weight") { Notes = [.. Differences(residual.Spec)] };
    }

    /// <summary>What no shape tells: the same weights, put where they see something else than in their training.</summary>
    private static IEnumerable<string> Differences(ResidualSpec spec)
    {
        if (spec is { Block: BlockKind.Bottleneck, StrideOnFirstConvolution: true })
            yield return "a stage halves in its first 1x1 here (Caffe's place, as in the paper), in its 3x3 in torchvision: its own weights start at a disadvantage";
        if (spec.Stem is StemKind.SevenBySevenStrideTwoPool && spec.Pool != StemPool.ThreeByThree)
            yield return "the stem's pool is not torchvision's 3x3 with padding 1";
        if (spec.Stem is not StemKind.SevenBySevenStrideTwoPool)
            yield return "the stem is not ResNet's own: the weights saw other strides in their training";
    }

    /// <summary>Our name in the backbone for a key of torchvision's, or null.</summary>
    public static string? OursFor(string key)
    {
        if (StemKey().Match(key) is { Success: true } stem)
            return $"stem.0.{Part(stem.Groups["part"].Value)}.{stem.Groups["tensor"].Value}";
        if (BlockKey().Match(key) is not { Success: true } block) return null;
        string place = block.Groups["number"] is { Success: true } number
            ? Places[int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) - 1]
            : "shortcut";
        string part = Part(block.Groups["part"].Success ? block.Groups["part"].Value : block.Groups["down"].Value);
        int stage = int.Parse(block.Groups["stage"].ValueSpan, CultureInfo.InvariantCulture) - 1;
        return $"stages.{stage}.{block.Groups["block"].Value}.{place}.{part}.{block.Groups["tensor"].Value}";
    }

    private static string Part(string part) => part is "conv" or "0" ? "convolution" : "norm";

    [GeneratedRegex(@"\A(?<part>conv|bn)1\.(?<tensor>weight|bias|running_mean|running_var|num_batches_tracked)\z")]
    private static partial Regex StemKey();

    [GeneratedRegex(@"\Alayer(?<stage>[1-8])\.(?<block>[0-9]{1,3})\.((?<part>conv|bn)(?<number>[1-3])|downsample\.(?<down>[01]))\.(?<tensor>weight|bias|running_mean|running_var|num_batches_tracked)\z")]
    private static partial Regex BlockKey();
}
