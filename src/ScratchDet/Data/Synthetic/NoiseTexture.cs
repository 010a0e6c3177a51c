namespace ScratchDet.Data.Synthetic;

/// <summary>Smooth value noise in several octaves: lattices of random numbers, interpolated.</summary>
internal static class NoiseTexture
{
    private static readonly (double Cell, float Weight)[] Octaves = [(37, 0.5f), (13, 0.3f), (5, 0.2f)];

    /// <summary>Row-major values, height x width, within [-1, 1].</summary>
    public static float[] Create(int width, int height, Random random)
    {
        var texture = new float[width * height];
        foreach ((double cell, float weight) in Octaves)
        {
            int columns = (int)(width / cell) + 2, rows = (int)(height / cell) + 2;
            var lattice = new float[columns * rows];
            for (int i = 0; i < lattice.Length; i++) lattice[i] = weight * (2 * random.NextSingle() - 1);
            for (int y = 0; y < height; y++)
            {
                (int row, float v) = Locate(y, cell);
                for (int x = 0; x < width; x++)
                {
                    (int column, float u) = Locate(x, cell);
                    int at = row * columns + column;
                    float top = lattice[at] + u * (lattice[at + 1] - lattice[at]);
                    float bottom = lattice[at + columns] + u * (lattice[at + columns + 1] - lattice[at + columns]);
                    texture[y * width + x] += top + v * (bottom - top);
                }
            }
        }
        return texture;
    }

    private static (int Index, float Fraction) Locate(int pixel, double cell)
    {
        double position = pixel / cell;
        int index = (int)position;
        float t = (float)(position - index);
        return (index, t * t * (3 - 2 * t));
    }
}
