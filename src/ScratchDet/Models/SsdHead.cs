using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// Predicts values for each default box of each detection map: one 3x3 convolution a map (SSD, section 2.1). With a
/// norm, it sits on the raw predictions, without ReLU, and the convolution has no bias (ScratchDet's BN in the head).
/// </summary>
public sealed class SsdHead : Module<Tensor[], Tensor>
{
    private readonly ModuleList<ConvNorm> maps = new();
    private readonly long valuesPerBox;

    /// <param name="channels">Channels of each map.</param>
    /// <param name="boxesPerCell">Default boxes per cell of each map.</param>
    /// <param name="valuesPerBox">4 for box offsets, the number of classes with background for logits.</param>
    public SsdHead(IReadOnlyList<long> channels, IReadOnlyList<int> boxesPerCell, long valuesPerBox, NormLayerSpec norm)
        : base(nameof(SsdHead))
    {
        this.valuesPerBox = valuesPerBox;
        for (int map = 0; map < channels.Count; map++)
            maps.Add(new ConvNorm(channels[map], boxesPerCell[map] * valuesPerBox, 3, norm, padding: 1, rectify: false));
        RegisterComponents();
    }

    /// <summary>Maps (N, C_k, H_k, W_k) -> (N, A, values): by map, row, column, then box of the cell.</summary>
    public override Tensor forward(Tensor[] features)
    {
        using DisposeScope scope = NewDisposeScope();
        var parts = new Tensor[features.Length];
        for (int map = 0; map < parts.Length; map++)
        {
            Tensor raw = maps[map].call(features[map]); // (N, K*V, H, W)
            long[] sizes = raw.shape;
            long boxes = sizes[1] / valuesPerBox * sizes[2] * sizes[3]; // in numbers, so that a batch of none has a shape too
            parts[map] = raw.permute(0, 2, 3, 1).reshape(sizes[0], boxes, valuesPerBox); // (N, H*W*K, V)
        }
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
