using System.Globalization;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Fills polygons by the rule of pycocotools, whose masks come out bit for bit. There, the outline is walked in steps of a
/// fifth of a pixel, and where it crosses the centre of a pixel column, the lower edge of the crossing decides from which
/// row on inside and outside change places; pixels are counted column after column, so the sorted crossings are the runs.
/// </summary>
/// <remarks>
/// Only the steps of a crossing can matter, so an edge costs as many steps as it crosses columns, not five per pixel of
/// its longer side. Numbers are rounded in exactly the places where the walk rounds them: half a step is added and the
/// rest cut off, towards zero.
/// </remarks>
internal static class PolygonRasterizer
{
    /// <summary>Coordinates farther out are refused: in fifths of a pixel they must fit 31 bits.</summary>
    public const double FarthestPixel = 1e8;

    private const double StepsPerPixel = 5;

    /// <summary>The step of a pixel after which the walk is past its centre: fifths 0, 1, 2 | 3, 4.</summary>
    private const int CentreStep = 2;

    /// <summary>What is wrong with polygons, or null.</summary>
    public static string? FaultOf(ReadOnlySpan<double> coordinates, ReadOnlySpan<int> lengths)
    {
        if (lengths.IsEmpty) return "it has no polygon";
        int start = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            int length = lengths[i];
            if (length % 2 != 0) return $"polygon {i + 1} has {length} numbers, an odd count";
            // Parts behind the first may be scraps of one or two corners: pycocotools takes them, and files of real data have them.
            if (length < 6 && i == 0) return $"polygon {i + 1} has {length} numbers, fewer than the 6 of a triangle";
            if (length > coordinates.Length - start) return $"polygon {i + 1} should have {length} numbers, {coordinates.Length - start} are left";
            foreach (double coordinate in coordinates.Slice(start, length))
            {
                // False for NaN as well.
                if (!(Math.Abs(coordinate) <= FarthestPixel))
                    return string.Create(CultureInfo.InvariantCulture, $"polygon {i + 1} has the coordinate {coordinate}, not within 1e8 pixels");
            }
            start += length;
        }
        return start == coordinates.Length ? null : $"{coordinates.Length - start} numbers belong to no polygon";
    }

    /// <param name="polygon">x, y of each corner, in pixels; without one, nothing is filled.</param>
    /// <param name="runs">Gets the runs; what is in it already is lost.</param>
    public static void Fill(ReadOnlySpan<double> polygon, int height, int width, ref RunList runs)
    {
        runs.Clear();
        for (int i = 0; i < polygon.Length; i += 2)
        {
            int next = i + 2 == polygon.Length ? 0 : i + 2;
            Cross(ToSteps(polygon[i]), ToSteps(polygon[i + 1]), ToSteps(polygon[next]), ToSteps(polygon[next + 1]), height, width, ref runs);
        }
        runs.Add((uint)height * (uint)width);
        ToRuns(ref runs);
    }

    private static int ToSteps(double pixels) => (int)((StepsPerPixel * pixels) + .5);

    /// <summary>Adds the places, in pixels from the mask's beginning, where an edge crosses centres of columns.</summary>
    private static void Cross(int fromX, int fromY, int toX, int toY, int height, int width, ref RunList places)
    {
        int columns = Math.Abs(toX - fromX), rows = Math.Abs(toY - fromY);
        if (columns == 0) return;
        bool isFlat = columns >= rows;
        if (isFlat ? fromX > toX : fromY > toY) (fromX, fromY, toX, toY) = (toX, toY, fromX, fromY);
        double slope = isFlat ? (double)(toY - fromY) / columns : (double)(toX - fromX) / rows;
        (int left, int right) = fromX < toX ? (fromX, toX) : (toX, fromX);
        int first = left <= CentreStep ? 0 : (left - CentreStep + 4) / 5;
        int last = right <= CentreStep ? -1 : Math.Min((right - CentreStep - 1) / 5, width - 1);
        for (int column = first; column <= last; column++)
        {
            int centre = (5 * column) + CentreStep;
            int step;
            if (isFlat)
            {
                int t = centre - fromX;
                step = Math.Min((int)(fromY + (slope * t) + .5), (int)(fromY + (slope * (t + 1)) + .5));
            }
            else
            {
                step = fromY + StepBefore(fromX, slope, rows, centre);
            }
            double y = ((step + .5) / StepsPerPixel) - .5;
            int row = y < 0 ? 0 : y > height ? height : (int)Math.Ceiling(y);
            places.Add((uint)((column * height) + row));
        }
    }

    /// <summary>The last step of a steep edge, going down, before it is on the other side of a column's centre.</summary>
    private static int StepBefore(int fromX, double slope, int rows, int centre)
    {
        bool goesRight = slope > 0;
        // The exact place but for rounding; from there to where the rounded walk crosses are a few steps at most.
        int t = (int)Math.Clamp((centre + .5 - fromX) / slope, 0, rows);
        while (t > 0 && IsPast(t)) t--;
        while (t < rows && !IsPast(t + 1)) t++;
        return t;

        bool IsPast(int t) => goesRight == (int)(fromX + (slope * t) + .5) > centre;
    }

    /// <summary>Turns places, the mask's end among them, into runs.</summary>
    private static void ToRuns(ref RunList places)
    {
        Span<uint> ends = places.Span;
        ends.Sort();
        int count = 1;
        for (int i = 1; i < ends.Length; i++)
        {
            if (ends[i] != ends[i - 1])
            {
                ends[count++] = ends[i];
            }
            else if (++i < ends.Length)
            {
                // Two crossings in one place undo each other: the run before them goes on.
                ends[count - 1] = ends[i];
            }
        }
        for (int i = count - 1; i > 0; i--) ends[i] -= ends[i - 1];
        places.KeepFirst(count);
    }
}
