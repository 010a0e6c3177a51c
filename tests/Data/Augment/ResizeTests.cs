using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data.Augment;

public class ResizeTests
{
    public static TheoryData<Interpolation> Kinds => [Interpolation.Linear, Interpolation.Area, Interpolation.Nearest, Interpolation.Cubic, Interpolation.Lanczos4];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_interpolation_is_within_one_grey_level_of_opencv(Interpolation kind)
    {
        int lines = 0;
        foreach ((string[] arguments, byte[] expected) in OpenCvGolden.Lines($"resize {kind}"))
        {
            int[] sizes = [.. arguments[1..].Select(int.Parse)];
            PlanarImage source = Golden(sizes[0], sizes[1]);
            PlanarImage resized = Resize.Apply(source, sizes[2], sizes[3], kind);
            for (int channel = 0; channel < 3; channel++)
                for (int i = 0; i < expected.Length; i++)
                    Assert.True(Math.Abs(expected[i] - resized.Plane(channel)[i]) <= (kind == Interpolation.Nearest ? 0 : 1), $"{kind} {string.Join(' ', sizes)}, value {i}: OpenCV {expected[i]}, here {resized.Plane(channel)[i]}");
            lines++;
        }
        Assert.Equal(5, lines);
    }

    // The image of the golden recipe, in all three channels.
    private static PlanarImage Golden(int width, int height)
    {
        var image = new PlanarImage(width, height);
        for (int channel = 0; channel < 3; channel++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    image.Plane(channel)[y * width + x] = (byte)((x * 37 + y * 91) ^ (x * y * 7 + 19));
        return image;
    }

    [Fact]
    public void Linear_worked_by_hand_two_pixels_to_four()
    {
        // Centres at 0.5 and 1.5; outputs at 0.25, 0.75, 1.25, 1.75 in source pixels: 0, 25, 75, 100 of 100.
        PlanarImage resized = Resize.Apply(TestImages.Of((0, 0, 0), (100, 100, 100)), 4, 1, Interpolation.Linear);
        Assert.Equal([0, 25, 75, 100], resized.Plane(0).ToArray());
    }

    [Fact]
    public void Area_worked_by_hand_three_pixels_to_two()
    {
        // Each output covers 1.5 pixels: (30 + 60/2) / 1.5 = 40 and (60/2 + 90) / 1.5 = 80.
        PlanarImage resized = Resize.Apply(TestImages.Of((30, 0, 0), (60, 0, 0), (90, 0, 0)), 2, 1, Interpolation.Area);
        Assert.Equal([40, 80], resized.Plane(0).ToArray());
    }

    [Fact]
    public void Nearest_takes_the_pixel_under_the_upper_left_corner()
    {
        // Output i reads floor(i * 5 / 3): 0, 1, 3.
        PlanarImage resized = Resize.Apply(TestImages.Of((10, 0, 0), (20, 0, 0), (30, 0, 0), (40, 0, 0), (50, 0, 0)), 3, 1, Interpolation.Nearest);
        Assert.Equal([10, 20, 40], resized.Plane(0).ToArray());
    }

    [Fact]
    public void Cubic_overshoots_at_an_edge_and_saturates()
    {
        // Output 1 of 2 from 4 lies half way between pixels 2 and 3: taps 1, 2, 3 and 4, which is 3 again.
        // A = -0.75 at distances 1.5, 0.5, 0.5, 1.5: -0.09375, 0.59375, 0.59375, -0.09375.
        ResizeTaps taps = ResizeTaps.Make(Interpolation.Cubic, 4, 2, areaAverages: false);
        Assert.Equal(0, taps.First[1]);
        Assert.Equal([0, -0.09375f, 0.59375f, 0.5f], taps.Weights[4..]);
        PlanarImage step = TestImages.Of((10, 0, 0), (10, 0, 0), (245, 0, 0), (245, 0, 0));
        byte[] doubled = Resize.Apply(step, 8, 1, Interpolation.Cubic).Plane(0).ToArray();
        Assert.Equal((0, 255), (doubled[2], doubled[5]));   // beyond 0 and 255 before saturation
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_constant_image_stays_constant_and_the_same_size_is_the_same_image(Interpolation kind)
    {
        var image = new PlanarImage(17, 9);
        image.Pixels.AsSpan().Fill(201);
        foreach ((int width, int height) in new[] { (300, 300), (5, 4), (17, 30), (1, 1) })
            Assert.All(Resize.Apply(image, width, height, kind).Pixels, value => Assert.Equal(201, value));
        Assert.Same(image, Resize.Apply(image, 17, 9, kind));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_weights_of_every_output_sum_to_one_and_read_inside_the_source(Interpolation kind)
    {
        foreach ((int source, int target) in new[] { (1, 5), (2, 300), (3, 7), (500, 300), (375, 300), (2000, 300), (300, 299) })
        {
            foreach (bool averages in new[] { false, source >= target })
            {
                ResizeTaps taps = ResizeTaps.Make(kind, source, target, averages);
                for (int i = 0; i < target; i++)
                {
                    Assert.InRange(taps.First[i], 0, source - taps.Count);
                    Assert.Equal(1, taps.Weights.AsSpan(i * taps.Count, taps.Count).ToArray().Sum(), 4);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reading_through_a_window_equals_cutting_it_out_first(Interpolation kind)
    {
        PlanarImage image = TestImages.Noise(37, 23, seed: 8);
        var fill = new FillColor(123, 117, 104);
        foreach (PixelWindow window in new PixelWindow[] { new(-20, -31, 90, 70), new(5, 4, 20, 11), new(30, -3, 20, 12), new(-50, 0, 30, 23), new(3, 3, 1, 1) })
        {
            PlanarImage direct = Resize.Apply(image, window, fill, 31, 18, kind);
            PlanarImage byCanvas = Resize.Apply(window.Render(image, fill), 31, 18, kind);
            for (int i = 0; i < direct.Pixels.Length; i++)
                Assert.InRange(direct.Pixels[i] - byCanvas.Pixels[i], -1, 1);   // sums in another order
        }
    }

    [Fact]
    public void One_of_the_allowed_interpolations_is_drawn_uniformly()
    {
        var counts = new Dictionary<Interpolation, int>();
        var random = new Random(2);
        for (int i = 0; i < 5000; i++)
        {
            Interpolation kind = Resize.Draw(Interpolation.All, random);
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }
        Assert.Equal(5, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 880, 1120));
        Assert.Equal(Interpolation.Cubic, Resize.Draw(Interpolation.Cubic, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resize.Draw(0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resize.Apply(new PlanarImage(2, 2), 3, 3, Interpolation.All));
    }
}
