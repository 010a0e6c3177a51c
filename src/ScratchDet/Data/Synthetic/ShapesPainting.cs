namespace ScratchDet.Data.Synthetic;

/// <summary>Colours, textures and the blending of shapes onto a background.</summary>
internal static class ShapesPainting
{
    public static PlanarImage Paint(List<PlacedShape> shapes, int size, Random random)
    {
        var image = new PlanarImage(size, size);
        float[] texture = NoiseTexture.Create(size, size, random), tint = NoiseTexture.Create(size, size, random);
        var ground = (R: (float)random.Between(50, 205), G: (float)random.Between(50, 205), B: (float)random.Between(50, 205));
        var colours = new (float R, float G, float B)[shapes.Count];
        for (int i = 0; i < colours.Length; i++) colours[i] = Contrasting(ground, colours.AsSpan(0, i), random);

        float strength = (float)random.Between(20, 60), tintStrength = (float)random.Between(0, 35), grain = (float)random.Between(4, 18);
        float shapeStrength = (float)random.Between(5, 25);
        float[] red = new float[size * size], green = new float[size * size], blue = new float[size * size];
        for (int i = 0; i < red.Length; i++)
        {
            float light = strength * texture[i], colour = tintStrength * tint[i];
            (red[i], green[i], blue[i]) = (ground.R + light + colour, ground.G + light, ground.B + light - colour);
        }
        for (int s = 0; s < shapes.Count; s++)
            Blend(shapes[s], colours[s]);
        for (int i = 0; i < red.Length; i++)
        {
            // One draw for the three channels: grain is mostly in brightness.
            float noise = grain * (2 * random.NextSingle() - 1);
            image.Pixels[i] = ToByte(red[i] + noise);
            image.Pixels[i + red.Length] = ToByte(green[i] + noise);
            image.Pixels[i + 2 * red.Length] = ToByte(blue[i] + noise);
        }
        return image;

        void Blend(PlacedShape shape, (float R, float G, float B) colour)
        {
            (int x0, int x1) = (Math.Max(0, -shape.Left), Math.Min(shape.Side, size - shape.Left));
            (int y0, int y1) = (Math.Max(0, -shape.Top), Math.Min(shape.Side, size - shape.Top));
            for (int y = y0; y < y1; y++)
            {
                for (int x = x0; x < x1; x++)
                {
                    float share = (float)shape.Coverage(x, y) / PlacedShape.FullCoverage;
                    if (share == 0) continue;
                    int i = (shape.Top + y) * size + shape.Left + x;
                    float light = shapeStrength * tint[i];
                    red[i] += share * (colour.R + light - red[i]);
                    green[i] += share * (colour.G + light - green[i]);
                    blue[i] += share * (colour.B + light - blue[i]);
                }
            }
        }
    }

    /// <summary>The best of some random colours: far from the background and from the other shapes.</summary>
    private static (float R, float G, float B) Contrasting((float R, float G, float B) ground, ReadOnlySpan<(float R, float G, float B)> others, Random random)
    {
        (float R, float G, float B) best = default;
        float bestDistance = -1;
        for (int attempt = 0; attempt < 12; attempt++)
        {
            (float R, float G, float B) colour = (random.Next(256), random.Next(256), random.Next(256));
            float distance = Distance(colour, ground);
            // Neighbours may be nearer to each other than to the background.
            foreach (var other in others) distance = Math.Min(distance, 1.5f * Distance(colour, other));
            if (distance > bestDistance) (best, bestDistance) = (colour, distance);
            if (bestDistance > 110) break;
        }
        return best;
    }

    private static float Distance((float R, float G, float B) a, (float R, float G, float B) b) =>
        MathF.Sqrt((a.R - b.R) * (a.R - b.R) + (a.G - b.G) * (a.G - b.G) + (a.B - b.B) * (a.B - b.B));

    private static byte ToByte(float level) => (byte)Math.Clamp(MathF.Round(level), 0, 255);
}
