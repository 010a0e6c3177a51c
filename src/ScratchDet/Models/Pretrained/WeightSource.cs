using ScratchDet.Data;
using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>A convention of names for pre-trained weights, recognised by the names in a file.</summary>
internal abstract class WeightSource
{
    /// <summary>The plan for a file, or null where it has other names.</summary>
    /// <param name="file">Its entries tell the source; a few small tensors may be looked at.</param>
    /// <param name="targets">The backbone's tensors by name.</param>
    /// <exception cref="BadInputException">The file is of this source, but not for this backbone.</exception>
    public abstract ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets);

    protected static BadInputException OtherBackbone(string path, string source, string kind, Backbone backbone) =>
        new(path, null, $"weights of {source}, which is {kind}; the backbone is {backbone.GetType().Name}", "give the weights of such a backbone");
}

/// <summary>What goes where.</summary>
/// <param name="Imports">Each target once.</param>
/// <param name="FirstConvolution">Target whose input channels are colours; null where there is none.</param>
internal sealed record ImportPlan(string Source, Normalization? Input, IReadOnlyList<TensorImport> Imports, string? FirstConvolution)
{
    /// <summary>Targets that the file may lack: they stay as they start.</summary>
    public Func<string, bool> MayStayAtStart { get; init; } = _ => false;

    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One tensor of the file for one of the backbone.</summary>
internal sealed record TensorImport(string From, string To)
{
    /// <summary>Another tensor of the file, subtracted.</summary>
    public string? Less { get; init; }

    /// <summary>Takes every n-th number instead of all; see <see cref="Subsampling"/>.</summary>
    public bool Subsampled { get; init; }

    /// <summary>Nothing is missing where the file or the backbone has no such tensor.</summary>
    public bool Optional { get; init; }

    public bool Fits(IReadOnlyList<long> source, IReadOnlyList<long> target) =>
        Subsampled ? Subsampling.Fits(source, target) : source.SequenceEqual(target);

    /// <summary>The value for the target; in the scope of the caller.</summary>
    public Tensor Read(string path, TensorArchive file, long[] target)
    {
        Tensor source = WeightFile.Load(path, file, From);
        if (Less is not null) source = source.to(ScalarType.Float32) - WeightFile.Load(path, file, Less).to(ScalarType.Float32);
        return Subsampled ? Subsampling.Apply(source, target) : source;
    }
}
