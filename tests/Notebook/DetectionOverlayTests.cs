using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class DetectionOverlayTests
{
    private static readonly DetectionOverlay Overlay = new(["open", "short"]);

    private static Rgb At(PlanarImage image, int x, int y)
    {
        int place = (y * image.Width) + x;
        return new Rgb(image.Plane(0)[place], image.Plane(1)[place], image.Plane(2)[place]);
    }

    private static PlanarImage Grey(int width = 100, int height = 80)
    {
        var image = new PlanarImage(width, height);
        Array.Fill(image.Pixels, (byte)128);
        return image;
    }

    [Fact]
    public void A_detection_is_a_frame_of_its_class_colour_just_inside_the_box()
    {
        PlanarImage drawn = Overlay.Draw(Grey(), [], [new OverlayDetection(new Box(20, 30, 60, 70), 1, 0.9f)]);
        Rgb colour = Palette.OfClass(1);
        foreach ((int x, int y) in new[] { (20, 30), (21, 31), (59, 30), (20, 69), (59, 69), (40, 30), (40, 69), (58, 50) })
            Assert.Equal(colour, At(drawn, x, y));
        foreach ((int x, int y) in new[] { (19, 50), (22, 50), (60, 50), (40, 70), (40, 67), (40, 32) })
            Assert.Equal(new Rgb(128, 128, 128), At(drawn, x, y));
    }

    [Fact]
    public void Ground_truth_is_dashed_black_and_white_just_outside_the_box()
    {
        PlanarImage drawn = Overlay.Draw(Grey(), [new ObjectAnnotation(0, new Box(20, 30, 60, 70))], []);
        Rgb[] top = [.. Enumerable.Range(20, 40).Select(x => At(drawn, x, 29))];
        Assert.Equal(20, top.Count(colour => colour == new Rgb(255, 255, 255)));
        Assert.Equal(20, top.Count(colour => colour == new Rgb(0, 0, 0)));
        Assert.Equal(new Rgb(128, 128, 128), At(drawn, 40, 30));
    }

    [Fact]
    public void The_label_says_class_and_score_above_the_box()
    {
        PlanarImage drawn = Overlay.Draw(Grey(), [], [new OverlayDetection(new Box(20, 30, 60, 70), 0, 0.875f)]);
        // "open 0.88" is 9 letters: 9 * 6 - 1 wide and 7 high, with 2 around: pixels 20..76 and 19..29.
        Assert.Equal(Palette.OfClass(0), At(drawn, 20, 19));
        Assert.Equal(Palette.OfClass(0), At(drawn, 76, 29));
        Assert.Equal(new Rgb(128, 128, 128), At(drawn, 77, 25));
        // The first letter is an o: its third row from the bottom is ink at both sides and empty between.
        Rgb ink = Palette.OfClass(0).Contrast;
        Assert.Equal(
            "#...#",
            string.Concat(Enumerable.Range(22, 5).Select(x => At(drawn, x, 21 + 4) == ink ? '#' : '.')));
    }

    [Fact]
    public void Detections_below_the_threshold_and_the_original_stay_untouched()
    {
        PlanarImage image = Grey();
        byte[] before = [.. image.Pixels];
        Assert.Equal(before, Overlay.Draw(image, [], [new OverlayDetection(new Box(20, 30, 60, 70), 0, 0.49f)]).Pixels);
        Overlay.Draw(image, [], [new OverlayDetection(new Box(20, 30, 60, 70), 0, 0.5f)]);
        Assert.Equal(before, image.Pixels);
    }

    [Theory]
    [InlineData(-50, -50, 500, 500)]
    [InlineData(90, 70, 120, 90)]
    [InlineData(500, 500, 600, 600)]
    [InlineData(60, 70, 20, 30)]
    [InlineData(float.NaN, 0, float.PositiveInfinity, float.NegativeInfinity)]
    public void Boxes_anywhere_can_be_drawn(float left, float top, float right, float bottom)
    {
        var box = new Box(left, top, right, bottom);
        PlanarImage drawn = Overlay.Draw(Grey(), [new ObjectAnnotation(0, box)], [new OverlayDetection(box, -3, 0.9f), new OverlayDetection(box, 77, 1)]);
        Assert.Equal((100, 80), (drawn.Width, drawn.Height));
    }

    [Fact]
    public void Labels_of_two_detections_of_one_object_do_not_cover_each_other()
    {
        var box = new Box(20, 30, 60, 50);
        PlanarImage drawn = Overlay.Draw(Grey(), [], [new OverlayDetection(box, 0, 0.9f), new OverlayDetection(box, 1, 0.8f)]);
        // The better one above the box, the other below.
        Assert.Equal(Palette.OfClass(0), At(drawn, 20, 19));
        Assert.Equal(Palette.OfClass(1), At(drawn, 20, 50));
    }

    [Fact]
    public void Magnification_repeats_each_pixel_and_scales_the_boxes()
    {
        PlanarImage image = Grey(4, 3);
        image.Plane(0)[(1 * 4) + 2] = 7;
        PlanarImage large = DetectionOverlay.Magnify(image, 3);
        Assert.Equal((12, 9), (large.Width, large.Height));
        Assert.Equal(9, large.Plane(0).ToArray().Count(value => value == 7));
        Assert.All(new[] { (6, 3), (8, 5) }, place => Assert.Equal(7, At(large, place.Item1, place.Item2).Red));

        PlanarImage drawn = (Overlay with { Magnification = 2 }).Draw(Grey(), [], [new OverlayDetection(new Box(20, 30, 60, 70), 1, 0.9f)]);
        Assert.Equal(Palette.OfClass(1), At(drawn, 40, 60));
        Assert.Equal(Palette.OfClass(1), At(drawn, 119, 139));
        Assert.NotEqual(Palette.OfClass(1), At(drawn, 39, 100));
    }

    [Fact]
    public void Every_printable_letter_has_a_glyph_of_its_own()
    {
        static string Glyph(char letter) => string.Concat(
            from row in Enumerable.Range(0, BitmapFont.GlyphHeight)
            from column in Enumerable.Range(0, BitmapFont.GlyphWidth)
            select BitmapFont.IsInk(letter, column, row) ? '#' : '.');
        string[] glyphs = [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => Glyph((char)code))];
        Assert.Equal(95, glyphs.Distinct().Count());
        Assert.Equal(0, glyphs[0].Count(pixel => pixel == '#'));
        Assert.All(glyphs.Skip(1), glyph => Assert.Contains('#', glyph));
        Assert.Equal(Glyph('é'), Glyph('\u0001'));
        Assert.DoesNotContain(Glyph('é'), glyphs);
        Assert.Equal("#####....#...#...#...#....#....#...", Glyph('7'));
    }

    [Fact]
    public void Label_text_contrasts_with_every_class_colour() => Assert.All(Enumerable.Range(-2, 12), index =>
    {
        Rgb colour = Palette.OfClass(index);
        Assert.InRange(ContrastRatio(colour, colour.Contrast), 4.5, 21);
    });

    // WCAG 2: (lighter + 0.05) / (darker + 0.05) of the relative luminances.
    private static double ContrastRatio(Rgb first, Rgb second)
    {
        static double Linear(byte channel) => channel / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        static double Luminance(Rgb colour) => (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));
        (double low, double high) = (Math.Min(Luminance(first), Luminance(second)), Math.Max(Luminance(first), Luminance(second)));
        return (high + 0.05) / (low + 0.05);
    }
}
