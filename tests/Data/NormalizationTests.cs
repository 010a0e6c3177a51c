using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data;

public class NormalizationTests
{
    [Fact]
    public void The_mean_of_each_channel_is_subtracted_and_planes_stay_in_rgb_order()
    {
        // 11 pixels: one vector of eight and a rest of three.
        var image = new PlanarImage(11, 1);
        image.Plane(0).Fill(123);
        image.Plane(1).Fill(118);
        image.Plane(2).Fill(0);
        image.Plane(0)[10] = 255;
        var values = new float[33];
        new Normalization().Write(image, values);
        Assert.Equal([.. Enumerable.Repeat(0f, 10), 132f], values[..11]);
        Assert.All(values[11..22], value => Assert.Equal(1, value));
        Assert.All(values[22..], value => Assert.Equal(-104, value));
    }

    [Fact]
    public void A_deviation_divides()
    {
        var image = new PlanarImage(9, 1);
        image.Plane(1).Fill(127);
        var values = new float[27];
        (new Normalization() with { DeviationGreen = 4, DeviationBlue = 3 }).Write(image, values);
        Assert.All(values[9..18], value => Assert.Equal(2.5f, value));
        Assert.All(values[18..], value => Assert.Equal(-104f / 3, value));
    }

    [Fact]
    public void The_fill_colour_normalises_to_zero() =>
        Assert.Equal(new FillColor(123, 117, 104), new Normalization().Fill);

    [Fact]
    public void A_destination_of_another_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Normalization().Write(new PlanarImage(2, 2), new float[11]));
}
