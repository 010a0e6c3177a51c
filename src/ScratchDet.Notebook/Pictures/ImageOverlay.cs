using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Data.Synthetic;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>
/// An image with things drawn over it, in the order in which they were added; names and scores come on top. Boxes and
/// points are in pixels of the image. Nothing is changed: each method gives a new overlay, and the image stays as it is.
/// </summary>
/// <example><c>ImageOverlay.Of(image, names).GroundTruth(sample.Objects).Detections(found)</c></example>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed class ImageOverlay : IDisplayable
{
    private const int WantedSide = 384;
    private const int LongestSide = 900;
    private static readonly IReadOnlyList<string> NoNames = [];

    private readonly PlanarImage image;
    private readonly IReadOnlyList<string> classNames;

    private ImageOverlay(PlanarImage image, IReadOnlyList<string> classNames) => (this.image, this.classNames) = (image, classNames);

    private IReadOnlyList<OverlayLayer> Layers { get; init; } = [];

    private int Magnification { get; init; }

    private string CaptionText { get; init; } = "";

    /// <summary>
    /// Small images are magnified by a whole number (to about 384 px), those of more than 900 px are made smaller.
    /// </summary>
    /// <param name="classNames">For the labels; without them a class is "class 3".</param>
    public static ImageOverlay Of(PlanarImage image, IReadOnlyList<string>? classNames = null) => new(image, classNames ?? NoNames);

    public static ImageOverlay Of(AnnotatedImage annotated, IReadOnlyList<string>? classNames = null) => Of(annotated.Image, classNames).GroundTruth(annotated.Objects);

    /// <summary>A picture of shapes with masks and keypoints.</summary>
    public static ImageOverlay Of(SyntheticShapesImage shapes)
    {
        ImageOverlay overlay = Of(shapes.Image, SyntheticShapes.ClassNames).Masks([.. shapes.Objects.Select(item => item.Mask)]);
        for (int index = 0; index < shapes.Objects.Count; index++)
        {
            ShapeObject item = shapes.Objects[index];
            OverlayKeypoint?[] points = [.. item.Keypoints.Select(point => point.Visibility == 0 ? (OverlayKeypoint?)null : new OverlayKeypoint(point.X, point.Y, point.Visibility == 2))];
            overlay = overlay.Keypoints(points, SyntheticShapes.Categories[item.ClassIndex].Skeleton, index);
        }
        return overlay;
    }

    /// <summary>The objects; their classes are written beside them as long as no detections are drawn too.</summary>
    public ImageOverlay GroundTruth(IReadOnlyList<ObjectAnnotation> objects) => Add(new GroundTruthLayer(objects, classNames));

    /// <summary>Objects in the colours of their classes, without names: for small pictures beside a legend.</summary>
    internal ImageOverlay GroundTruthColours(IReadOnlyList<ObjectAnnotation> objects) => Add(new GroundTruthLayer(objects, classNames) { WithNames = false });

    /// <param name="scoreThreshold">Detections below are left out.</param>
    public ImageOverlay Detections(IReadOnlyList<Detection> detections, float scoreThreshold = 0.5f) =>
        Add(new DetectionLayer([.. detections.Where(found => found.Score >= scoreThreshold).OrderByDescending(found => found.Score)], classNames));

    /// <summary>The default boxes of one cell.</summary>
    /// <param name="map">0 for the finest detection map.</param>
    public ImageOverlay DefaultBoxes(DefaultBoxSet defaultBoxes, int map, int row, int column) =>
        DefaultBoxes(defaultBoxes, DefaultBoxView.IndicesOfCell(defaultBoxes.Spec, map, row, column));

    /// <param name="indices">0-based, in the order of <see cref="DefaultBoxSet"/>.</param>
    public ImageOverlay DefaultBoxes(DefaultBoxSet defaultBoxes, IReadOnlyList<int> indices) =>
        Add(new DefaultBoxLayer(defaultBoxes, indices, image.Width, image.Height));

    /// <summary>Which default box matched which object: positives in the colour of their object, ignored ones grey and dashed, hard negatives thin and red.</summary>
    public ImageOverlay Matches(DefaultBoxMatches matches) => Add(new MatchLayer(matches, image.Width, image.Height));

    /// <param name="masks">Each row-major height x width of the image, not 0 is inside.</param>
    /// <param name="opacity">0 to 1: the share of the colour inside a mask; its rim has all of it.</param>
    /// <exception cref="ArgumentException">A mask is of another size.</exception>
    public ImageOverlay Masks(IReadOnlyList<byte[]> masks, double opacity = 0.45)
    {
        if (opacity is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "the opacity is from 0 to 1");
        foreach (byte[] mask in masks)
            if (mask.Length != image.Width * image.Height)
                throw new ArgumentException($"a mask of {mask.Length} pixels for an image of {image.Height} x {image.Width}", nameof(masks));
        return Add(new MaskLayer(masks, image.Width, image.Height, opacity));
    }

    /// <param name="masks">(N, H, W) or (H, W), of any type; above the threshold is inside.</param>
    public ImageOverlay Masks(Tensor masks, double threshold = 0.5, double opacity = 0.45)
    {
        if (masks.ndim is not (2 or 3)) throw new ArgumentException($"masks of shape ({string.Join(", ", masks.shape)}); (N, H, W) or (H, W) is wanted", nameof(masks));
        using Tensor plain = masks.detach();
        using Tensor numbers = plain.to(ScalarType.Float64, CPU);
        using Tensor packed = numbers.contiguous();
        ReadOnlySpan<double> values = packed.AsSpan<double>();
        int pixels = checked((int)(masks.shape[^1] * masks.shape[^2]));
        var all = new byte[masks.ndim == 2 ? 1 : (int)masks.shape[0]][];
        for (int index = 0; index < all.Length; index++)
        {
            all[index] = new byte[pixels];
            ReadOnlySpan<double> from = values.Slice(index * pixels, pixels);
            for (int place = 0; place < pixels; place++) all[index][place] = from[place] > threshold ? (byte)1 : (byte)0;
        }
        return Masks(all, opacity);
    }

    /// <summary>The keypoints of one object.</summary>
    /// <param name="points">Null: not in the picture.</param>
    /// <param name="skeleton">Pairs of 0-based points to be joined.</param>
    /// <exception cref="ArgumentException">The skeleton names a point that is not there.</exception>
    public ImageOverlay Keypoints(IReadOnlyList<OverlayKeypoint?> points, IReadOnlyList<(int From, int To)> skeleton, int colourIndex = 0)
    {
        foreach ((int from, int to) in skeleton)
            if (from < 0 || to < 0 || from >= points.Count || to >= points.Count)
                throw new ArgumentException($"the skeleton joins points {from} and {to} of {points.Count}", nameof(skeleton));
        return Add(new KeypointLayer(points, skeleton, colourIndex));
    }

    /// <summary>Each image pixel becomes a square of so many.</summary>
    public ImageOverlay Magnify(int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        return new ImageOverlay(image, classNames) { Layers = Layers, Magnification = factor, CaptionText = CaptionText };
    }

    public ImageOverlay Caption(string text) => new(image, classNames) { Layers = Layers, Magnification = Magnification, CaptionText = text };

    /// <summary>Draws everything.</summary>
    public Picture ToPicture()
    {
        IReadOnlyList<OverlayLayer> layers = Layers.Any(layer => layer is DetectionLayer or MatchLayer)
            ? [.. Layers.Select(layer => layer is GroundTruthLayer truth ? truth with { IsDashed = true, WithNames = false } : layer)]
            : Layers;
        var canvas = new PictureCanvas(Enlarged());
        var scale = new PictureScale((double)canvas.Width / image.Width, (double)canvas.Height / image.Height);
        foreach (OverlayLayer layer in layers) layer.Draw(canvas, scale);
        var taken = new List<PixelRectangle>();
        foreach (OverlayLayer layer in layers) layer.Label(canvas, scale, taken);
        string what = layers.Count == 0 ? "a picture" : string.Join(", ", layers.GroupBy(layer => layer.GetType()).Select(SummaryOf));
        return new Picture(canvas.Image, string.Create(CultureInfo.InvariantCulture, $"{what}{(layers.Count == 0 ? "" : " on a picture")} of {image.Width} x {image.Height} px"))
        {
            Caption = CaptionText,
            Details = [.. layers.SelectMany(layer => layer.Describe())],
            Legend = [.. layers.SelectMany(layer => layer.Legend)],
        };
    }

    public MimeBundle ToMimeBundle() => ToPicture().ToMimeBundle();

    private static string SummaryOf(IGrouping<Type, OverlayLayer> same)
    {
        if (same.Count() == 1) return same.First().Summary;
        int points = same.OfType<KeypointLayer>().Sum(layer => layer.Points.Count(point => point is not null));
        return points > 0 ? ViewMarkup.Count(points, "keypoint") : string.Join(", ", same.Select(layer => layer.Summary));
    }

    private ImageOverlay Add(OverlayLayer layer) => new(image, classNames) { Layers = [.. Layers, layer], Magnification = Magnification, CaptionText = CaptionText };

    /// <summary>A copy of the image at the size at which it is drawn.</summary>
    private PlanarImage Enlarged()
    {
        int longer = Math.Max(image.Width, image.Height);
        if (Magnification == 0 && longer > LongestSide)
        {
            double share = (double)LongestSide / longer;
            return Resize.Apply(image, Math.Max(1, (int)(image.Width * share)), Math.Max(1, (int)(image.Height * share)), Interpolation.Area);
        }
        return DetectionOverlay.Magnify(image, Magnification > 0 ? Magnification : Math.Max(1, (WantedSide + (longer / 2)) / longer));
    }
}
