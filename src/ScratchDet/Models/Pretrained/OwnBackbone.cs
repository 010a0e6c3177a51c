using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchDet.Data;
using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// The backbone of a detector of this kit, in our names: weights that were converted, or a run's checkpoint, of which the average
/// counts where it has one. A checkpoint says how its images were normalised.
/// </summary>
internal sealed class OwnBackbone : WeightSource
{
    private const string Average = "ema.backbone.";

    private static readonly string[] Prefixes = ["backbone.", "model.backbone."];

    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        HashSet<string> averaged = [.. file.Entries.Where(entry => entry.Name.StartsWith(Average, StringComparison.Ordinal)).Select(entry => entry.Name[Average.Length..])];
        foreach (string prefix in Prefixes)
        {
            // Others call a part "backbone" too.
            if (!file.Entries.Any(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)
                && (targets.ContainsKey(entry.Name[prefix.Length..]) || entry.Name.EndsWith(".convolution.weight", StringComparison.Ordinal)))) continue;
            return new ImportPlan(
                "this kit",
                InputOf(path, file),
                [.. from entry in file.Entries
                    where entry.Name.StartsWith(prefix, StringComparison.Ordinal)
                    let name = entry.Name[prefix.Length..]
                    // The average is of the parameters alone; running statistics are an average already. A frozen norm counts nothing.
                    select new TensorImport(averaged.Contains(name) ? Average + name : entry.Name, name) { Optional = name.EndsWith(".num_batches_tracked", StringComparison.Ordinal) }],
                null)
            {
                // A classifier's backbone ends where a detector's extra layers begin: behind its last sum stands no norm.
                MayStayAtStart = name => name.StartsWith("last.", StringComparison.Ordinal),
            };
        }
        return null;
    }

    /// <summary>Null: the file tells no specification, as the stand-in of a run store.</summary>
    private static Normalization? InputOf(string path, TensorArchive file)
    {
        if (!file.Metadata.TryGetValue("spec", out string? spec)) return null;
        try
        {
            return JsonNode.Parse(spec)?["Augment"]?["Normalization"].Deserialize<Normalization>();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new BadInputException(path, "metadata: spec", "it is no specification", "give a checkpoint as this kit wrote it", fault);
        }
    }
}
