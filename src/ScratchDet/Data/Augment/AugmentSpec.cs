namespace ScratchDet.Data.Augment;

/// <summary>
/// The whole augmentation as one immutable value, in the order in which it happens: distort, expand, crop, resize,
/// mirror, normalise. Each part has its own switch.
/// </summary>
public sealed record AugmentSpec
{
    public PhotometricSpec Photometric { get; init; } = new();

    public ExpandSpec Expand { get; init; } = new();

    public CropSpec Crop { get; init; } = new();

    public ResizeSpec Resize { get; init; } = new() { Interpolations = Interpolation.All };

    public MirrorSpec Mirror { get; init; } = new();

    public Normalization Normalization { get; init; } = new();

    /// <summary>SSD's training augmentation as Caffe's reference does it (Liu et al. 2016, sections 2.2 and 3.6).</summary>
    public static AugmentSpec Ssd { get; } = new();

    /// <summary>Resize (linear) and nothing else: also what testing uses.</summary>
    public static AugmentSpec None { get; } = new()
    {
        Photometric = new PhotometricSpec { Enabled = false },
        Expand = new ExpandSpec { Enabled = false },
        Crop = new CropSpec { Enabled = false },
        Resize = new ResizeSpec(),
        Mirror = new MirrorSpec { Enabled = false },
    };

    /// <summary>Resize (linear) and mirror.</summary>
    public static AugmentSpec FlipOnly { get; } = None with { Mirror = new MirrorSpec() };

    /// <summary>What the images of this spec get at test time: linear resize and the same normalisation.</summary>
    public AugmentSpec ForTest() => None with { Resize = None.Resize with { Enabled = Resize.Enabled }, Normalization = Normalization };
}
