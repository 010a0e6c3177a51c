using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Evaluation;

/// <summary>
/// A box as the devkit's files have it: pixels count from 1 and both corners are inside the box, so that its width is
/// XMax - XMin + 1. In double, as the devkit computes.
/// </summary>
public readonly record struct VocCorners(double XMin, double YMin, double XMax, double YMax)
{
    public double Width => XMax - XMin + 1;

    public double Height => YMax - YMin + 1;

    public static VocCorners From(Box box) => new(box.XMin + 1.0, box.YMin + 1.0, box.XMax, box.YMax);

    public static VocCorners From(VocObject item) => new(item.XMin, item.YMin, item.XMax, item.YMax);

    /// <summary>Intersection over union with the operations of the devkit (VOCevaldet.m) in their order: an overlap of exactly the threshold must not fall to a rounding.</summary>
    public double Iou(VocCorners other)
    {
        double width = Math.Min(XMax, other.XMax) - Math.Max(XMin, other.XMin) + 1;
        double height = Math.Min(YMax, other.YMax) - Math.Max(YMin, other.YMin) + 1;
        if (!(width > 0 && height > 0)) return 0;
        double intersection = width * height;
        return intersection / (Width * Height + other.Width * other.Height - intersection);
    }
}
