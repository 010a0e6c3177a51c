using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// Predicts values for each default box of each detection map: one 3x3 convolution a map (SSD, section 2.1), or what
/// the specification has in its place. With a
/// norm, it sits on the raw predictions, without ReLU, and the convolution has no bias (ScratchDet's BN in the head).
/// </summary>
public sealed class SsdHead : Module<Tensor[], Tensor>
{
    private readonly ModuleList<ConvNorm> intermediates = new();
    private readonly ModuleList<ConvNorm> depthwise = new();
    private readonly ModuleList<ConvNorm> maps = new();
    private readonly long valuesPerBox;

    /// <param name="spec">Its kernels and intermediate convolutions; the residual units are not in here.</param>
    /// <param name="channels">Channels of each map.</param>
    /// <param name="boxesPerCell">Default boxes per cell of each map.</param>
    /// <param name="valuesPerBox">4 for box offsets, the number of classes with background for logits.</param>
    public SsdHead(HeadSpec spec, IReadOnlyList<long> channels, IReadOnlyList<int> boxesPerCell, long valuesPerBox, NormPlacement placement)
        : base(nameof(SsdHead))
    {
        this.valuesPerBox = valuesPerBox;
        for (int map = 0; map < channels.Count; map++)
        {
            int kernel = spec.KernelOf(map);
            long inChannels = channels[map];
            if (spec.IntermediateChannels > 0)
            {
                intermediates.Add(new ConvNorm(inChannels, spec.IntermediateChannels, 3, placement.OfExtras, padding: 1));
                inChannels = spec.IntermediateChannels;
            }
            NormLayerSpec norm = placement.OfHead;
            if (spec.DepthwiseSeparable)
            {
                depthwise.Add(new ConvNorm(inChannels, inChannels, kernel, norm, padding: kernel / 2, groups: inChannels, rectifier: RectifierKind.ReLU6));
                (kernel, norm) = (1, NormKind.None);
            }
            maps.Add(new ConvNorm(inChannels, boxesPerCell[map] * valuesPerBox, kernel, norm, padding: kernel / 2, rectify: false));
        }
        RegisterComponents();
    }

    /// <summary>Maps (N, C_k, H_k, W_k) -> (N, A, values): by map, row, column, then box of the cell.</summary>
    public override Tensor forward(Tensor[] features)
    {
        using DisposeScope scope = NewDisposeScope();
        var parts = new Tensor[features.Length];
        for (int map = 0; map < parts.Length; map++)
        {
            Tensor input = intermediates.Count > 0 ? intermediates[map].call(features[map]) : features[map];
            if (depthwise.Count > 0) input = depthwise[map].call(input);
            Tensor raw = maps[map].call(input); // (N, K*V, H, W)
            long[] sizes = raw.shape;
            long boxes = sizes[1] / valuesPerBox * sizes[2] * sizes[3]; // in numbers, so that a batch of none has a shape too
            parts[map] = raw.permute(0, 2, 3, 1).reshape(sizes[0], boxes, valuesPerBox); // (N, H*W*K, V)
        }
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
