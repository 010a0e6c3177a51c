using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>The first layers of a dense backbone; both end at a quarter of the side.</summary>
public enum DenseStemKind
{
    /// <summary>DSOD's stem block: 3x3 of stride 2, two 3x3, a 2x2 pool.</summary>
    ThreeConvolutions,

    /// <summary>DenseNet's: 7x7 of stride 2, a 3x3 pool of stride 2.</summary>
    SevenBySeven,
}

/// <summary>
/// DSOD's dense blocks (arXiv 1708.01241, table 1; numbers of its released DSOD300). The first block lies at stride 4,
/// the second at stride 8, all others at stride 16: their transitions do not pool. Detection maps: the transition behind
/// the second block, the last one joined with the first map pooled, the extra layers. The maps are L2-normalised.
/// </summary>
public sealed record DenseSpec : BackboneSpec
{
    /// <summary>DSOD's dense prediction layers: maps 10, 5, 3, 2 behind one of 19.</summary>
    public DenseSpec() => Extras = [ExtraLayer.Dense(512), ExtraLayer.Dense(256), ExtraLayer.Dense(256), ExtraLayer.Dense(256)];

    public DenseStemKind Stem { get; init; }

    /// <summary>Channels of the first two convolutions; the third has twice as many, and so has the 7x7.</summary>
    [Range(1, 1024)]
    public int StemChannels { get; init; } = 64;

    /// <summary>Channels that each layer adds.</summary>
    [Range(1, 1024)]
    public int Growth { get; init; } = 48;

    /// <summary>Channels between the 1x1 and the 3x3 of a layer: four times the growth in DSOD.</summary>
    [Range(1, 4096)]
    public int BottleneckChannels { get; init; } = 192;

    /// <summary>Layers in each block. Those from the fourth block on make the net deeper at stride 16: DSOD's transition without pooling.</summary>
    [Range(1, 128)]
    [Length(3, 8, ErrorMessage = "{0} has not three to eight blocks")]
    public IReadOnlyList<int> LayersPerBlock { get; init; } = [6, 8, 8, 8];

    /// <summary>Share of the channels that a transition keeps; the last keeps <see cref="LastChannels"/>.</summary>
    [Range(0.05, 1.0)]
    public double Compression { get; init; } = 1;

    /// <summary>Channels of the last transition.</summary>
    [Range(1, 8192)]
    public int LastChannels { get; init; } = 256;

    /// <summary>Channels of the first map, pooled and passed through a 1x1, that the second map begins with. 0: plain prediction.</summary>
    [Range(0, 8192)]
    public int JoinedChannels { get; init; } = 256;

    /// <summary>L2Norm with a learned scale per channel on every map.</summary>
    public bool L2Norm { get; init; } = true;

    public override double LargestLayerWeights
    {
        get
        {
            double channels = 2.0 * StemChannels, first = 0;
            double largest = Stem == DenseStemKind.SevenBySeven ? 49 * 3 * channels : Math.Max(27, 9 * channels) * StemChannels;
            largest = Math.Max(largest, 9.0 * BottleneckChannels * Growth);
            for (int block = 0; block < LayersPerBlock.Count; block++)
            {
                largest = Math.Max(largest, BottleneckChannels * (channels + (LayersPerBlock[block] - 1.0) * Growth));
                channels += (double)LayersPerBlock[block] * Growth;
                double kept = block == LayersPerBlock.Count - 1 ? LastChannels : Math.Floor(channels * Compression);
                largest = Math.Max(largest, channels * kept);
                channels = kept;
                if (block == 1) first = channels;
            }
            return Math.Max(Math.Max(largest, first * JoinedChannels), LargestExtraLayerWeights(channels + JoinedChannels));
        }
    }

    public override Backbone Build(NormPlacement norm) => new DenseNet(this, norm);
}

/// <summary>See <see cref="DenseSpec"/>.</summary>
public sealed class DenseNet : Backbone
{
    private const int FirstMapBlock = 1;

    private readonly Sequential stem;
    private readonly ModuleList<DenseBlock> blocks = new();
    private readonly ModuleList<NormConv> transitions = new();
    private readonly MaxPool2d pool = MaxPool2d(2, 2, ceil_mode: true); // 75 -> 38
    private readonly PooledConv? join;
    private readonly NormRectify? last; // extra layers that begin with a convolution read normalised and rectified features
    private readonly ExtraLayers extras;
    private readonly ModuleList<L2Norm> l2Norms = new();
    private readonly DenseSpec spec;

    public DenseNet(DenseSpec spec, NormPlacement placement)
        : base(nameof(DenseNet))
    {
        if (spec.LayersPerBlock.Count < 3)
            throw new ArgumentException($"{spec.LayersPerBlock.Count} dense blocks; at least three are needed", nameof(spec));
        this.spec = spec;
        NormLayerSpec norm = placement.OfBackbone;
        stem = Sequential([.. StemLayers(spec, norm)]);
        long channels = 2L * spec.StemChannels, firstMapChannels = 0;
        for (int block = 0; block < spec.LayersPerBlock.Count; block++)
        {
            int layers = spec.LayersPerBlock[block];
            blocks.Add(new DenseBlock(channels, layers, spec.BottleneckChannels, spec.Growth, norm));
            channels += (long)layers * spec.Growth;
            long kept = block == spec.LayersPerBlock.Count - 1 ? spec.LastChannels : (long)(channels * spec.Compression);
            transitions.Add(new NormConv(channels, kept, 1, norm));
            channels = kept;
            if (block == FirstMapBlock) firstMapChannels = channels;
        }
        if (spec.JoinedChannels > 0)
        {
            join = new PooledConv(firstMapChannels, spec.JoinedChannels, norm);
            channels += spec.JoinedChannels;
        }
        if (spec.Extras is [{ Kind: not (ExtraLayerKind.Dense or ExtraLayerKind.NormFirst) }, ..]) last = new NormRectify(channels, norm);
        extras = new ExtraLayers(channels, spec.Extras, placement.OfExtras);
        Channels = [firstMapChannels, channels, .. spec.Extras.Select(extra => (long)extra.Channels)];
        if (spec.L2Norm) l2Norms.extend(Channels.Select(count => new L2Norm(count)));
        RegisterComponents();
    }

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int half = spec.Stem == DenseStemKind.SevenBySeven ? Side(imageSize, 7, 2, 3) : Side(imageSize, 3, 2, 1);
        int quarter = spec.Stem == DenseStemKind.SevenBySeven ? Side(half, 3, 2, 1) : Side(half, 2, 2, 0);
        int first = (quarter + 1) / 2, second = (first + 1) / 2; // the pools of blocks round up
        return [first, second, .. ExtraSides(second, spec.Extras)];
    }

    public override Tensor[] forward(Tensor images)
    {
        Tensor features = stem.call(images);
        Tensor? first = null;
        for (int block = 0; block < blocks.Count; block++)
        {
            using (Tensor input = features)
            using (Tensor all = blocks[block].call(input))
                features = transitions[block].call(all);
            if (block == FirstMapBlock) first = features;
            if (block > FirstMapBlock) continue;
            Tensor large = features;
            features = pool.call(large);
            if (!ReferenceEquals(large, first)) large.Dispose();
        }
        if (join is not null)
        {
            using Tensor deep = features;
            using Tensor pooled = join.call(first!);
            features = cat([deep, pooled], 1);
        }
        using Tensor? active = last?.call(features);
        Tensor[] maps = [first!, features, .. extras.call(active ?? features)];
        for (int map = 0; map < l2Norms.Count; map++)
        {
            using Tensor raw = maps[map];
            maps[map] = l2Norms[map].call(raw);
        }
        return maps;
    }

    private static IEnumerable<Module<Tensor, Tensor>> StemLayers(DenseSpec spec, NormLayerSpec norm)
    {
        long channels = spec.StemChannels;
        if (spec.Stem == DenseStemKind.SevenBySeven)
        {
            yield return new ConvNorm(3, 2 * channels, 7, norm, stride: 2, padding: 3);
            yield return MaxPool2d(3, 2, 1);
            yield break;
        }
        yield return new ConvNorm(3, channels, 3, norm, stride: 2, padding: 1);
        yield return new ConvNorm(channels, channels, 3, norm, padding: 1);
        yield return new ConvNorm(channels, 2 * channels, 3, norm, padding: 1);
        yield return MaxPool2d(2, 2);
    }
}
