using System.Runtime.InteropServices;
using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Synthetic;

/// <summary>The outline of one made-up object: polygons around centres, corners in hundredths of a pixel as in COCO.</summary>
internal sealed class CocoCaseOutline
{
    private readonly List<double> coordinates = [];
    private readonly List<int> lengths = [];

    /// <summary>x, y of each corner, in pixels.</summary>
    public Span<double> Coordinates => CollectionsMarshal.AsSpan(coordinates);

    /// <summary>How many numbers each polygon has.</summary>
    public ReadOnlySpan<int> Lengths => CollectionsMarshal.AsSpan(lengths);

    /// <summary>Parts side by side that fill a box, but for dents.</summary>
    public void Draw(in CocoBox box, Random random, int partCount, int cornerCount)
    {
        coordinates.Clear();
        lengths.Clear();
        double width = box.Width / partCount;
        for (int part = 0; part < partCount; part++)
        {
            double centreX = box.X + ((part + 0.5) * width), centreY = box.Y + (box.Height / 2);
            for (int i = 0; i < cornerCount; i++)
            {
                double angle = 2 * Math.PI * i / cornerCount, radius = random.Between(0.7, 1) / 2;
                coordinates.Add(Hundredths(centreX + (radius * width * Math.Cos(angle))));
                coordinates.Add(Hundredths(centreY + (radius * box.Height * Math.Sin(angle))));
            }
            lengths.Add(2 * cornerCount);
        }
    }

    public CocoBox Box()
    {
        (double left, double top, double right, double bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        for (int i = 0; i < coordinates.Count; i += 2)
        {
            (left, right) = (Math.Min(left, coordinates[i]), Math.Max(right, coordinates[i]));
            (top, bottom) = (Math.Min(top, coordinates[i + 1]), Math.Max(bottom, coordinates[i + 1]));
        }
        return new(left, top, Hundredths(right - left), Hundredths(bottom - top));
    }

    /// <summary>In pixels, to a ten-thousandth as in COCO.</summary>
    public double Area()
    {
        double doubled = 0;
        int start = 0;
        foreach (int length in lengths)
        {
            for (int i = 0; i < length; i += 2)
            {
                int next = (i + 2) % length;
                doubled += (coordinates[start + i] * coordinates[start + next + 1]) - (coordinates[start + next] * coordinates[start + i + 1]);
            }
            start += length;
        }
        return Math.Round(Math.Abs(doubled) / 2, 4);
    }

    public static double Hundredths(double pixels) => Math.Round(pixels, 2);
}
