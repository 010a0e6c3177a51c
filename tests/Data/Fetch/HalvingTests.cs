using ScratchDet.Data;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

public class HalvingTests
{
    [Fact]
    public void An_even_image_stays_even_and_colours_become_the_grey_of_their_brightness()
    {
        var image = new PlanarImage(16, 12);
        image.Plane(0).Fill(200);
        image.Plane(1).Fill(100);
        image.Plane(2).Fill(50);

        PlanarImage half = Halving.Grey(image);

        Assert.Equal((8, 6), (half.Width, half.Height));
        Assert.All(half.Pixels, value => Assert.Equal(124, value)); // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    }

    [Fact]
    public void One_bright_column_spreads_by_the_kernel_of_three_lobes()
    {
        var image = new PlanarImage(32, 4);
        for (int channel = 0; channel < 3; channel++)
            for (int y = 0; y < 4; y++) image.Plane(channel)[(y * 32) + 16] = 200;

        PlanarImage half = Halving.Grey(image);

        // Column 16 is at 16.5, the centres of the half columns at 2x + 1: half the distance goes into sinc(d) sinc(d / 3).
        // The twelve weights of a column sum to 1.9994 before they are divided.
        byte[] expected = [.. Enumerable.Range(0, 16).Select(x => (byte)Math.Clamp(Math.Round(200 * Lanczos((16.5 - (2 * x) - 1) / 2) / 1.9994), 0, 255))];
        Assert.Equal(expected, half.Plane(0)[..16].ToArray());
        Assert.Equal(half.Plane(0)[..16].ToArray(), half.Plane(2)[^16..].ToArray());
    }

    [Fact]
    public void An_odd_image_cannot_be_halved() => Assert.Throws<ArgumentException>(() => Halving.Grey(new PlanarImage(3, 2)));

    private static double Lanczos(double x) => Math.Abs(x) >= 3 ? 0 : Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / 3) * 3 / (Math.PI * Math.PI * x * x);
}
