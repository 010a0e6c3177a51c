namespace ScratchDet.Boxes;

/// <summary>
/// The regression targets of SSD (arXiv 1512.02325, section 2.2): offsets of a box from its default box, divided by the
/// variances: (dcx / w) / 0.1, (dcy / h) / 0.1, ln(w' / w) / 0.2, ln(h' / h) / 0.2. All boxes are in one unit
/// (normalised to the image); offsets have none.
/// </summary>
/// <param name="MaxLogScale">Upper bound of ln(w' / w) and ln(h' / h) when decoding; the reference has none.</param>
public sealed record BoxCoder(
    float CenterVariance = 0.1f, float SizeVariance = 0.2f, float MaxLogScale = float.PositiveInfinity)
{
    /// <summary>Caffe SSD: variances 0.1, 0.1, 0.2, 0.2, no bound.</summary>
    public static BoxCoder Reference { get; } = new();

    /// <summary>torchvision: the same variances; a decoded side is at most 1000/16 of the default box's.</summary>
    public static BoxCoder Torchvision { get; } = new(MaxLogScale: (float)Math.Log(1000.0 / 16));

    /// <summary>Encodes n boxes against their n default boxes; every span holds n x 4 values.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void Encode(ReadOnlySpan<float> boxesXyxy, ReadOnlySpan<float> defaultBoxesCxcywh, Span<float> offsets)
    {
        RequireSameBoxes(boxesXyxy, defaultBoxesCxcywh.Length, nameof(defaultBoxesCxcywh));
        RequireSameBoxes(boxesXyxy, offsets.Length, nameof(offsets));
        for (int i = 0; i < boxesXyxy.Length; i += 4)
        {
            var box = new Box(boxesXyxy[i], boxesXyxy[i + 1], boxesXyxy[i + 2], boxesXyxy[i + 3]);
            EncodeBox(box, defaultBoxesCxcywh.Slice(i, 4), offsets.Slice(i, 4));
        }
    }

    /// <summary>Decodes n offsets against their n default boxes; every span holds n x 4 values.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void Decode(ReadOnlySpan<float> offsets, ReadOnlySpan<float> defaultBoxesCxcywh, Span<float> boxesXyxy)
    {
        RequireSameBoxes(offsets, defaultBoxesCxcywh.Length, nameof(defaultBoxesCxcywh));
        RequireSameBoxes(offsets, boxesXyxy.Length, nameof(boxesXyxy));
        for (int i = 0; i < offsets.Length; i += 4)
        {
            Box box = DecodeBox(offsets.Slice(i, 4), defaultBoxesCxcywh.Slice(i, 4));
            boxesXyxy[i] = box.XMin;
            boxesXyxy[i + 1] = box.YMin;
            boxesXyxy[i + 2] = box.XMax;
            boxesXyxy[i + 3] = box.YMax;
        }
    }

    /// <summary>One box against one default box (cx, cy, w, h) in the same unit; writes 4 offsets.</summary>
    public void EncodeBox(Box box, ReadOnlySpan<float> defaultBoxCxcywh, Span<float> offsets)
    {
        float width = defaultBoxCxcywh[2], height = defaultBoxCxcywh[3];
        offsets[0] = (box.CenterX - defaultBoxCxcywh[0]) / width / CenterVariance;
        offsets[1] = (box.CenterY - defaultBoxCxcywh[1]) / height / CenterVariance;
        offsets[2] = MathF.Log(box.Width / width) / SizeVariance;
        offsets[3] = MathF.Log(box.Height / height) / SizeVariance;
    }

    /// <summary>The box that 4 offsets mean, in the unit of the default box (cx, cy, w, h).</summary>
    public Box DecodeBox(ReadOnlySpan<float> offsets, ReadOnlySpan<float> defaultBoxCxcywh)
    {
        float width = defaultBoxCxcywh[2], height = defaultBoxCxcywh[3];
        float centerX = offsets[0] * CenterVariance * width + defaultBoxCxcywh[0];
        float centerY = offsets[1] * CenterVariance * height + defaultBoxCxcywh[1];
        float halfWidth = 0.5f * width * MathF.Exp(MathF.Min(offsets[2] * SizeVariance, MaxLogScale));
        float halfHeight = 0.5f * height * MathF.Exp(MathF.Min(offsets[3] * SizeVariance, MaxLogScale));
        return new Box(centerX - halfWidth, centerY - halfHeight, centerX + halfWidth, centerY + halfHeight);
    }

    private static void RequireSameBoxes(ReadOnlySpan<float> boxes, int otherLength, string otherName)
    {
        if (boxes.Length % 4 != 0) throw new ArgumentException($"{boxes.Length} values are no whole number of boxes of 4");
        if (otherLength != boxes.Length) throw new ArgumentException($"{otherLength} values for {boxes.Length / 4} boxes of 4", otherName);
    }
}
