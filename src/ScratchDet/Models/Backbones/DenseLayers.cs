using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>
/// Layers that each see all that the ones before them gave, and add few channels to it (DenseNet, arXiv 1608.06993,
/// section 3): norm, ReLU, 1x1, norm, ReLU, 3x3, joined with the input.
/// </summary>
public sealed class DenseBlock : Module<Tensor, Tensor>
{
    private readonly ModuleList<NormConv> narrow = new();
    private readonly ModuleList<NormConv> grow = new();

    /// <param name="bottleneck">Channels of each 1x1.</param>
    /// <param name="growth">Channels that each layer adds.</param>
    public DenseBlock(long inChannels, int layers, long bottleneck, long growth, NormLayerSpec norm)
        : base(nameof(DenseBlock))
    {
        for (int i = 0; i < layers; i++)
        {
            narrow.Add(new NormConv(inChannels + i * growth, bottleneck, 1, norm));
            grow.Add(new NormConv(bottleneck, growth, 3, norm, padding: 1));
        }
        RegisterComponents();
    }

    /// <summary>(N, in, H, W) -> (N, in + layers * growth, H, W), the input in front.</summary>
    public override Tensor forward(Tensor features)
    {
        Tensor all = features;
        for (int i = 0; i < narrow.Count; i++)
        {
            using Tensor few = narrow[i].call(all);
            using Tensor added = grow[i].call(few);
            Tensor joined = cat([all, added], 1);
            if (i > 0) all.Dispose();
            all = joined;
        }
        return narrow.Count == 0 ? features.alias() : all;
    }
}

/// <summary>DSOD's extra layers; see <see cref="ExtraLayerKind.Dense"/> and <see cref="ExtraLayerKind.NormFirst"/>.</summary>
internal sealed class DenseExtra : Module<Tensor, Tensor>
{
    private readonly NormConv narrow;
    private readonly NormConv learned;
    private readonly PooledConv? kept;

    public DenseExtra(long inChannels, ExtraLayer spec, NormLayerSpec norm)
        : base(nameof(DenseExtra))
    {
        bool dense = spec.Kind == ExtraLayerKind.Dense;
        if (dense && (spec.Stride != 2 || spec.Kernel != 3 || spec.Padding != 1 || spec.Channels % 2 != 0))
            throw new ArgumentException($"a dense extra layer has an even number of channels, kernel 3, stride 2 and padding 1, so that its halves fit; not {spec}", nameof(spec));
        long channels = dense ? spec.Channels / 2 : spec.Channels;
        narrow = new NormConv(inChannels, spec.Bottleneck, 1, norm);
        learned = new NormConv(spec.Bottleneck, channels, spec.Kernel, norm, spec.Stride, spec.Padding);
        kept = dense ? new PooledConv(inChannels, channels, norm) : null;
        RegisterComponents();
    }

    /// <summary>(N, in, H, W) -> (N, out, H', W'), the pooled half in front.</summary>
    public override Tensor forward(Tensor features)
    {
        using Tensor few = narrow.call(features);
        Tensor result = learned.call(few);
        if (kept is null) return result;
        using Tensor half = result;
        using Tensor pooled = kept.call(features);
        return cat([pooled, half], 1);
    }
}

/// <summary>A 2x2 pool that rounds up, then norm, ReLU and a 1x1: (N, in, H, W) -> (N, out, ceil(H / 2), ceil(W / 2)).</summary>
internal sealed class PooledConv : Module<Tensor, Tensor>
{
    private readonly MaxPool2d pool = MaxPool2d(2, 2, ceil_mode: true);
    private readonly NormConv convolution;

    public PooledConv(long inChannels, long outChannels, NormLayerSpec norm)
        : base(nameof(PooledConv))
    {
        convolution = new NormConv(inChannels, outChannels, 1, norm);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using Tensor small = pool.call(features);
        return convolution.call(small);
    }
}
