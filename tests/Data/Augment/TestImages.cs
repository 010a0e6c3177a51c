using ScratchDet.Data;

namespace ScratchDet.Tests.Data.Augment;

internal static class TestImages
{
    /// <summary>Pixels that all differ in a way that a person can check: (channel * Height + y) * Width + x.</summary>
    public static PlanarImage Counting(int width, int height)
    {
        var image = new PlanarImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)i;
        return image;
    }

    public static PlanarImage Noise(int width, int height, int seed)
    {
        var image = new PlanarImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    public static PlanarImage Of(params (byte R, byte G, byte B)[] row)
    {
        var image = new PlanarImage(row.Length, 1);
        for (int i = 0; i < row.Length; i++) (image.Plane(0)[i], image.Plane(1)[i], image.Plane(2)[i]) = row[i];
        return image;
    }

    public static (byte R, byte G, byte B) Pixel(PlanarImage image, int x, int y = 0)
    {
        int i = y * image.Width + x;
        return (image.Plane(0)[i], image.Plane(1)[i], image.Plane(2)[i]);
    }
}

/// <summary>The lines of Golden/opencv-augment.txt: "name arguments : numbers"; the recipe lies beside it.</summary>
internal static class OpenCvGolden
{
    public static IEnumerable<(string[] Arguments, byte[] Numbers)> Lines(string name)
    {
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "opencv-augment.txt")))
        {
            if (!line.StartsWith(name + " ", StringComparison.Ordinal)) continue;
            string[] halves = line.Split(" :");
            yield return (halves[0].Split(' ')[1..], [.. halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse)]);
        }
    }
}
