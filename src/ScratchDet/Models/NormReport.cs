using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>One kind of norm in one part of a detector.</summary>
/// <param name="Part">"backbone", "extra layers", "neck" or "head".</param>
/// <param name="Kind">"Batch", "Group(32)", "none": convolutions of the part that have no norm.</param>
/// <param name="Layers">Norm layers; for "none" convolutions.</param>
/// <param name="Statistics">What mean and variance are taken over in training, and what is used in testing.</param>
public sealed record NormUse(string Part, string Kind, int Layers, string Statistics);

/// <summary>
/// What normalises a detector, where, and over what: the mode of the statistics is what goes wrong unseen (frozen statistics
/// from scratch, batch norm over two images).
/// </summary>
public static class NormReport
{
    private static readonly (string Part, string Prefix)[] Parts =
        [("extra layers", "backbone.extras."), ("backbone", "backbone."), ("neck", "neck."), ("head", "head.")];

    /// <param name="imagesPerBatch">Images that batch norm sees: those of one batch, however many batches make a step; null: not known.</param>
    public static IReadOnlyList<NormUse> Of(Detector detector, int? imagesPerBatch = null)
    {
        if (imagesPerBatch is { } count) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        bool synchronised = detector.Spec.Norm is { Backbone: NormKind.SynchronizedBatch } or { Head: NormKind.SynchronizedBatch };
        var uses = new List<NormUse>();
        foreach ((string part, string prefix) in Parts)
        {
            Module[] inside = [.. detector.named_modules().Where(entry => PartOf(entry.name) == prefix).Select(entry => entry.module)];
            uses.AddRange(inside.Select(module => Describe(module, imagesPerBatch, synchronised)).OfType<(string Kind, string Statistics)>()
                .GroupBy(found => found).Select(group => new NormUse(part, group.Key.Kind, group.Count(), group.Key.Statistics)));
            int convolutions = inside.Count(module => module is TorchSharp.Modules.Conv2d or TorchSharp.Modules.ConvTranspose2d);
            int normed = uses.Where(use => use.Part == part && use.Kind != "L2").Sum(use => use.Layers);
            if (convolutions > normed) uses.Add(new NormUse(part, "none", convolutions - normed, "-"));
        }
        return [.. uses.OrderBy(use => Array.FindIndex(["backbone", "extra layers", "neck", "head"], part => part == use.Part))];
    }

    /// <summary>"Batch", "Group(32)"; null where the module is no norm.</summary>
    public static string? KindOf(Module module) => Describe(module, null, synchronised: false)?.Kind;

    private static string? PartOf(string name) => Parts.FirstOrDefault(part => name.StartsWith(part.Prefix, StringComparison.Ordinal)).Prefix;

    private static (string Kind, string Statistics)? Describe(Module module, int? images, bool synchronised)
    {
        string batch = images switch
        {
            null => "all images of a batch",
            1 => "1 image",
            _ => FormattableString.Invariant($"{images} images"),
        };
        return module switch
        {
            TorchSharp.Modules.BatchNorm2d => (synchronised ? "SynchronizedBatch" : "Batch", $"a channel over {batch}{(synchronised ? " of each of 1 process" : "")}; in testing the running average"),
            TorchSharp.Modules.GroupNorm group => (FormattableString.Invariant($"Group({group.num_groups})"), "a group of channels of one image; the same in testing"),
            FrozenBatchNorm => ("FrozenBatch", "as loaded, never changed; from random initialisation nothing is normalised"),
            SwitchableNorm => ("Switchable", $"a learned mixture of one channel, one image, and a channel over {batch}; in testing with the running average"),
            Backbones.L2Norm => ("L2", "the channels of one position; the same in testing"),
            _ => null,
        };
    }
}
