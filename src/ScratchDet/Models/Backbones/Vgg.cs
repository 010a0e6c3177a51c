using System.ComponentModel.DataAnnotations;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>
/// VGG-16 as SSD uses it: thirteen 3x3 convolutions, fc6 and fc7 as convolutions (dilation 6), pool5 3x3 stride 1, the
/// third pool rounding up. Detection maps: conv4_3 (L2-normalised), fc7, the extra layers. SSD section 2.1 and 3;
/// with batch norm: ScratchDet, section 3.
/// </summary>
public sealed record VggSpec : BackboneSpec
{
    /// <summary>Channels of conv1; the stages have 1, 2, 4, 8 and 8 times as many.</summary>
    [Range(1, 1024)]
    public int Width { get; init; } = 64;

    /// <summary>Channels of fc6 and fc7.</summary>
    [Range(1, 8192)]
    public int FullyConnectedChannels { get; init; } = 1024;

    /// <summary>Convolutions in each of the five stages.</summary>
    [Range(1, 64)]
    public IReadOnlyList<int> ConvolutionsPerStage { get; init; } = [2, 2, 3, 3, 3];

    /// <summary>L2Norm with a learned scale per channel on conv4_3; ScratchDet removes it.</summary>
    public bool L2Norm { get; init; } = true;

    /// <summary>ScratchDet's released body puts BN, scale and ReLU behind each pool too: on for parity with it only.</summary>
    public bool NormAfterPools { get; init; }

    public override double LargestLayerWeights =>
        Math.Max(9.0 * (8.0 * Width) * Math.Max(8.0 * Width, FullyConnectedChannels), LargestExtraLayerWeights(FullyConnectedChannels));

    public override Backbone Build(NormPlacement norm) => new Vgg(this, norm);
}

/// <summary>See <see cref="VggSpec"/>.</summary>
public sealed class Vgg : Backbone
{
    private readonly ModuleList<Module<Tensor, Tensor>> layers = new();
    private readonly L2Norm? l2Norm;
    private readonly ExtraLayers extras;
    private readonly int firstMapLayer;
    private readonly IReadOnlyList<ExtraLayer> extraSpecs;

    public Vgg(VggSpec spec, NormPlacement placement)
        : base(nameof(Vgg))
    {
        if (spec.ConvolutionsPerStage.Count != 5 || spec.ConvolutionsPerStage.Any(count => count < 1))
            throw new ArgumentException("VGG has five stages of at least one convolution", nameof(spec));
        NormLayerSpec norm = placement.OfBackbone;
        long channels = 3;
        for (int stage = 0; stage < 5; stage++)
        {
            long width = spec.Width * (1L << Math.Min(stage, 3));
            for (int i = 0; i < spec.ConvolutionsPerStage[stage]; i++, channels = width)
                layers.Add(new ConvNorm(channels, width, 3, norm, padding: 1));
            if (stage == 3) firstMapLayer = layers.Count - 1;
            layers.Add(stage switch
            {
                2 => MaxPool2d(2, 2, ceil_mode: true), // 75 -> 38
                4 => MaxPool2d(3, 1, 1), // keeps 19
                _ => MaxPool2d(2, 2),
            });
            if (spec.NormAfterPools && Norm.Create(norm, width) is { } afterPool)
            {
                layers.Add(afterPool);
                layers.Add(ReLU(inplace: true));
            }
        }
        layers.Add(new ConvNorm(channels, spec.FullyConnectedChannels, 3, norm, padding: 6, dilation: 6));
        layers.Add(new ConvNorm(spec.FullyConnectedChannels, spec.FullyConnectedChannels, 1, norm));
        long firstMapChannels = spec.Width * 8L;
        l2Norm = spec.L2Norm ? new L2Norm(firstMapChannels) : null;
        extraSpecs = spec.Extras;
        extras = new ExtraLayers(spec.FullyConnectedChannels, spec.Extras, placement.OfExtras);
        Channels = [firstMapChannels, spec.FullyConnectedChannels, .. spec.Extras.Select(extra => (long)extra.Channels)];
        RegisterComponents();
    }

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int third = Side(Side(imageSize, 2, 2, 0), 2, 2, 0); // behind pool2
        int fourth = (third + 1) / 2; // pool3 rounds up
        int fifth = Side(fourth, 2, 2, 0);
        return [fourth, fifth, .. ExtraSides(fifth, extraSpecs)];
    }

    public override Tensor[] forward(Tensor images)
    {
        Tensor features = images;
        Tensor? firstMap = null;
        for (int i = 0; i < layers.Count; i++)
        {
            Tensor next = layers[i].call(features);
            // conv4_3 is a detection map and lives on; what autograd needs of the others it keeps itself.
            if (i > 0 && !ReferenceEquals(features, firstMap) && !ReferenceEquals(next, features)) features.Dispose();
            features = next;
            if (i == firstMapLayer) firstMap = next;
        }
        Tensor first = firstMap!;
        if (l2Norm is not null)
        {
            using Tensor raw = first;
            first = l2Norm.call(raw);
        }
        return [first, features, .. extras.call(features)];
    }
}

/// <summary>
/// Divides each position by its L2 norm over the channels, then multiplies by a learned scale per channel, at first 20
/// (ParseNet, used by SSD on conv4_3).
/// </summary>
public sealed class L2Norm : Module<Tensor, Tensor>
{
    public const double InitialScale = 20;
    private const double Epsilon = 1e-12; // torchvision's; the reference has 1e-10 on the square

    private readonly Parameter scale;

    public L2Norm(long channels)
        : base(nameof(L2Norm))
    {
        scale = Parameter(full([channels], InitialScale));
        RegisterComponents();
    }

    /// <summary>(N, C, H, W) -> (N, C, H, W).</summary>
    public override Tensor forward(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor unit = functional.normalize(features, p: 2, dim: 1, eps: Epsilon);
        return (unit * scale.view(1, -1, 1, 1)).MoveToOuterDisposeScope();
    }
}
