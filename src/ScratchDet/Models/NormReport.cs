using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>One kind of norm in one part of a detector.</summary>
/// <param name="Part">"backbone", "extra layers", "neck" or "head".</param>
/// <param name="Kind">"Batch", "Group(32)", "none": convolutions of the part that have no norm.</param>
/// <param name="Layers">Norm layers; for "none" convolutions that have no norm of their own beside them.</param>
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
        var uses = new List<NormUse>();
        foreach ((string part, string prefix) in Parts)
        {
            (string Name, Module Module)[] inside = [.. detector.named_modules().Where(entry => PartOf(entry.name) == prefix)];
            var use = new Use(imagesPerBatch, Synchronised: false, detector.Spec.FreezeBackbone && prefix.StartsWith("backbone.", StringComparison.Ordinal));
            uses.AddRange(inside.Select(entry => Describe(entry.Module, use with { Synchronised = KindOf(detector.Spec.Norm, part, entry.Name) == NormKind.SynchronizedBatch })).OfType<(string Kind, string Statistics)>()
                .GroupBy(found => found).Select(group => new NormUse(part, group.Key.Kind, group.Count(), group.Key.Statistics)));
            // A convolution's own norm stands beside it in the same block.
            // In front of a NormConv's convolution it stands one module deeper.
            HashSet<string> owners = [.. inside.Where(entry => entry.Module is NormConv).Select(entry => entry.Name + ".before")];
            HashSet<string> normed = [.. inside.Where(entry => Describe(entry.Module, use) is not null && entry.Module is not Backbones.L2Norm)
                .Select(entry => ParentOf(entry.Name)).Select(parent => owners.Contains(parent) ? ParentOf(parent) : parent)];
            int bare = inside.Count(entry => entry.Module is TorchSharp.Modules.Conv2d or TorchSharp.Modules.ConvTranspose2d && !normed.Contains(ParentOf(entry.Name)));
            if (bare > 0) uses.Add(new NormUse(part, "none", bare, "-"));
        }
        return [.. uses.OrderBy(use => Array.FindIndex(["backbone", "extra layers", "neck", "head"], part => part == use.Part))];
    }

    /// <summary>"Batch", "Group(32)"; null where the module is no norm.</summary>
    public static string? KindOf(Module module) => Describe(module, new Use(null, false, false))?.Kind;

    private static string? PartOf(string name) => Parts.FirstOrDefault(part => name.StartsWith(part.Prefix, StringComparison.Ordinal)).Prefix;

    private static string ParentOf(string name) => name.LastIndexOf('.') is >= 0 and var dot ? name[..dot] : "";

    /// <summary>What the specification wants there; the residual units of a head are normalised as the extra layers are.</summary>
    private static NormKind KindOf(NormPlacement norm, string part, string name) => part switch
    {
        "backbone" => norm.Backbone,
        "head" when !name.StartsWith("head.units.", StringComparison.Ordinal) => norm.Head,
        _ => norm.OfExtras.Kind,
    };

    private static (string Kind, string Statistics)? Describe(Module module, Use use)
    {
        string batch = use.Images switch
        {
            null => "all images of a batch",
            1 => "1 image",
            { } images => FormattableString.Invariant($"{images} images"),
        };
        const string Frozen = "as loaded, never changed: this part is frozen";
        return module switch
        {
            TorchSharp.Modules.BatchNorm2d => (use.Synchronised ? "SynchronizedBatch" : "Batch",
                use.Frozen ? Frozen : $"a channel over {batch}{(use.Synchronised ? " of each of 1 process" : "")}; in testing the running average"),
            TorchSharp.Modules.GroupNorm group => (FormattableString.Invariant($"Group({group.num_groups})"), "a group of channels of one image; the same in testing"),
            FrozenBatchNorm => ("FrozenBatch", "as loaded, never changed; from random initialisation nothing is normalised"),
            SwitchableNorm => ("Switchable", use.Frozen
                ? "a mixture of one channel, one image, and the running average, as loaded: this part is frozen"
                : $"a learned mixture of one channel, one image, and a channel over {batch}; in testing with the running average"),
            Backbones.L2Norm => ("L2", "the channels of one position; the same in testing"),
            _ => null,
        };
    }

    /// <param name="Images">That batch norm sees; null: not known.</param>
    private readonly record struct Use(int? Images, bool Synchronised, bool Frozen);
}
