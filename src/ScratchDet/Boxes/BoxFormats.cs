namespace ScratchDet.Boxes;

/// <summary>
/// Conversions between corner boxes (xyxy: x min, y min, x max, y max) and centre boxes (cxcywh), n x 4 values in any
/// one unit. Source and destination may be the same memory.
/// </summary>
public static class BoxFormats
{
    /// <exception cref="ArgumentException">The lengths differ or are no multiple of 4.</exception>
    public static void CxcywhToXyxy(ReadOnlySpan<float> boxesCxcywh, Span<float> boxesXyxy)
    {
        RequireSameBoxes(boxesCxcywh, boxesXyxy.Length, nameof(boxesXyxy));
        for (int i = 0; i < boxesCxcywh.Length; i += 4)
        {
            ReadOnlySpan<float> box = boxesCxcywh.Slice(i, 4);
            float centerX = box[0], centerY = box[1], halfWidth = 0.5f * box[2], halfHeight = 0.5f * box[3];
            boxesXyxy[i] = centerX - halfWidth;
            boxesXyxy[i + 1] = centerY - halfHeight;
            boxesXyxy[i + 2] = centerX + halfWidth;
            boxesXyxy[i + 3] = centerY + halfHeight;
        }
    }

    /// <exception cref="ArgumentException">The lengths differ or are no multiple of 4.</exception>
    public static void XyxyToCxcywh(ReadOnlySpan<float> boxesXyxy, Span<float> boxesCxcywh)
    {
        RequireSameBoxes(boxesXyxy, boxesCxcywh.Length, nameof(boxesCxcywh));
        for (int i = 0; i < boxesXyxy.Length; i += 4)
        {
            ReadOnlySpan<float> box = boxesXyxy.Slice(i, 4);
            float xMin = box[0], yMin = box[1], xMax = box[2], yMax = box[3];
            boxesCxcywh[i] = (xMin + xMax) / 2;
            boxesCxcywh[i + 1] = (yMin + yMax) / 2;
            boxesCxcywh[i + 2] = xMax - xMin;
            boxesCxcywh[i + 3] = yMax - yMin;
        }
    }

    internal static void RequireSameBoxes(ReadOnlySpan<float> boxes, int otherLength, string otherName)
    {
        if (boxes.Length % 4 != 0) throw new ArgumentException($"{boxes.Length} values are no whole number of boxes of 4");
        if (otherLength != boxes.Length) throw new ArgumentException($"{otherLength} values for {boxes.Length / 4} boxes of 4", otherName);
    }
}
