namespace ScratchDet.Boxes;

/// <summary>
/// An axis-aligned box: corners in continuous coordinates, x to the right and y down. In pixels the left edge of the
/// first pixel is 0 and its right edge 1, so a VOC box (1-based, inclusive) is (xmin - 1, ymin - 1, xmax, ymax).
/// </summary>
public readonly record struct Box(float XMin, float YMin, float XMax, float YMax)
{
    public float Width => XMax - XMin;

    public float Height => YMax - YMin;

    public float CenterX => (XMin + XMax) / 2;

    public float CenterY => (YMin + YMax) / 2;

    /// <summary>Width times height; 0 for a box with swapped corners.</summary>
    public float Area => Width <= 0 || Height <= 0 ? 0 : Width * Height;

    /// <summary>Intersection over union, 0 to 1; 0 when both areas are 0.</summary>
    public float Iou(Box other)
    {
        float width = MathF.Min(XMax, other.XMax) - MathF.Max(XMin, other.XMin);
        float height = MathF.Min(YMax, other.YMax) - MathF.Max(YMin, other.YMin);
        if (width <= 0 || height <= 0) return 0;
        float intersection = width * height;
        return intersection / (Area + other.Area - intersection);
    }

    public Box Scale(float x, float y) => new(XMin * x, YMin * y, XMax * x, YMax * y);

    public Box Shift(float x, float y) => new(XMin + x, YMin + y, XMax + x, YMax + y);

    /// <summary>The part inside a canvas of the given size (pixels, or 1 x 1 for normalised boxes).</summary>
    public Box Clip(float width, float height) => new(
        Math.Clamp(XMin, 0, width), Math.Clamp(YMin, 0, height), Math.Clamp(XMax, 0, width), Math.Clamp(YMax, 0, height));
}
