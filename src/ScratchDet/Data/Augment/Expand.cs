using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Data.Augment;

/// <summary>Numbers of <see cref="Expand"/>; the defaults are those of Caffe's SSD.</summary>
public sealed record ExpandSpec
{
    public bool Enabled { get; init; } = true;

    [Range(0.0, 1.0)]
    public float Probability { get; init; } = 0.5f;

    /// <summary>Both sides of the canvas are uniform(1, this) times the image's, so its area is up to the square of it.</summary>
    [Range(1.0, 16.0)]
    public float MaximumRatio { get; init; } = 4;
}

/// <summary>
/// Zoom out (Liu et al. 2016, section 3.6): the image at a random place on a canvas of up to 4 times its sides, filled
/// with the mean. Makes small objects out of large ones.
/// </summary>
public sealed class Expand(ExpandSpec spec, FillColor fill)
{
    /// <summary>The canvas in the coordinates of an image of this size: it starts at (0, 0) or to the upper left of it.</summary>
    public PixelWindow Draw(int width, int height, Random random)
    {
        var whole = new PixelWindow(0, 0, width, height);
        if (!spec.Enabled || random.NextSingle() >= spec.Probability) return whole;
        float ratio = 1 + (spec.MaximumRatio - 1) * random.NextSingle();
        if (ratio - 1 < 0.01f) return whole;   // as in the reference
        int canvasWidth = (int)(width * ratio), canvasHeight = (int)(height * ratio);
        int y = (int)MathF.Floor(random.NextSingle() * (canvasHeight - height));
        int x = (int)MathF.Floor(random.NextSingle() * (canvasWidth - width));
        return new PixelWindow(-x, -y, canvasWidth, canvasHeight);
    }

    /// <summary>The expanded image as pixels, with the boxes moved along. The pipeline draws only the window.</summary>
    public AnnotatedImage Apply(AnnotatedImage input, Random random)
    {
        PixelWindow canvas = Draw(input.Image.Width, input.Image.Height, random);
        var moved = new ObjectAnnotation[input.Objects.Count];
        for (int i = 0; i < moved.Length; i++)
            moved[i] = input.Objects[i] with { Box = canvas.Shift(input.Objects[i].Box) };
        return new AnnotatedImage(canvas.Render(input.Image, fill), moved);
    }
}
