using ScratchDet.Models.Backbones;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>The two halves of the head, behind the residual units where there are any.</summary>
internal sealed class PredictionHead : Module<Tensor[], RawDetections>
{
    private readonly ModuleList<BottleneckBlock> units = new();
    private readonly SsdHead boxes;
    private readonly SsdHead classes;

    /// <param name="channels">Channels of each map.</param>
    /// <param name="boxesPerCell">Default boxes per cell of each map.</param>
    /// <param name="placement">The units are normalised as the extra layers, the predictions as the head.</param>
    public PredictionHead(HeadSpec spec, IReadOnlyList<long> channels, IReadOnlyList<int> boxesPerCell, int classCount, NormPlacement placement)
        : base(nameof(PredictionHead))
    {
        if (spec.ResidualWidths.Count > 0)
        {
            for (int map = 0; map < channels.Count; map++)
                units.Add(new BottleneckBlock(channels[map], spec.ResidualWidthOf(map), 1, placement.OfExtras, alwaysProject: true));
            channels = [.. channels.Select((_, map) => (long)spec.ResidualWidthOf(map) * BottleneckBlock.Expansion)];
        }
        boxes = new SsdHead(spec, channels, boxesPerCell, 4, placement);
        classes = new SsdHead(spec, channels, boxesPerCell, classCount, placement);
        RegisterComponents();
    }

    /// <summary>Maps (N, C_k, H_k, W_k) -> raw predictions; the maps stay the caller's.</summary>
    public override RawDetections forward(Tensor[] maps)
    {
        if (units.Count == 0) return new(boxes.call(maps), classes.call(maps));
        Tensor[] features = [.. maps.Select((map, k) => units[k].call(map))];
        try
        {
            return new(boxes.call(features), classes.call(features));
        }
        finally
        {
            foreach (Tensor feature in features) feature.Dispose();
        }
    }
}
