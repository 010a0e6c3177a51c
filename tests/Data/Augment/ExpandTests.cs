using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data.Augment;

public class ExpandTests
{
    private static readonly FillColor Mean = new(123, 117, 104);

    [Fact]
    public void The_image_stands_whole_on_a_canvas_of_the_mean_and_boxes_move_with_it()
    {
        var expand = new Expand(new ExpandSpec { Probability = 1 }, Mean);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).Zip(Gen.Choose(1, 9)).Zip(Gen.Choose(1, 9)).ToArbitrary(), drawn =>
        {
            ((int seed, int width), int height) = drawn;
            PlanarImage image = TestImages.Noise(width, height, seed);
            AnnotatedImage expanded = expand.Apply(new AnnotatedImage(image, [new ObjectAnnotation(0, new Box(0, 0, width, height))]), new Random(seed));
            Box place = expanded.Objects[0].Box;
            Assert.Equal((width, height), ((int)place.Width, (int)place.Height));
            for (int y = 0; y < expanded.Image.Height; y++)
            {
                for (int x = 0; x < expanded.Image.Width; x++)
                {
                    int innerX = x - (int)place.XMin, innerY = y - (int)place.YMin;
                    bool inside = (uint)innerX < (uint)width && (uint)innerY < (uint)height;
                    (byte, byte, byte) expected = inside ? TestImages.Pixel(image, innerX, innerY) : (Mean.Red, Mean.Green, Mean.Blue);
                    Assert.Equal(expected, TestImages.Pixel(expanded.Image, x, y));
                }
            }
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Both_sides_grow_by_one_ratio_between_1_and_4_half_of_the_time()
    {
        var expand = new Expand(new ExpandSpec(), Mean);
        PixelWindow[] canvases = [.. Enumerable.Range(0, 1000).Select(seed => expand.Draw(100, 200, new Random(seed)))];
        Assert.InRange(canvases.Count(canvas => canvas.Width == 100), 430, 570);
        Assert.InRange(canvases.Max(canvas => canvas.Width), 390, 399);
        foreach (PixelWindow canvas in canvases)
        {
            Assert.InRange(canvas.Height - 2 * canvas.Width, 0, 1);   // 200 r and 100 r, each truncated
            Assert.InRange(-canvas.X, 0, canvas.Width - 100);
            Assert.InRange(-canvas.Y, 0, canvas.Height - 200);
        }
        Assert.Contains(canvases, canvas => canvas.X < 0 && -canvas.X < (canvas.Width - 100) / 4);
        Assert.Contains(canvases, canvas => -canvas.X > (canvas.Width - 100) * 3 / 4);
    }

    [Fact]
    public void The_switch_leaves_the_image_as_it_is()
    {
        var input = new AnnotatedImage(TestImages.Counting(3, 2), []);
        for (int seed = 0; seed < 20; seed++)
            Assert.Same(input.Image, new Expand(new ExpandSpec { Enabled = false }, Mean).Apply(input, new Random(seed)).Image);
    }
}
