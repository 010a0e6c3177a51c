using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Data.Augment;

/// <summary>Numbers of <see cref="PhotometricDistortion"/>; the defaults are those of Caffe's SSD. A probability of 0 switches a step off.</summary>
public sealed record PhotometricSpec : IValidatableObject
{
    public bool Enabled { get; init; } = true;

    [Range(0.0, 1.0)]
    public float BrightnessProbability { get; init; } = 0.5f;

    /// <summary>Adds uniform(-delta, delta) grey levels.</summary>
    [Range(0.0, 255.0)]
    public float BrightnessDelta { get; init; } = 32;

    [Range(0.0, 1.0)]
    public float ContrastProbability { get; init; } = 0.5f;

    [Range(0.0, 100.0)]
    public float ContrastLower { get; init; } = 0.5f;

    [Range(0.0, 100.0)]
    public float ContrastUpper { get; init; } = 1.5f;

    [Range(0.0, 1.0)]
    public float SaturationProbability { get; init; } = 0.5f;

    [Range(0.0, 100.0)]
    public float SaturationLower { get; init; } = 0.5f;

    [Range(0.0, 100.0)]
    public float SaturationUpper { get; init; } = 1.5f;

    [Range(0.0, 1.0)]
    public float HueProbability { get; init; } = 0.5f;

    /// <summary>Adds uniform(-delta, delta) to the 8-bit hue 0..179, whose step is two degrees: 18 are 36 degrees.</summary>
    [Range(0.0, 360.0)]
    public float HueDelta { get; init; } = 18;

    /// <summary>The reference switches this off; the PyTorch ports shuffle with probability 0.5.</summary>
    [Range(0.0, 1.0)]
    public float ChannelShuffleProbability { get; init; }

    /// <summary>A bug of the PyTorch ports, by name: <see cref="HueDelta"/> is taken as degrees, half the range, and the hue wraps around instead of saturating.</summary>
    public bool HueDeltaInDegreesWrapping { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ContrastLower > ContrastUpper) yield return new ValidationResult(FormattableString.Invariant($"ContrastLower {ContrastLower} is above ContrastUpper {ContrastUpper}"));
        if (SaturationLower > SaturationUpper) yield return new ValidationResult(FormattableString.Invariant($"SaturationLower {SaturationLower} is above SaturationUpper {SaturationUpper}"));
    }
}

/// <summary>
/// Photometric distortion of SSD (Liu et al. 2016, section 2.2; Caffe's data layer): brightness, contrast, saturation,
/// hue, or by a coin brightness, saturation, hue, contrast; then a channel shuffle. Every step works on 8 bits and
/// saturates, as in the reference.
/// </summary>
public sealed class PhotometricDistortion(PhotometricSpec spec)
{
    /// <summary>A distorted copy; the image itself when the draw changes nothing. The boxes do not move.</summary>
    public PlanarImage Apply(PlanarImage image, Random random) =>
        Apply(image, random, (width, height) => new PlanarImage(width, height, GC.AllocateUninitializedArray<byte>(PlanarImage.Channels * width * height)));

    /// <param name="allocate">Makes the image that receives the copy; called at most once.</param>
    internal PlanarImage Apply(PlanarImage image, Random random, Func<int, int, PlanarImage> allocate)
    {
        if (!spec.Enabled) return image;
        // All is drawn before any pixel is touched, so that the generator's state does not depend on the pixels.
        bool contrastFirst = random.NextSingle() < 0.5f;
        float brightness = Draw(random, spec.BrightnessProbability, -spec.BrightnessDelta, spec.BrightnessDelta, unchanged: 0);
        float contrast = Draw(random, spec.ContrastProbability, spec.ContrastLower, spec.ContrastUpper, unchanged: 1);
        float saturation = Draw(random, spec.SaturationProbability, spec.SaturationLower, spec.SaturationUpper, unchanged: 1);
        float hue = Draw(random, spec.HueProbability, -spec.HueDelta, spec.HueDelta, unchanged: 0);
        int[]? channelOrder = random.NextSingle() < spec.ChannelShuffleProbability ? Permutation.Of(PlanarImage.Channels, random) : null;
        if (brightness == 0 && contrast == 1 && saturation == 1 && hue == 0 && channelOrder is null) return image;

        PlanarImage distorted = allocate(image.Width, image.Height);
        image.Pixels.CopyTo(distorted.Pixels, 0);
        AdjustBrightness(distorted, brightness);
        if (contrastFirst) AdjustContrast(distorted, contrast);
        AdjustSaturation(distorted, saturation);
        AdjustHue(distorted, hue, spec.HueDeltaInDegreesWrapping);
        if (!contrastFirst) AdjustContrast(distorted, contrast);
        return channelOrder is null ? distorted : WithChannels(distorted, channelOrder);
    }

    /// <summary>Adds grey levels in place.</summary>
    public static void AdjustBrightness(PlanarImage image, float delta)
    {
        if (delta != 0) Colors.ScaleAndShift(image.Pixels, 1, delta);
    }

    /// <summary>Multiplies every value in place.</summary>
    public static void AdjustContrast(PlanarImage image, float factor)
    {
        if (factor != 1) Colors.ScaleAndShift(image.Pixels, factor, 0);
    }

    /// <summary>Multiplies S of the 8-bit HSV in place.</summary>
    public static void AdjustSaturation(PlanarImage image, float factor)
    {
        if (factor != 1) Colors.EditHsv(image, factor, hueShift: 0);
    }

    /// <summary>Adds to H of the 8-bit HSV in place: steps of two degrees, saturating at red (see <see cref="Colors.EditHsv(PlanarImage, float, float, bool)"/>).</summary>
    /// <param name="inDegreesWrapping">The ports' bug: delta in degrees, wrapping around.</param>
    public static void AdjustHue(PlanarImage image, float delta, bool inDegreesWrapping = false)
    {
        if (delta != 0) Colors.EditHsv(image, 1, inDegreesWrapping ? delta / 2 : delta, inDegreesWrapping);
    }

    /// <summary>A copy whose channel i is channel <c>order[i]</c> of the image.</summary>
    public static PlanarImage WithChannels(PlanarImage image, ReadOnlySpan<int> order)
    {
        var shuffled = new PlanarImage(image.Width, image.Height, GC.AllocateUninitializedArray<byte>(image.Pixels.Length));
        for (int channel = 0; channel < PlanarImage.Channels; channel++)
            image.Plane(order[channel]).CopyTo(shuffled.Plane(channel));
        return shuffled;
    }

    private static float Draw(Random random, float probability, float lower, float upper, float unchanged) =>
        random.NextSingle() < probability ? lower + (upper - lower) * random.NextSingle() : unchanged;
}
