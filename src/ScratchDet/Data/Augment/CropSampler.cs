using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;

namespace ScratchDet.Data.Augment;

/// <summary>Numbers of <see cref="CropSampler"/>; the defaults are those of Caffe's SSD.</summary>
public sealed record CropSpec : IValidatableObject
{
    public bool Enabled { get; init; } = true;

    /// <summary>Square root of the crop's share of the image's area.</summary>
    [Range(0.01, 1.0)]
    public float MinimumScale { get; init; } = 0.3f;

    [Range(0.01, 1.0)]
    public float MaximumScale { get; init; } = 1;

    /// <summary>Width to height, both as shares of the image; limited to scale^2 .. 1 / scale^2 so that the crop fits.</summary>
    [Range(0.01, 100.0)]
    public float MinimumAspectRatio { get; init; } = 0.5f;

    [Range(0.01, 100.0)]
    public float MaximumAspectRatio { get; init; } = 2;

    /// <summary>Boxes that one sampler tries before it gives up.</summary>
    [Range(1, 10_000)]
    public int Trials { get; init; } = 50;

    /// <summary>A bug of the PyTorch ports, by name: the rule joins "least IoU too small" and "greatest IoU above infinity" by AND, so no crop is ever rejected.</summary>
    public bool NeverRejects { get; init; }

    /// <summary>A bug of the PyTorch ports, by name: the list of least IoUs is 0.1, 0.3, 0.7, 0.9.</summary>
    public bool OmitsHalfLevel { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinimumScale > MaximumScale) yield return new ValidationResult(FormattableString.Invariant($"MinimumScale {MinimumScale} is above MaximumScale {MaximumScale}"));
        if (MinimumAspectRatio > MaximumAspectRatio) yield return new ValidationResult(FormattableString.Invariant($"MinimumAspectRatio {MinimumAspectRatio} is above MaximumAspectRatio {MaximumAspectRatio}"));
    }
}

/// <summary>
/// The crop of SSD (Liu et al. 2016, section 2.2; Caffe's batch sampler): seven samplers (the whole image; least IoU
/// 0.1, 0.3, 0.5, 0.7, 0.9; free) each keep at most one box, and one of the kept boxes is picked uniformly.
/// </summary>
public sealed class CropSampler(CropSpec spec)
{
    private static ReadOnlySpan<float> MinimumIous => [0.1f, 0.3f, 0.5f, 0.7f, 0.9f];

    /// <summary>
    /// The crop in whole pixels, inside an image of this size. An image without objects is never cropped: the IoU rules
    /// hold for at least one object, and even the free sampler has one (greatest IoU 1).
    /// </summary>
    /// <param name="objects">Boxes in pixels of the image that is cropped.</param>
    public PixelWindow Draw(int width, int height, IReadOnlyList<ObjectAnnotation> objects, Random random)
    {
        var whole = new PixelWindow(0, 0, width, height);
        if (!spec.Enabled || objects.Count == 0) return whole;
        Span<Box> kept = stackalloc Box[MinimumIous.Length + 2];
        kept[0] = new Box(0, 0, width, height);
        int count = 1;
        foreach (float minimumIou in MinimumIous)
        {
            if (spec.OmitsHalfLevel && minimumIou == 0.5f) continue;
            for (int trial = 0; trial < spec.Trials; trial++)
            {
                Box crop = Sample(random).Scale(width, height);
                if (!Accepts(crop, objects, minimumIou)) continue;
                kept[count++] = crop;
                break;
            }
        }
        kept[count++] = Sample(random).Scale(width, height);
        int picked = random.Next(count);
        return picked == 0 ? whole : Snap(kept[picked], width, height);
    }

    /// <summary>True when at least one object has this IoU with the crop (always, under <see cref="CropSpec.NeverRejects"/>).</summary>
    public bool Accepts(Box crop, IReadOnlyList<ObjectAnnotation> objects, float minimumIou)
    {
        if (spec.NeverRejects) return true;
        for (int i = 0; i < objects.Count; i++)
            if (crop.Iou(objects[i].Box) >= minimumIou) return true;
        return false;
    }

    /// <summary>A random crop in the unit square.</summary>
    public Box Sample(Random random)
    {
        float scale = Uniform(random, spec.MinimumScale, spec.MaximumScale);
        float ratio = Uniform(random, spec.MinimumAspectRatio, spec.MaximumAspectRatio);
        ratio = Math.Clamp(ratio, scale * scale, 1 / (scale * scale));
        float root = MathF.Sqrt(ratio);
        float width = MathF.Min(1, scale * root), height = MathF.Min(1, scale / root);
        float x = Uniform(random, 0, 1 - width), y = Uniform(random, 0, 1 - height);
        return new Box(x, y, x + width, y + height);
    }

    /// <summary>
    /// The objects whose centre is inside the window, clipped to it and in its coordinates; the others are dropped.
    /// </summary>
    public static List<ObjectAnnotation> Keep(IReadOnlyList<ObjectAnnotation> objects, PixelWindow window)
    {
        var kept = new List<ObjectAnnotation>(objects.Count);
        for (int i = 0; i < objects.Count; i++)
        {
            Box box = window.Shift(objects[i].Box);
            if (box.CenterX < 0 || box.CenterX > window.Width || box.CenterY < 0 || box.CenterY > window.Height) continue;
            box = box.Clip(window.Width, window.Height);
            if (box.Area > 0) kept.Add(objects[i] with { Box = box });
        }
        return kept;
    }

    /// <summary>The cropped image as pixels. The pipeline draws only the window.</summary>
    public AnnotatedImage Apply(AnnotatedImage input, Random random)
    {
        PixelWindow window = Draw(input.Image.Width, input.Image.Height, input.Objects, random);
        return new AnnotatedImage(window.Render(input.Image, default), Keep(input.Objects, window));
    }

    // The reference cuts pixels at truncated corners but keeps the boxes relative to the untruncated crop, up to a pixel
    // apart; here boxes and pixels share the truncated window.
    private static PixelWindow Snap(Box crop, int width, int height)
    {
        int x = Math.Clamp((int)crop.XMin, 0, width - 1), y = Math.Clamp((int)crop.YMin, 0, height - 1);
        return new PixelWindow(x, y, Math.Clamp((int)crop.Width, 1, width - x), Math.Clamp((int)crop.Height, 1, height - y));
    }

    private static float Uniform(Random random, float lower, float upper) => lower + (upper - lower) * random.NextSingle();
}
