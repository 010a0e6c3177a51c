using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Necks;

/// <summary>What stands between the backbone's detection maps and the head; it builds its own module.</summary>
public abstract record NeckSpec
{
    /// <summary>Weights of the largest layer: told without allocating it, for specifications that come from a file.</summary>
    public abstract double LargestLayerWeights { get; }

    /// <param name="channels">Of the backbone's maps, finest first.</param>
    /// <param name="mapSides">Their sides in cells.</param>
    /// <param name="norm">As of the extra layers.</param>
    /// <exception cref="ArgumentException">The maps do not fit.</exception>
    public abstract Neck Build(IReadOnlyList<long> channels, IReadOnlyList<int> mapSides, NormLayerSpec norm);
}

/// <summary>Detection maps -> as many maps of the same sides.</summary>
public abstract class Neck(string name) : Module<Tensor[], Tensor[]>(name)
{
    /// <summary>Channels of each map that it gives.</summary>
    public abstract IReadOnlyList<long> Channels { get; }
}
