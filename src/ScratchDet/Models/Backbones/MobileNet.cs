using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>The first layers of a mobile backbone; all end at half the side of the image.</summary>
public enum MobileStemKind
{
    /// <summary>MobileNetV2's: one 3x3 of stride 2.</summary>
    StrideTwo,

    /// <summary>
    /// ScratchDet's root block: 3x3 of stride 1, then a 2x2 pool. Behind the first convolution they are depthwise
    /// separable where the backbone is: full ones would cost three times the rest of the net. Ours.
    /// </summary>
    Root,
}

/// <summary>One row of MobileNetV2's table 2: <paramref name="Blocks"/> inverted residuals, the first with the stride.</summary>
/// <param name="Expansion">The factor by which a block widens its input inside.</param>
/// <param name="Channels">Of the output, at a width multiplier of 1.</param>
public sealed record InvertedStage(
    [property: Range(1, 64)] int Expansion, [property: Range(1, 8192)] int Channels, [property: Range(1, 256)] int Blocks, [property: Range(1, 2)] int Stride)
{
    public override string ToString() => $"t{Expansion}c{Channels}n{Blocks}s{Stride}";
}

/// <summary>
/// MobileNetV2 (arXiv 1801.04381) as SSDLite uses it (section 6.2): detection maps are the widened features in the block
/// that is about to halve them (576 channels of block 13 at stride 16), the last layer (1280 at stride 32) and the extra
/// layers.
/// </summary>
public sealed record MobileNetSpec : BackboneSpec
{
    internal const double SmallestMultiplier = 0.01;

    /// <summary>SSDLite's extra layers: maps 5, 3, 2, 1 behind one of 10.</summary>
    public MobileNetSpec() => Extras =
    [
        ExtraLayer.DepthwiseSeparable(512, 2), ExtraLayer.DepthwiseSeparable(256, 2),
        ExtraLayer.DepthwiseSeparable(256, 2), ExtraLayer.DepthwiseSeparable(128, 2),
    ];

    public MobileStemKind Stem { get; init; }

    /// <summary>Convolutions of the root stem; the other stem has one.</summary>
    [Range(1, 16)]
    public int RootConvolutions { get; init; } = 3;

    /// <summary>Times the channels of stem and stages, rounded to multiples of 8; the extra layers stay.</summary>
    [Range(SmallestMultiplier, 8.0)]
    public double WidthMultiplier { get; init; } = 1;

    [Range(1, 1024)]
    public int StemChannels { get; init; } = 32;

    [MaxLength(16, ErrorMessage = "{0} has more than sixteen stages")]
    public IReadOnlyList<InvertedStage> Stages { get; init; } =
        [new(1, 16, 1, 1), new(6, 24, 2, 2), new(6, 32, 3, 2), new(6, 64, 4, 2), new(6, 96, 3, 1), new(6, 160, 3, 2), new(6, 320, 1, 1)];

    /// <summary>Channels of the 1x1 behind the stages, never fewer than at a width multiplier of 1. 0: there is none.</summary>
    [Range(0, 8192)]
    public int LastChannels { get; init; } = 1280;

    /// <summary>Features become detection maps from this stride on.</summary>
    [Range(2, 64)]
    public int FirstMapStride { get; init; } = 16;

    /// <summary>Off: the 3x3 inside a block sees all its channels, as in a ResNet's bottleneck; compare at another width or expansion.</summary>
    public bool Depthwise { get; init; } = true;

    public override double LargestLayerWeights
    {
        get
        {
            double channels = StemWidth, largest = 27.0 * StemWidth;
            if (Stem == MobileStemKind.Root && RootConvolutions > 1) largest = Math.Max(largest, (Depthwise ? 1 : 9) * channels * channels);
            foreach (InvertedStage stage in Stages)
            {
                for (int block = 0; block < Math.Min(stage.Blocks, 2); block++, channels = Scaled(stage.Channels)) // the others are like the second
                {
                    double wide = channels * stage.Expansion;
                    double inside = Depthwise ? 9 * wide : 9 * wide * wide;
                    largest = Math.Max(Math.Max(largest, inside), wide * Math.Max(stage.Expansion == 1 ? 0 : channels, Scaled(stage.Channels)));
                }
            }
            if (LastChannels > 0)
            {
                largest = Math.Max(largest, channels * LastWidth);
                channels = LastWidth;
            }
            return Math.Max(largest, LargestExtraLayerWeights(channels));
        }
    }

    internal long StemWidth => Scaled(StemChannels);

    internal long LastWidth => RoundedToEight(LastChannels * Math.Max(1, WidthMultiplier));

    public override Backbone Build(NormPlacement norm) => new MobileNet(this, norm);

    internal long Scaled(int channels) => RoundedToEight(channels * WidthMultiplier);

    /// <summary>The nearest multiple of 8, from 8 on; the next one where the nearest would take more than a tenth away.</summary>
    private static long RoundedToEight(double channels)
    {
        long rounded = Math.Max(8, (long)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}

/// <summary>See <see cref="MobileNetSpec"/>.</summary>
public sealed class MobileNet : Backbone
{
    private readonly Sequential stem;
    private readonly ModuleList<InvertedResidual> blocks = new();
    private readonly ConvNorm? last;
    private readonly ExtraLayers extras;
    private readonly bool[] givesMap;
    private readonly MobileNetSpec spec;

    public MobileNet(MobileNetSpec spec, NormPlacement placement)
        : base(nameof(MobileNet))
    {
        this.spec = spec;
        NormLayerSpec norm = placement.OfBackbone;
        stem = Sequential([.. StemLayers(spec, norm)]);
        List<long> mapChannels = [];
        List<bool> mapOfBlock = [];
        long channels = spec.StemWidth;
        int stride = 2;
        foreach (InvertedStage stage in spec.Stages)
        {
            for (int i = 0; i < stage.Blocks; i++, channels = spec.Scaled(stage.Channels))
            {
                bool halves = i == 0 && stage.Stride > 1;
                mapOfBlock.Add(halves && stride >= spec.FirstMapStride);
                if (mapOfBlock[^1]) mapChannels.Add(channels * stage.Expansion);
                if (halves) stride *= 2;
                blocks.Add(new InvertedResidual(channels, spec.Scaled(stage.Channels), stage.Expansion, halves ? 2 : 1, norm, spec.Depthwise));
            }
        }
        givesMap = [.. mapOfBlock];
        if (spec.LastChannels > 0)
        {
            last = new ConvNorm(channels, spec.LastWidth, 1, norm, rectifier: RectifierKind.ReLU6);
            channels = spec.LastWidth;
        }
        extras = new ExtraLayers(channels, spec.Extras, placement.OfExtras);
        Channels = [.. mapChannels, channels, .. spec.Extras.Select(extra => (long)extra.Channels)];
        RegisterComponents();
    }

    internal MobileNetSpec Spec => spec;

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int side = spec.Stem == MobileStemKind.Root ? Side(imageSize, 2, 2, 0) : Side(imageSize, 3, 2, 1);
        int stride = 2;
        List<int> sides = [];
        foreach (InvertedStage stage in spec.Stages.Where(stage => stage.Stride > 1))
        {
            if (stride >= spec.FirstMapStride) sides.Add(side);
            side = Side(side, 3, 2, 1);
            stride *= 2;
        }
        return [.. sides, side, .. ExtraSides(side, spec.Extras)];
    }

    public override Tensor[] forward(Tensor images)
    {
        List<Tensor> maps = [];
        Tensor features = stem.call(images);
        for (int i = 0; i < blocks.Count; i++)
        {
            Tensor wide = blocks[i].Widen(features); // the features themselves where nothing widens them
            Tensor next = blocks[i].Narrow(wide, features);
            if (givesMap[i]) maps.Add(wide);
            else if (!ReferenceEquals(wide, features)) wide.Dispose();
            if (!(givesMap[i] && ReferenceEquals(wide, features))) features.Dispose();
            features = next;
        }
        if (last is not null)
        {
            using Tensor narrow = features;
            features = last.call(narrow);
        }
        return [.. maps, features, .. extras.call(features)];
    }

    private static IEnumerable<Module<Tensor, Tensor>> StemLayers(MobileNetSpec spec, NormLayerSpec norm)
    {
        long width = spec.StemWidth;
        bool root = spec.Stem == MobileStemKind.Root;
        yield return new ConvNorm(3, width, 3, norm, stride: root ? 1 : 2, padding: 1, rectifier: RectifierKind.ReLU6);
        if (!root) yield break;
        for (int i = 1; i < spec.RootConvolutions; i++)
        {
            yield return spec.Depthwise
                ? new DepthwiseSeparable(width, width, 3, norm, norm)
                : new ConvNorm(width, width, 3, norm, padding: 1, rectifier: RectifierKind.ReLU6);
        }
        yield return MaxPool2d(2, 2);
    }
}
