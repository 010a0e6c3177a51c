using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>The backbone of a detector of this kit, in our names: weights that were converted, or a run's checkpoint.</summary>
internal sealed class OwnBackbone : WeightSource
{
    private static readonly string[] Prefixes = ["backbone.", "model.backbone."];

    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        foreach (string prefix in Prefixes)
        {
            // Others call a part "backbone" too.
            if (!file.Entries.Any(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)
                && (targets.ContainsKey(entry.Name[prefix.Length..]) || entry.Name.EndsWith(".convolution.weight", StringComparison.Ordinal)))) continue;
            return new ImportPlan(
                "this kit",
                null,
                [.. from entry in file.Entries
                    where entry.Name.StartsWith(prefix, StringComparison.Ordinal) && PretrainedWeights.IsPretrainedPart(entry.Name[prefix.Length..])
                    select new TensorImport(entry.Name, entry.Name[prefix.Length..])],
                null);
        }
        return null;
    }
}
