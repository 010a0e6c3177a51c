using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>The first layers of a residual backbone: ScratchDet's four variants (a) to (d).</summary>
public enum StemKind
{
    /// <summary>(a) ResNet's: 7x7 stride 2, then a pool.</summary>
    SevenBySevenStrideTwoPool,

    /// <summary>(b) 7x7 stride 2, no pool.</summary>
    SevenBySevenStrideTwo,

    /// <summary>(c) 7x7 stride 1, then a pool.</summary>
    SevenBySevenStrideOnePool,

    /// <summary>(d) The root block: three 3x3 of stride 1, then a pool. Small objects keep their pixels.</summary>
    Root,
}

/// <summary>
/// A ResNet of basic blocks (post-activation) with a choice of stem. Detection maps: every stage output from stride 8
/// on, then the extra layers. ScratchDet's backbone redesign; the pool is 2x2 stride 2 as in its released code.
/// </summary>
public sealed record ResidualSpec : BackboneSpec
{
    public StemKind Stem { get; init; } = StemKind.Root;

    /// <summary>3x3 convolutions of the root stem; ScratchDet compares one to three. Other stems have one convolution.</summary>
    [Range(1, 16)]
    public int RootConvolutions { get; init; } = 3;

    /// <summary>Channels of the stem and the first stage; each later stage has twice as many.</summary>
    [Range(1, 1024)]
    public int Width { get; init; } = 64;

    /// <summary>Basic blocks in each stage.</summary>
    [Range(1, 256)]
    [MaxLength(8, ErrorMessage = "{0} has more than eight stages")]
    public IReadOnlyList<int> BlocksPerStage { get; init; } = [2, 2, 2, 2];

    /// <summary>Stages whose outputs are detection maps: those from this stride on.</summary>
    [Range(2, 64)]
    public int FirstMapStride { get; init; } = 8;

    /// <summary>
    /// Channels that the first detection maps are projected to, each by a 1x1; the other maps are the stages' own. Empty:
    /// no projection. Gives nets whose maps come from different stages equal heads, as the comparison of stems needs.
    /// </summary>
    [Range(1, 8192)]
    public IReadOnlyList<int> MapChannels { get; init; } = [];

    public override double LargestLayerWeights
    {
        get
        {
            double channels = Width * Math.Pow(2, Math.Max(0, BlocksPerStage.Count - 1));
            return Extras.Select(extra => extra.LargestLayerWeights).Append(9 * channels * channels).Max();
        }
    }

    public override Backbone Build(NormPlacement norm) => new Residual(this, norm);
}

/// <summary>See <see cref="ResidualSpec"/>.</summary>
public sealed class Residual : Backbone
{
    private readonly Sequential stem;
    private readonly ModuleList<Sequential> stages = new();
    private readonly ModuleList<ConvNorm> projections = new();
    private readonly ExtraLayers extras;
    private readonly int firstMapStage;
    private readonly ResidualSpec spec;

    public Residual(ResidualSpec spec, NormPlacement placement)
        : base(nameof(Residual))
    {
        this.spec = spec;
        NormLayerSpec norm = placement.OfBackbone;
        const int MostStages = 8; // each doubles the channels
        if (spec.BlocksPerStage.Count > MostStages)
            throw new ArgumentException($"{spec.BlocksPerStage.Count} stages are more than {MostStages}", nameof(spec));
        stem = Sequential([.. StemLayers(spec, norm)]);
        int stride = spec.Stem == StemKind.SevenBySevenStrideTwoPool ? 4 : 2;
        List<long> mapChannels = [];
        long inChannels = spec.Width;
        firstMapStage = -1;
        for (int stage = 0; stage < spec.BlocksPerStage.Count; stage++)
        {
            long channels = (long)spec.Width << stage;
            var blocks = new Module<Tensor, Tensor>[spec.BlocksPerStage[stage]];
            for (int i = 0; i < blocks.Length; i++, inChannels = channels)
                blocks[i] = new BasicBlock(inChannels, channels, i == 0 && stage > 0 ? 2 : 1, norm);
            stages.Add(Sequential(blocks));
            if (stage > 0) stride *= 2;
            if (stride < spec.FirstMapStride) continue;
            if (firstMapStage < 0) firstMapStage = stage;
            mapChannels.Add(channels);
        }
        if (firstMapStage < 0)
            throw new ArgumentException($"no stage reaches stride {spec.FirstMapStride}: more stages are needed", nameof(spec));
        if (spec.MapChannels.Count > mapChannels.Count)
            throw new ArgumentException($"{spec.MapChannels.Count} projections for {mapChannels.Count} maps of stages", nameof(spec));
        for (int map = 0; map < spec.MapChannels.Count; map++)
        {
            projections.Add(new ConvNorm(mapChannels[map], spec.MapChannels[map], 1, norm));
            mapChannels[map] = spec.MapChannels[map];
        }
        extras = new ExtraLayers(inChannels, spec.Extras, placement.OfExtras);
        Channels = [.. mapChannels, .. spec.Extras.Select(extra => (long)extra.Channels)];
        RegisterComponents();
    }

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int side = spec.Stem switch
        {
            StemKind.SevenBySevenStrideTwoPool => Side(Side(imageSize, 7, 2, 3), 2, 2, 0),
            StemKind.SevenBySevenStrideTwo => Side(imageSize, 7, 2, 3),
            _ => Side(imageSize, 2, 2, 0),
        };
        List<int> sides = [];
        for (int stage = 0; stage < stages.Count; stage++)
        {
            if (stage > 0) side = Side(side, 3, 2, 1);
            if (stage >= firstMapStage) sides.Add(side);
        }
        return [.. sides, .. ExtraSides(side, spec.Extras)];
    }

    public override Tensor[] forward(Tensor images)
    {
        List<Tensor> maps = [];
        Tensor features = stem.call(images);
        bool isMap = false; // then whoever gets the maps disposes it
        for (int stage = 0; stage < stages.Count; stage++)
        {
            Tensor next = stages[stage].call(features);
            if (!isMap) features.Dispose();
            features = next;
            int map = stage - firstMapStage;
            isMap = map >= projections.Count;
            if (map >= 0) maps.Add(isMap ? features : projections[map].call(features));
        }
        Tensor[] extraMaps = extras.call(features);
        if (!isMap) features.Dispose();
        return [.. maps, .. extraMaps];
    }

    private static IEnumerable<Module<Tensor, Tensor>> StemLayers(ResidualSpec spec, NormLayerSpec norm)
    {
        if (spec.Stem == StemKind.Root)
        {
            for (int i = 0; i < spec.RootConvolutions; i++)
                yield return new ConvNorm(i == 0 ? 3 : spec.Width, spec.Width, 3, norm, padding: 1);
        }
        else
        {
            yield return new ConvNorm(3, spec.Width, 7, norm, stride: spec.Stem == StemKind.SevenBySevenStrideOnePool ? 1 : 2, padding: 3);
        }
        if (spec.Stem != StemKind.SevenBySevenStrideTwo) yield return MaxPool2d(2, 2);
    }
}

/// <summary>conv, norm, ReLU, conv, norm, add, ReLU; a convolution with norm on the shortcut where the shape changes (ResNet, section 4).</summary>
public sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly ConvNorm first;
    private readonly ConvNorm second;
    private readonly ConvNorm? shortcut;

    public BasicBlock(long inChannels, long outChannels, long stride, NormLayerSpec norm)
        : base(nameof(BasicBlock))
    {
        first = new ConvNorm(inChannels, outChannels, 3, norm, stride, padding: 1);
        second = new ConvNorm(outChannels, outChannels, 3, norm, padding: 1, rectify: false);
        shortcut = stride != 1 || inChannels != outChannels ? new ConvNorm(inChannels, outChannels, 1, norm, stride, rectify: false) : null;
        RegisterComponents();
    }

    /// <summary>A residual extra layer.</summary>
    internal BasicBlock(long inChannels, ExtraLayer extra, NormLayerSpec norm)
        : base(nameof(BasicBlock))
    {
        first = new ConvNorm(inChannels, extra.Bottleneck, extra.Kernel, norm, extra.Stride, extra.Padding);
        second = new ConvNorm(extra.Bottleneck, extra.Channels, 3, norm, padding: 1, rectify: false);
        bool keepsSides = 2 * extra.Padding == extra.Kernel - 1; // at stride 1
        if (!keepsSides)
            shortcut = new ConvNorm(inChannels, extra.Channels, extra.Kernel, norm, extra.Stride, extra.Padding, rectify: false);
        else if (extra.Stride != 1 || inChannels != extra.Channels)
            shortcut = new ConvNorm(inChannels, extra.Channels, 1, norm, extra.Stride, rectify: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using Tensor middle = first.call(features);
        Tensor result = second.call(middle);
        using Tensor? projected = shortcut?.call(features);
        return result.add_(projected ?? features).relu_();
    }
}
