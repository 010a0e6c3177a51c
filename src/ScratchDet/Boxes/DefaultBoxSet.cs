namespace ScratchDet.Boxes;

/// <summary>
/// The default boxes of one spec, generated once and laid out for matching: corners and areas in pixels of the spec's
/// image, one array each. Immutable, so that loader threads can share it.
/// </summary>
public sealed class DefaultBoxSet
{
    private readonly float[] cxcywh;

    /// <exception cref="ArgumentException">See <see cref="DefaultBoxSpec.Generate"/>.</exception>
    public DefaultBoxSet(DefaultBoxSpec spec)
    {
        Spec = spec;
        cxcywh = spec.Generate();
        Count = cxcywh.Length / 4;
        (XMin, YMin, XMax, YMax, Area) = (new float[Count], new float[Count], new float[Count], new float[Count], new float[Count]);
        for (int i = 0; i < Count; i++)
        {
            // Same operations in the same order and precision as torchvision, so that IoUs near a threshold agree.
            float centerX = cxcywh[4 * i], centerY = cxcywh[4 * i + 1];
            float halfWidth = 0.5f * cxcywh[4 * i + 2], halfHeight = 0.5f * cxcywh[4 * i + 3];
            XMin[i] = (centerX - halfWidth) * spec.ImageWidth;
            YMin[i] = (centerY - halfHeight) * spec.ImageHeight;
            XMax[i] = (centerX + halfWidth) * spec.ImageWidth;
            YMax[i] = (centerY + halfHeight) * spec.ImageHeight;
            Area[i] = (XMax[i] - XMin[i]) * (YMax[i] - YMin[i]);
        }
    }

    public DefaultBoxSpec Spec { get; }

    public int Count { get; }

    /// <summary>Count x 4 values cx, cy, w, h, normalised to the image.</summary>
    public ReadOnlySpan<float> Cxcywh => cxcywh;

    /// <summary>One default box in pixels of the spec's image.</summary>
    public Box this[int index] => new(XMin[index], YMin[index], XMax[index], YMax[index]);

    internal float[] XMin { get; }

    internal float[] YMin { get; }

    internal float[] XMax { get; }

    internal float[] YMax { get; }

    internal float[] Area { get; }
}
