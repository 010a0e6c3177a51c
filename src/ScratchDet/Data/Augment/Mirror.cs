using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;

namespace ScratchDet.Data.Augment;

/// <summary>Numbers of <see cref="Mirror"/>.</summary>
public sealed record MirrorSpec
{
    public bool Enabled { get; init; } = true;

    [Range(0.0, 1.0)]
    public float Probability { get; init; } = 0.5f;
}

/// <summary>Swaps left and right.</summary>
public sealed class Mirror(MirrorSpec spec)
{
    public bool Draw(Random random) => spec.Enabled && random.NextSingle() < spec.Probability;

    /// <summary>Reverses every row in place.</summary>
    public static void InPlace(PlanarImage image)
    {
        Span<byte> pixels = image.Pixels;
        for (int start = 0; start < pixels.Length; start += image.Width)
            pixels.Slice(start, image.Width).Reverse();
    }

    /// <summary>A box in an image of this width, mirrored.</summary>
    public static Box Flip(Box box, float width) => new(width - box.XMax, box.YMin, width - box.XMin, box.YMax);

    /// <summary>A mirrored copy, or the input.</summary>
    public AnnotatedImage Apply(AnnotatedImage input, Random random) => Draw(random) ? Flip(input) : input;

    /// <summary>A mirrored copy.</summary>
    public static AnnotatedImage Flip(AnnotatedImage input)
    {
        var image = new PlanarImage(input.Image.Width, input.Image.Height, (byte[])input.Image.Pixels.Clone());
        InPlace(image);
        var objects = new ObjectAnnotation[input.Objects.Count];
        for (int i = 0; i < objects.Length; i++)
            objects[i] = input.Objects[i] with { Box = Flip(input.Objects[i].Box, image.Width) };
        return new AnnotatedImage(image, objects);
    }
}
