using System.Globalization;
using ScratchDet.Boxes;

namespace ScratchDet.Data;

/// <summary>Which annotated boxes are usable. The reader throws on the others, `data check` lists them.</summary>
public static class VocBoxRule
{
    /// <summary>Boxes this far outside are clipped: many tools count pixels from 0 or write the size as the last pixel.</summary>
    public const float TolerancePixels = 1;

    /// <summary>
    /// Makes the continuous box, in pixels of an image of the given size; <paramref name="problem"/> says why not.
    /// Equal corners are refused too: by VOC's definition such a box is one pixel wide, but what writes it in practice
    /// is a click without a drag.
    /// </summary>
    public static bool TryConvert(VocObject voc, int width, int height, out Box box, out string? problem)
    {
        box = default;
        problem = Problem(voc, width, height);
        if (problem is not null) return false;
        box = new Box((float)(voc.XMin - 1), (float)(voc.YMin - 1), (float)voc.XMax, (float)voc.YMax).Clip(width, height);
        if (box.Area > 0) return true;
        problem = $"the box {Corners(voc)} has no area inside the image of {width} x {height}";
        return false;
    }

    private static string? Problem(VocObject voc, int width, int height)
    {
        if (!double.IsFinite(voc.XMin) || !double.IsFinite(voc.YMin) || !double.IsFinite(voc.XMax) || !double.IsFinite(voc.YMax))
            return $"the box {Corners(voc)} is not finite";
        if (voc.XMax < voc.XMin || voc.YMax < voc.YMin)
            return $"the box {Corners(voc)} has swapped corners";
        if (voc.XMax == voc.XMin || voc.YMax == voc.YMin)
            return $"the box {Corners(voc)} has zero area";
        if (voc.XMin < 1 - TolerancePixels || voc.YMin < 1 - TolerancePixels
            || voc.XMax > width + TolerancePixels || voc.YMax > height + TolerancePixels)
            return $"the box {Corners(voc)} is outside the image of {width} x {height}";
        return null;
    }

    internal static string Corners(VocObject voc) => string.Create(CultureInfo.InvariantCulture,
        $"(xmin {voc.XMin}, ymin {voc.YMin}, xmax {voc.XMax}, ymax {voc.YMax})");
}
