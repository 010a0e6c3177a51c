using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;
using ScratchDet.Models.Backbones;
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

    public NormPlacement Norm { get; init; } = NormPlacement.Nowhere;

    public BoxLayout Boxes { get; init; } = BoxLayout.Ssd300Voc;

    /// <summary>Start weights of the backbone.</summary>
    public InitKind Init { get; init; } = InitKind.Xavier;

    /// <summary>Start weights of the prediction convolutions.</summary>
    public InitKind HeadInit { get; init; } = InitKind.Xavier;

    /// <param name="classCount">Background counted: 21 for VOC.</param>
    /// <param name="generator">Source of the start weights.</param>
    /// <exception cref="ArgumentException">The image is too small for the maps, or box sizes do not fit them.</exception>
    public Detector Build(int classCount, Generator generator)
    {
        var detector = new Detector(this, classCount);
        Initialization.Apply(detector.Backbone, Init, generator);
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
    private readonly PredictionHead head;

    /// <summary>Weights are as the layers start; <see cref="DetectorSpec.Build"/> draws them from a seed.</summary>
    public Detector(DetectorSpec spec, int classCount)
        : base(nameof(Detector))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        (Spec, ClassCount) = (spec, classCount);
        backbone = spec.Backbone.Build(spec.Norm);
        MapSides = backbone.MapSides(spec.ImageSize);
        DefaultBoxes = new DefaultBoxSet(spec.Boxes.ForMaps(spec.ImageSize, MapSides));
        head = new PredictionHead(backbone.Channels, [.. MapSides.Select((_, map) => spec.Boxes.BoxesOnMap(map))], classCount, spec.Norm.OfHead);
        RegisterComponents();
    }

    public DetectorSpec Spec { get; }

    /// <summary>Background counted.</summary>
    public int ClassCount { get; }

    /// <summary>Side in cells of each detection map.</summary>
    public IReadOnlyList<int> MapSides { get; }

    public DefaultBoxSet DefaultBoxes { get; }

    public Backbone Backbone => backbone;

    public Module Head => head;

    /// <summary>Normalised images (N, 3, S, S) -> raw outputs for A default boxes.</summary>
    /// <exception cref="ArgumentException">The images are of another size, so that predictions and default boxes differ in number.</exception>
    public override RawDetections forward(Tensor images)
    {
        Tensor[] maps = backbone.call(images);
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

    /// <summary>The two halves of the head.</summary>
    private sealed class PredictionHead : Module<Tensor[], RawDetections>
    {
        private readonly SsdHead boxes;
        private readonly SsdHead classes;

        public PredictionHead(IReadOnlyList<long> channels, IReadOnlyList<int> boxesPerCell, int classCount, NormLayerSpec norm)
            : base(nameof(PredictionHead))
        {
            boxes = new SsdHead(channels, boxesPerCell, 4, norm);
            classes = new SsdHead(channels, boxesPerCell, classCount, norm);
            RegisterComponents();
        }

        public override RawDetections forward(Tensor[] maps) => new(boxes.call(maps), classes.call(maps));
    }
}
