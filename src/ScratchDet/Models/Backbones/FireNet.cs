using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>A Fire module of SqueezeNet (arXiv 1602.07360, section 3.1).</summary>
/// <param name="Squeeze">Channels of its 1x1.</param>
/// <param name="Expand1">Channels of the 1x1 on that.</param>
/// <param name="Expand3">Channels of the 3x3 beside it.</param>
/// <param name="PoolFirst">Whether a 3x3 pool of stride 2 comes before it.</param>
public sealed record FireModule(
    [property: Range(1, 4096)] int Squeeze, [property: Range(1, 4096)] int Expand1, [property: Range(1, 4096)] int Expand3, bool PoolFirst = false)
{
    internal long Channels => (long)Expand1 + Expand3;

    public override string ToString() => $"{(PoolFirst ? "pool " : "")}{Squeeze}-{Expand1}+{Expand3}";
}

/// <summary>
/// Tiny SSD's stack of Fire modules (arXiv 1802.06488, table 1, as a public port of it has the channels): a 3x3 of stride
/// 2, then modules, some behind a pool that rounds up. Detection maps: what lies before each pool from
/// <see cref="FirstMapStride"/> on, the last module, the extra layers.
/// </summary>
public sealed record FireSpec : BackboneSpec
{
    /// <summary>conv12 and conv13: maps 2 and 1 behind one of 4.</summary>
    public FireSpec() => Extras = [new(51, 46, 2, 1), new(55, 85, 2, 1)];

    [Range(1, 1024)]
    public int StemChannels { get; init; } = 57;

    [Length(1, 64, ErrorMessage = "{0} has not one to 64 modules")]
    public IReadOnlyList<FireModule> Modules { get; init; } =
    [
        new(15, 49, 53, PoolFirst: true), new(15, 54, 52),
        new(29, 92, 94, PoolFirst: true), new(29, 90, 83),
        new(44, 166, 161, PoolFirst: true), new(45, 155, 146), new(49, 163, 171), new(25, 29, 54),
        new(37, 45, 56, PoolFirst: true),
        new(38, 41, 44, PoolFirst: true),
    ];

    [Range(2, 64)]
    public int FirstMapStride { get; init; } = 8;

    public override double LargestLayerWeights
    {
        get
        {
            double channels = StemChannels, largest = 27.0 * StemChannels;
            foreach (FireModule module in Modules)
            {
                largest = Math.Max(largest, module.Squeeze * Math.Max(channels, Math.Max(module.Expand1, 9.0 * module.Expand3)));
                channels = module.Channels;
            }
            return Math.Max(largest, LargestExtraLayerWeights(channels));
        }
    }

    public override Backbone Build(NormPlacement norm) => new FireNet(this, norm);
}

/// <summary>See <see cref="FireSpec"/>.</summary>
public sealed class FireNet : Backbone
{
    private readonly ConvNorm stem;
    private readonly MaxPool2d pool = MaxPool2d(3, 2, ceil_mode: true);
    private readonly ModuleList<Fire> fires = new();
    private readonly ExtraLayers extras;
    private readonly bool[] givesMap;
    private readonly FireSpec spec;

    public FireNet(FireSpec spec, NormPlacement placement)
        : base(nameof(FireNet))
    {
        this.spec = spec;
        if (spec.Modules.Count == 0) throw new ArgumentException("a net of Fire modules without a module", nameof(spec));
        NormLayerSpec norm = placement.OfBackbone;
        stem = new ConvNorm(3, spec.StemChannels, 3, norm, stride: 2);
        givesMap = new bool[spec.Modules.Count];
        List<long> mapChannels = [];
        long channels = spec.StemChannels;
        int stride = 2;
        for (int i = 0; i < spec.Modules.Count; i++)
        {
            FireModule module = spec.Modules[i];
            if (module.PoolFirst) stride *= 2;
            fires.Add(new Fire(channels, module, norm));
            channels = module.Channels;
            bool isLast = i == spec.Modules.Count - 1;
            givesMap[i] = isLast || (spec.Modules[i + 1].PoolFirst && stride >= spec.FirstMapStride);
            if (givesMap[i]) mapChannels.Add(channels);
        }
        extras = new ExtraLayers(channels, spec.Extras, placement.OfExtras);
        Channels = [.. mapChannels, .. spec.Extras.Select(extra => (long)extra.Channels)];
        RegisterComponents();
    }

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int side = Side(imageSize, 3, 2, 0);
        List<int> sides = [];
        for (int i = 0; i < spec.Modules.Count; i++)
        {
            if (spec.Modules[i].PoolFirst) side /= 2; // ceil((side - 3) / 2) + 1
            if (givesMap[i]) sides.Add(side);
        }
        return [.. sides, .. ExtraSides(side, spec.Extras)];
    }

    public override Tensor[] forward(Tensor images)
    {
        List<Tensor> maps = [];
        Tensor features = stem.call(images);
        bool isMap = false;
        for (int i = 0; i < fires.Count; i++)
        {
            Tensor input = spec.Modules[i].PoolFirst ? pool.call(features) : features;
            Tensor next = fires[i].call(input);
            if (!ReferenceEquals(input, features)) input.Dispose();
            if (!isMap) features.Dispose();
            features = next;
            isMap = givesMap[i];
            if (isMap) maps.Add(features);
        }
        return [.. maps, .. extras.call(features)];
    }

    /// <summary>See <see cref="FireModule"/>; norm and ReLU behind each convolution: (N, in, H, W) -> (N, expand1 + expand3, H, W).</summary>
    private sealed class Fire : Module<Tensor, Tensor>
    {
        private readonly ConvNorm squeeze;
        private readonly ConvNorm expand1;
        private readonly ConvNorm expand3;

        public Fire(long inChannels, FireModule spec, NormLayerSpec norm)
            : base(nameof(Fire))
        {
            squeeze = new ConvNorm(inChannels, spec.Squeeze, 1, norm);
            expand1 = new ConvNorm(spec.Squeeze, spec.Expand1, 1, norm);
            expand3 = new ConvNorm(spec.Squeeze, spec.Expand3, 3, norm, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor features)
        {
            using Tensor few = squeeze.call(features);
            using Tensor points = expand1.call(few);
            using Tensor squares = expand3.call(few);
            return cat([points, squares], 1);
        }
    }
}
