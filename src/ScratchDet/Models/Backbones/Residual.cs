using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>See <see cref="ResidualSpec"/>.</summary>
public sealed class Residual : Backbone
{
    private const int MostStages = 8; // each doubles the channels

    private readonly Sequential stem;
    private readonly ModuleList<Sequential> stages = new();
    private readonly ModuleList<ConvNorm> projections = new();
    private readonly Dictionary<int, ConvNorm> projectionOfMap = [];
    private readonly NormRectify? last;
    private readonly ExtraLayers extras;
    private readonly IReadOnlyList<ExtraLayer> extraSpecs;
    private readonly HashSet<int> mapStages;

    /// <exception cref="ArgumentException">Stages, maps and projections do not go together.</exception>
    public Residual(ResidualSpec spec, NormPlacement placement)
        : base(nameof(Residual))
    {
        if (spec.BlocksPerStage.Count > MostStages)
            throw new ArgumentException($"{spec.BlocksPerStage.Count} stages are more than {MostStages}", nameof(spec));
        Spec = spec;
        mapStages = MapStagesOf(spec);
        NormLayerSpec norm = placement.OfBackbone;
        stem = Sequential([.. StemLayers.Of(spec, norm)]);
        long inChannels = spec.Width;
        List<long> mapChannels = [];
        for (int stage = 0; stage < spec.BlocksPerStage.Count; stage++)
        {
            var blocks = new Module<Tensor, Tensor>[spec.BlocksPerStage[stage]];
            for (int i = 0; i < blocks.Length; i++)
                (blocks[i], inChannels) = Block(stage, i, inChannels, norm);
            stages.Add(Sequential(blocks));
            if (mapStages.Contains(stage)) mapChannels.Add(inChannels);
        }
        if (spec.MapChannels.Count > mapChannels.Count)
            throw new ArgumentException($"{spec.MapChannels.Count} projections for {mapChannels.Count} maps of stages", nameof(spec));
        for (int map = 0; map < spec.MapChannels.Count; map++)
        {
            if (mapChannels[map] == spec.MapChannels[map]) continue;
            projections.Add(projectionOfMap[map] = new ConvNorm(mapChannels[map], spec.MapChannels[map], 1, norm));
            mapChannels[map] = spec.MapChannels[map];
        }
        extraSpecs = [.. spec.Extras.Skip(spec.StageMaps == 0 ? 0 : Math.Max(0, mapChannels.Count - spec.StageMaps))];
        // A sum of pre-activation blocks is raw; layers that do not normalise their input get it normalised.
        if (spec.Block == BlockKind.PreActivation && extraSpecs is [{ Kind: not ExtraLayerKind.PreActivation }, ..]) last = new NormRectify(inChannels, norm);
        extras = new ExtraLayers(inChannels, extraSpecs, placement.OfExtras);
        Channels = [.. mapChannels, .. extraSpecs.Select(extra => (long)extra.Channels)];
        RegisterComponents();
    }

    /// <summary>What it was built from.</summary>
    internal ResidualSpec Spec { get; }

    public override IReadOnlyList<long> Channels { get; }

    protected override IReadOnlyList<int> SidesFor(int imageSize)
    {
        int side = StemLayers.Side(Spec, imageSize);
        List<int> sides = [];
        for (int stage = 0; stage < stages.Count; stage++)
        {
            side = Side(side, 1, StrideOf(stage), 0); // a 1x1, and a 3x3 with padding 1
            if (mapStages.Contains(stage)) sides.Add(side);
        }
        return [.. sides, .. ExtraSides(side, extraSpecs)];
    }

    public override Tensor[] forward(Tensor images)
    {
        List<Tensor> maps = [];
        Tensor features = stem.call(images);
        bool isMap = false; // then whoever gets the maps disposes it
        for (int stage = 0; stage < stages.Count; stage++)
        {
            bool givesMap = mapStages.Contains(stage);
            (Tensor next, Tensor? branch) = givesMap && Spec.Block == BlockKind.PreActivation ? Split(stages[stage], features) : (stages[stage].call(features), null);
            if (!isMap) features.Dispose();
            (features, isMap) = (next, false);
            if (!givesMap) continue;
            if (projectionOfMap.TryGetValue(maps.Count, out ConvNorm? projection))
            {
                using (branch) maps.Add(projection.call(branch ?? features));
            }
            else
            {
                maps.Add(branch ?? features);
                isMap = branch is null || ReferenceEquals(branch, features);
            }
        }
        using Tensor? rectified = last?.call(features);
        Tensor[] extraMaps = extras.call(rectified ?? features);
        if (!isMap) features.Dispose();
        return [.. maps, .. extraMaps];
    }

    /// <summary>The stage's output, and the branch of its last block: the same tensor where nothing reads the sum.</summary>
    private static (Tensor Output, Tensor? Branch) Split(Sequential stage, Tensor features)
    {
        Tensor input = features;
        for (int i = 0; i < stage.Count - 1; i++)
        {
            Tensor next = stage[i].call(input);
            if (i > 0) input.Dispose();
            input = next;
        }
        (Tensor branch, Tensor? sum) = ((PreActivationBlock)stage[stage.Count - 1]).Split(input);
        if (stage.Count > 1) input.Dispose();
        return (sum ?? branch, branch);
    }

    private static HashSet<int> MapStagesOf(ResidualSpec spec)
    {
        int stages = spec.BlocksPerStage.Count;
        HashSet<int> chosen = [.. spec.MapStages.Select(stage => stage - 1)];
        if (chosen.Any(stage => stage >= stages))
            throw new ArgumentException($"stage {chosen.Max() + 1} is to be a detection map; there are {stages}", nameof(spec));
        if (chosen.Count == 0)
        {
            for (int stage = 0; stage < stages; stage++)
            {
                if (StrideAt(spec, stage) >= spec.FirstMapStride) chosen.Add(stage);
            }
        }
        if (chosen.Count == 0)
            throw new ArgumentException($"no stage reaches stride {spec.FirstMapStride}: more stages are needed", nameof(spec));
        return spec.Extras.Count > 0 || chosen.Contains(stages - 1) ? chosen
            : throw new ArgumentException($"nothing reads stage {stages}: it is no detection map, and there are no extra layers", nameof(spec));
    }

    /// <summary>Pixels for each cell of a stage's output.</summary>
    private static int StrideAt(ResidualSpec spec, int stage)
    {
        int halvings = stage - (spec.LastStageDilation > 1 && stage > 0 && stage == spec.BlocksPerStage.Count - 1 ? 1 : 0);
        return StemLayers.Stride(spec.Stem) << halvings;
    }

    private bool IsDilated(int stage) => Spec.LastStageDilation > 1 && stage == Spec.BlocksPerStage.Count - 1;

    private int StrideOf(int stage) => stage == 0 || IsDilated(stage) ? 1 : 2;

    /// <summary>A block, and the channels that it gives.</summary>
    private (Module<Tensor, Tensor> Block, long Channels) Block(int stage, int index, long inChannels, NormLayerSpec norm)
    {
        long width = (long)Spec.Width << stage;
        int stride = index == 0 ? StrideOf(stage) : 1;
        int dilation = IsDilated(stage) ? Spec.LastStageDilation : 1;
        bool isFirst = stage == 0 && index == 0;
        bool isLast = stage == Spec.BlocksPerStage.Count - 1 && index == Spec.BlocksPerStage[stage] - 1;
        return Spec.Block switch
        {
            BlockKind.Bottleneck => (new BottleneckBlock(inChannels, width, stride, norm, Spec.StrideOnFirstConvolution, dilation), width * BottleneckBlock.Expansion),
            BlockKind.PreActivation => (new PreActivationBlock(inChannels, width, stride, norm, Spec.NormBeforeFirstBlock || !isFirst, dilation, ends: isLast && Spec.Extras.Count == 0), width),
            _ => (new BasicBlock(inChannels, width, stride, norm, dilation), width),
        };
    }
}
