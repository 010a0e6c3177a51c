using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;
using ScratchDet.Models.Backbones;
using ScratchDet.Models.Necks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>What a detector is. It builds its own module for a number of classes.</summary>
public sealed record DetectorSpec
{
    /// <summary>Side of the square input in pixels.</summary>
    [Range(32, 2048)]
    public int ImageSize { get; init; } = 300;

    public BackboneSpec Backbone { get; init; } = new VggSpec();

    /// <summary>Between the backbone and the head; null: nothing. Normalised as the extra layers are.</summary>
    public NeckSpec? Neck { get; init; }

    public HeadSpec Head { get; init; } = HeadSpec.Ssd;

    public NormPlacement Norm { get; init; } = NormPlacement.Nowhere;

    public BoxLayout Boxes { get; init; } = BoxLayout.Ssd300Voc;

    /// <summary>
    /// The backbone with its extra layers keeps its weights and running statistics, as DSSD's does while the deconvolution
    /// side is trained; neck and head alone are.
    /// </summary>
    public bool FreezeBackbone { get; init; }

    /// <summary>Start weights of the backbone and the neck.</summary>
    public InitKind Init { get; init; } = InitKind.Xavier;

    /// <summary>Start weights of the prediction convolutions.</summary>
    public InitKind HeadInit { get; init; } = InitKind.Xavier;

    /// <summary>Weights of the largest layer but for the predictions: told without allocating it, for specifications that come from a file.</summary>
    public double LargestLayerWeights => Math.Max(Backbone.LargestLayerWeights, Math.Max(Neck?.LargestLayerWeights ?? 0, Head.LargestLayerWeights));

    /// <summary>The default boxes for a backbone of this specification.</summary>
    /// <exception cref="ArgumentException">The image is too small for the maps, or boxes, neck or head do not fit them.</exception>
    public DefaultBoxSet BoxesFor(Backbone backbone)
    {
        IReadOnlyList<int> sides = backbone.MapSides(ImageSize);
        Head.Require(sides.Count);
        return new DefaultBoxSet(Boxes.ForMaps(ImageSize, sides));
    }

    /// <param name="classCount">Background counted: 21 for VOC.</param>
    /// <param name="generator">Source of the start weights.</param>
    /// <exception cref="ArgumentException">The image is too small for the maps, or boxes, neck or head do not fit them.</exception>
    public Detector Build(int classCount, Generator generator)
    {
        var detector = new Detector(this, classCount);
        Initialization.Apply(detector.Backbone, Init, generator);
        if (detector.Neck is { } neck) Initialization.Apply(neck, Init, generator);
        Initialization.Apply(detector.Head, HeadInit, generator);
        return detector;
    }
}

/// <summary>Raw outputs of a detector for a batch, before softmax and decoding.</summary>
/// <param name="BoxRegression">(N, A, 4) offsets against the default boxes.</param>
/// <param name="ClassLogits">(N, A, classes), class 0 is background.</param>
public readonly record struct RawDetections(Tensor BoxRegression, Tensor ClassLogits) : IDisposable
{
    public void Dispose()
    {
        BoxRegression.Dispose();
        ClassLogits.Dispose();
    }
}

/// <summary>
/// A single-shot detector: backbone, then a head over its detection maps. Gives raw outputs; losses, decoding and
/// metrics are elsewhere.
/// </summary>
public sealed class Detector : Module<Tensor, RawDetections>
{
    private readonly Backbone backbone;
    private readonly Neck? neck;
    private readonly PredictionHead head;

    /// <summary>Weights are as the layers start; <see cref="DetectorSpec.Build"/> draws them from a seed.</summary>
    public Detector(DetectorSpec spec, int classCount)
        : base(nameof(Detector))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        (Spec, ClassCount) = (spec, classCount);
        backbone = spec.Backbone.Build(spec.Norm);
        MapSides = backbone.MapSides(spec.ImageSize);
        DefaultBoxes = spec.BoxesFor(backbone);
        neck = spec.Neck?.Build(backbone.Channels, MapSides, spec.Norm.OfExtras);
        head = new PredictionHead(spec.Head, neck?.Channels ?? backbone.Channels, [.. MapSides.Select((_, map) => spec.Boxes.BoxesOnMap(map))], classCount, spec.Norm);
        RegisterComponents();
        if (!spec.FreezeBackbone) return;
        foreach (Parameter parameter in backbone.parameters()) parameter.requires_grad_(false);
        train();
    }

    public DetectorSpec Spec { get; }

    /// <summary>Background counted.</summary>
    public int ClassCount { get; }

    /// <summary>Side in cells of each detection map.</summary>
    public IReadOnlyList<int> MapSides { get; }

    public DefaultBoxSet DefaultBoxes { get; }

    public Backbone Backbone => backbone;

    public Neck? Neck => neck;

    public Module Head => head;

    /// <summary>A frozen backbone stays in evaluation mode.</summary>
    public override void train(bool train = true)
    {
        base.train(train);
        if (Spec.FreezeBackbone) backbone.eval();
    }

    /// <summary>Normalised images (N, 3, S, S) -> raw outputs for A default boxes.</summary>
    /// <exception cref="ArgumentException">The images are of another size, so that predictions and default boxes differ in number.</exception>
    public override RawDetections forward(Tensor images)
    {
        Tensor[] maps = MapsOf(images);
        try
        {
            RawDetections raw = head.call(maps);
            long predictions = raw.BoxRegression.shape[1];
            if (predictions == DefaultBoxes.Count) return raw;
            raw.Dispose();
            throw new ArgumentException($"{predictions} predictions, {DefaultBoxes.Count} default boxes: the maps are {string.Join(", ", maps.Select(map => map.shape[2]))} cells wide, the default boxes are for {string.Join(", ", MapSides)}");
        }
        finally
        {
            foreach (Tensor map in maps) map.Dispose();
        }
    }

    /// <summary>Normalised images (N, 3, S, S) -> the maps that the head sees, finest first; the caller disposes them.</summary>
    public Tensor[] MapsOf(Tensor images)
    {
        Tensor[] maps = backbone.call(images);
        if (neck is null) return maps;
        Tensor[] joined = [];
        try
        {
            joined = neck.call(maps);
            return joined;
        }
        finally
        {
            foreach (Tensor map in maps)
            {
                if (!joined.Contains(map, ReferenceEqualityComparer.Instance)) map.Dispose();
            }
        }
    }
}
