using System.Globalization;
using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data.Augment;

public class PhotometricDistortionTests
{
    private static readonly PhotometricSpec Nothing = new()
    {
        BrightnessProbability = 0,
        ContrastProbability = 0,
        SaturationProbability = 0,
        HueProbability = 0,
    };

    [Fact]
    public void Scale_and_shift_round_and_saturate_as_opencv_does()
    {
        int lines = 0;
        foreach ((string[] arguments, byte[] expected) in OpenCvGolden.Lines("linear"))
        {
            byte[] values = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
            float scale = float.Parse(arguments[0], CultureInfo.InvariantCulture), shift = float.Parse(arguments[1], CultureInfo.InvariantCulture);
            Colors.ScaleAndShift(values, scale, shift);
            Assert.Equal(expected, values);
            byte[] rest = [200, 3, 77];   // shorter than a vector
            Colors.ScaleAndShift(rest, scale, shift);
            Assert.Equal([expected[200], expected[3], expected[77]], rest);
            lines++;
        }
        Assert.Equal(9, lines);
    }

    [Theory]
    [InlineData("saturate")]
    [InlineData("hue")]
    public void Hsv_steps_equal_opencv_in_every_colour(string step)
    {
        int lines = 0;
        foreach ((string[] arguments, byte[] numbers) in OpenCvGolden.Lines(step))
        {
            var image = new PlanarImage(numbers.Length / 6, 1);
            var expected = new PlanarImage(image.Width, 1);
            for (int i = 0; i < image.Width; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    image.Plane(channel)[i] = numbers[6 * i + channel];
                    expected.Plane(channel)[i] = numbers[6 * i + 3 + channel];
                }
            }
            float amount = float.Parse(arguments[0], CultureInfo.InvariantCulture);
            if (step == "saturate") Colors.EditHsv(image, amount, 0);
            else Colors.EditHsv(image, 1, amount);
            Assert.Equal(expected.Pixels, image.Pixels);
            lines++;
        }
        Assert.Equal(5, lines);
    }

    [Fact]
    public void The_fixed_point_quotients_equal_those_of_double_precision()
    {
        for (int divisor = 1; divisor < 256; divisor++)
        {
            Assert.Equal(Math.Round(255.0 * 4096 / divisor), MathF.Round(255f * 4096 / divisor));
            Assert.Equal(Math.Round(30.0 * 4096 / divisor), MathF.Round(30f * 4096 / divisor));
        }
    }

    [Fact]
    public void Brightness_adds_and_contrast_multiplies_with_saturation_at_8_bits()
    {
        PlanarImage image = TestImages.Of((0, 100, 250));
        PhotometricDistortion.AdjustBrightness(image, 10.4f);
        Assert.Equal((10, 110, 255), TestImages.Pixel(image, 0));
        PhotometricDistortion.AdjustContrast(image, 1.5f);
        Assert.Equal((15, 165, 255), TestImages.Pixel(image, 0));
        PhotometricDistortion.AdjustBrightness(image, -20);
        Assert.Equal((0, 145, 235), TestImages.Pixel(image, 0));
    }

    [Fact]
    public void Saturation_moves_colours_towards_or_away_from_their_greatest_channel()
    {
        // (200, 100, 100): V 200, S 127.5 -> 128; times 0.5 is 64, and 200 (1 - 64/255) = 149.8. Grey has S 0 and stays.
        PlanarImage image = TestImages.Of((200, 100, 100), (77, 77, 77), (0, 0, 0));
        PhotometricDistortion.AdjustSaturation(image, 0.5f);
        Assert.Equal((200, 150, 150), TestImages.Pixel(image, 0));
        Assert.Equal((77, 77, 77), TestImages.Pixel(image, 1));
        Assert.Equal((0, 0, 0), TestImages.Pixel(image, 2));
    }

    [Fact]
    public void Hue_is_in_steps_of_two_degrees_and_saturates_below_red()
    {
        // Red is H 0; +15 steps are 30 degrees, half way to yellow: (255, 127.5, 0). -15 saturates at 0 and stays red.
        PlanarImage up = TestImages.Of((255, 0, 0)), down = TestImages.Of((255, 0, 0));
        PhotometricDistortion.AdjustHue(up, 15);
        PhotometricDistortion.AdjustHue(down, -15);
        Assert.Equal((255, 128, 0), TestImages.Pixel(up, 0));
        Assert.Equal((255, 0, 0), TestImages.Pixel(down, 0));
    }

    [Fact]
    public void The_hue_of_the_ports_has_half_the_range_and_wraps()
    {
        // -15 degrees from red is 345 degrees, a quarter of the way to magenta: (255, 0, 63.75).
        PlanarImage image = TestImages.Of((255, 0, 0)), reference = TestImages.Of((0, 255, 0)), port = TestImages.Of((0, 255, 0));
        PhotometricDistortion.AdjustHue(image, -15, inDegreesWrapping: true);
        Assert.Equal((255, 0, 68), TestImages.Pixel(image, 0));   // H is whole: 172 steps (after rounding 172.5), 344 degrees
        PhotometricDistortion.AdjustHue(reference, 18);
        PhotometricDistortion.AdjustHue(port, 20, inDegreesWrapping: true);
        Assert.Equal((0, 255, 153), TestImages.Pixel(reference, 0));   // 36 of 60 degrees
        Assert.Equal((0, 255, 85), TestImages.Pixel(port, 0));   // 20 of 60 degrees
    }

    [Fact]
    public void The_wrapping_switch_reaches_the_hue_step_and_nothing_else()
    {
        PhotometricSpec hueOnly = Nothing with { HueProbability = 1 };
        int reds = 0, wrapped = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            PlanarImage red = TestImages.Of((255, 0, 0));
            if (TestImages.Pixel(new PhotometricDistortion(hueOnly).Apply(red, new Random(seed)), 0) is (255, _, > 0)) reds++;
            if (TestImages.Pixel(new PhotometricDistortion(hueOnly with { HueDeltaInDegreesWrapping = true }).Apply(red, new Random(seed)), 0) is (255, _, > 0)) wrapped++;
        }
        Assert.Equal(0, reds);   // the reference never turns red towards magenta
        Assert.InRange(wrapped, 8, 32);
    }

    [Fact]
    public void Every_step_draws_in_its_range_and_half_of_the_time()
    {
        var distortion = new PhotometricDistortion(Nothing with { BrightnessProbability = 0.5f });
        var deltas = new List<int>();
        for (int seed = 0; seed < 400; seed++)
            deltas.Add(distortion.Apply(TestImages.Of((100, 100, 100)), new Random(seed)).Pixels[0] - 100);
        Assert.InRange(deltas.Min(), -32, -28);
        Assert.InRange(deltas.Max(), 28, 32);
        Assert.InRange(deltas.Count(delta => delta == 0), 150, 250);

        var contrast = new PhotometricDistortion(Nothing with { ContrastProbability = 1 });
        int[] values = [.. Enumerable.Range(0, 400).Select(seed => (int)contrast.Apply(TestImages.Of((100, 100, 100)), new Random(seed)).Pixels[0])];
        Assert.InRange(values.Min(), 50, 54);
        Assert.InRange(values.Max(), 146, 150);
    }

    [Fact]
    public void A_coin_decides_whether_contrast_comes_before_or_after_the_colour_steps()
    {
        // Contrast doubles: before saturation it clips 200 to 255, and the order shows in the result.
        PhotometricSpec spec = Nothing with
        {
            ContrastProbability = 1,
            ContrastLower = 2,
            ContrastUpper = 2,
            SaturationProbability = 1,
            SaturationLower = 0.5f,
            SaturationUpper = 0.5f,
        };
        PlanarImage first = TestImages.Of((200, 100, 100)), last = TestImages.Of((200, 100, 100));
        PhotometricDistortion.AdjustContrast(first, 2);
        PhotometricDistortion.AdjustSaturation(first, 0.5f);
        PhotometricDistortion.AdjustSaturation(last, 0.5f);
        PhotometricDistortion.AdjustContrast(last, 2);
        Assert.NotEqual(first.Pixels, last.Pixels);
        int contrastFirst = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] pixels = new PhotometricDistortion(spec).Apply(TestImages.Of((200, 100, 100)), new Random(seed)).Pixels;
            if (pixels.SequenceEqual(first.Pixels)) contrastFirst++;
            else Assert.Equal(last.Pixels, pixels);
        }
        Assert.InRange(contrastFirst, 70, 130);
    }

    [Fact]
    public void Channels_are_shuffled_only_when_asked_for()
    {
        PlanarImage image = TestImages.Of((1, 2, 3));
        Assert.Equal((3, 1, 2), TestImages.Pixel(PhotometricDistortion.WithChannels(image, [2, 0, 1]), 0));
        var orders = new HashSet<(byte, byte, byte)>();
        for (int seed = 0; seed < 100; seed++)
        {
            Assert.Same(image, new PhotometricDistortion(Nothing).Apply(image, new Random(seed)));
            orders.Add(TestImages.Pixel(new PhotometricDistortion(Nothing with { ChannelShuffleProbability = 1 }).Apply(image, new Random(seed)), 0));
        }
        Assert.Equal(6, orders.Count);
        Assert.Equal(0, new PhotometricSpec().ChannelShuffleProbability);
    }

    [Fact]
    public void The_input_is_never_written_to()
    {
        PlanarImage image = TestImages.Noise(13, 7, seed: 1);
        byte[] before = [.. image.Pixels];
        for (int seed = 0; seed < 30; seed++) new PhotometricDistortion(new PhotometricSpec()).Apply(image, new Random(seed));
        Assert.Equal(before, image.Pixels);
    }
}
