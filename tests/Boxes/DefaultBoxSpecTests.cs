using ScratchDet.Boxes;
using ScratchDet.Models;

namespace ScratchDet.Tests.Boxes;

public class DefaultBoxSpecTests
{
    public static TheoryData<DefaultBoxSpec, int> Presets => new()
    {
        { PublishedBoxes.Ssd300Voc, 8732 },
        { PublishedBoxes.Ssd300Coco, 8732 },
        { PublishedBoxes.Ssd300Torchvision, 8732 },
        { PublishedBoxes.Ssd512Voc, 24564 },
        { PublishedBoxes.Ssd512Coco, 24564 },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_preset_has_the_published_number_of_boxes(DefaultBoxSpec spec, int count)
    {
        Assert.Equal(count, spec.Count);
        Assert.Equal(4 * count, spec.Generate().Length);
    }

    [Fact]
    public void Ssd300_has_4_6_6_6_4_4_boxes_per_cell() =>
        Assert.Equal([4, 6, 6, 6, 4, 4], PublishedBoxes.Ssd300Voc.Maps.Select(map => map.BoxesPerCell));

    [Fact]
    public void First_and_last_ten_boxes_of_ssd300_voc()
    {
        // Step 8: centres 4, 12, 20 pixels, 4 / 300 = 0.0133333, 12 / 300 = 0.04, 20 / 300 = 0.0666667.
        // 30 / 300 = 0.1; sqrt(30 * 60) / 300 = 0.1414214; ratio 2: 0.1 * sqrt 2 = 0.1414214 by 0.1 / sqrt 2 = 0.0707107.
        float[,] first =
        {
            { 0.0133333f, 0.0133333f, 0.1f, 0.1f },
            { 0.0133333f, 0.0133333f, 0.1414214f, 0.1414214f },
            { 0.0133333f, 0.0133333f, 0.1414214f, 0.0707107f },
            { 0.0133333f, 0.0133333f, 0.0707107f, 0.1414214f },
            { 0.04f, 0.0133333f, 0.1f, 0.1f },
            { 0.04f, 0.0133333f, 0.1414214f, 0.1414214f },
            { 0.04f, 0.0133333f, 0.1414214f, 0.0707107f },
            { 0.04f, 0.0133333f, 0.0707107f, 0.1414214f },
            { 0.0666667f, 0.0133333f, 0.1f, 0.1f },
            { 0.0666667f, 0.0133333f, 0.1414214f, 0.1414214f },
        };
        // Map of 3 x 3, step 100, last row: centres (150, 250) and (250, 250), 213 pixels: 0.71, sqrt(213 * 264) / 300 =
        // 0.7904430, 0.71 * sqrt 2 = 1.0040916, 0.71 / sqrt 2 = 0.5020458. Map of 1: 264 pixels: 0.88,
        // sqrt(264 * 315) / 300 = 0.9612492, 1.2445079, 0.6222540. Nothing is clipped.
        float[,] last =
        {
            { 0.5f, 0.8333333f, 1.0040916f, 0.5020458f },
            { 0.5f, 0.8333333f, 0.5020458f, 1.0040916f },
            { 0.8333333f, 0.8333333f, 0.71f, 0.71f },
            { 0.8333333f, 0.8333333f, 0.7904429f, 0.7904429f },
            { 0.8333333f, 0.8333333f, 1.0040916f, 0.5020458f },
            { 0.8333333f, 0.8333333f, 0.5020458f, 1.0040916f },
            { 0.5f, 0.5f, 0.88f, 0.88f },
            { 0.5f, 0.5f, 0.9612492f, 0.9612492f },
            { 0.5f, 0.5f, 1.2445079f, 0.6222540f },
            { 0.5f, 0.5f, 0.6222540f, 1.2445079f },
        };
        float[] boxes = PublishedBoxes.Ssd300Voc.Generate();
        AssertBoxes(first, boxes.AsSpan(0, 40));
        AssertBoxes(last, boxes.AsSpan(boxes.Length - 40));
    }

    [Fact]
    public void Ratio_3_comes_after_ratio_2_with_its_inverse()
    {
        // Second map of SSD300 VOC starts after 38 * 38 * 4 boxes; 60 / 300 = 0.2, ratio 3: 0.2 * 1.7320508 by 0.2 / 1.7320508.
        float[] boxes = PublishedBoxes.Ssd300Voc.Generate();
        AssertBoxes(
            new[,]
            {
                { 0.0266667f, 0.0266667f, 0.3464102f, 0.1154701f },
                { 0.0266667f, 0.0266667f, 0.1154701f, 0.3464102f },
            },
            boxes.AsSpan(4 * (38 * 38 * 4 + 4), 8));
    }

    [Fact]
    public void Cells_are_row_major()
    {
        float[] boxes = new DefaultBoxSpec(40, 20, [new DefaultBoxMap(1, 2, 20, 20, 10, 20, [2])]).Generate(); // 1 row, 2 columns of 20 pixels
        AssertBoxes(new[,] { { 0.25f, 0.5f, 0.25f, 0.5f } }, boxes.AsSpan(0, 4)); // 10 / 40 wide, 10 / 20 high
        AssertBoxes(new[,] { { 0.75f, 0.5f, 0.25f, 0.5f } }, boxes.AsSpan(16, 4));
    }

    [Fact]
    public void Ssd512_sizes_are_truncated_to_integers_as_in_caffe()
    {
        float[] boxes = PublishedBoxes.Ssd512Voc.Generate();
        Assert.Equal(35f / 512, boxes[2], 1e-7f); // not 35.84
        Assert.Equal(51.5752f / 512, boxes[6], 1e-6f); // sqrt(35 * 76), not sqrt(35.84 * 76.8) = 52.4646
        float[] exact = (PublishedBoxes.Ssd512Voc with { TruncateSizesToIntegers = false }).Generate();
        Assert.Equal(0.07f, exact[2], 1e-7f);
        Assert.Equal(52.4646f / 512, exact[6], 1e-6f);
    }

    [Fact]
    public void Clipping_by_sizes_keeps_the_centre_and_clipping_by_corners_moves_it()
    {
        // One cell of 100 pixels with its centre at 30, 50; square of 80 pixels: -10..70 by 10..90.
        var map = new DefaultBoxMap(1, 1, 100, 60, 80, null, [4]); // ratio 4: 160 by 40 and 40 by 160
        var spec = new DefaultBoxSpec(100, 100, [map]);
        AssertBoxes(
            new[,] { { 0.3f, 0.5f, 0.8f, 0.8f }, { 0.3f, 0.5f, 1.6f, 0.4f }, { 0.3f, 0.5f, 0.4f, 1.6f } }, spec.Generate());
        AssertBoxes(
            new[,] { { 0.3f, 0.5f, 0.8f, 0.8f }, { 0.3f, 0.5f, 1, 0.4f }, { 0.3f, 0.5f, 0.4f, 1 } },
            (spec with { Clipping = DefaultBoxClipping.Sizes }).Generate());
        AssertBoxes( // x from 0 to 0.7; then -0.5..1.1 becomes 0..1; then y -0.3..1.3 becomes 0..1
            new[,] { { 0.35f, 0.5f, 0.7f, 0.8f }, { 0.5f, 0.5f, 1, 0.4f }, { 0.3f, 0.5f, 0.4f, 1 } },
            (spec with { Clipping = DefaultBoxClipping.Corners }).Generate());
    }

    [Fact]
    public void A_centre_offset_expresses_the_starts_of_dssd()
    {
        // DSSD321: step 8, start 2.5 pixels: second centre at 10.5
        DefaultBoxMap map = DefaultBoxMap.Square(40, 8, 32, 64, 1.6, 2, 3) with { CenterOffset = 2.5 / 8 };
        float[] boxes = new DefaultBoxSpec(321, 321, [map]).Generate();
        Assert.Equal(2.5f / 321, boxes[0], 1e-7f);
        Assert.Equal(10.5f / 321, boxes[4 * 8], 1e-7f);
    }

    [Fact]
    public void Small_nets_take_neighbouring_base_sizes()
    {
        DefaultBoxSpec spec = BoxLayout.Of(16, 26, 44, 80, 140).ForMaps(320, [40, 20, 10, 5]);
        Assert.Equal(4 * (1600 + 400 + 100 + 25), spec.Count);
        Assert.Equal([8, 16, 32, 64], spec.Maps.Select(map => map.StepX));
        Assert.Equal((44, 80), (spec.Maps[2].MinSize, spec.Maps[2].MaxSize));
        Assert.Throws<ArgumentException>(() => BoxLayout.Of(16, 26, 44).ForMaps(320, [40]));
    }

    [Fact]
    public void A_model_with_other_maps_is_told_both_counts_and_the_first_map_that_differs()
    {
        // The two published Root-ResNet-34 bodies have maps 38 19 10 5 5 5 and 38 19 10 5 3 3 for boxes of 38 19 10 5 3 1.
        DefaultBoxSpec spec = PublishedBoxes.Ssd300Voc;
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => spec.RequirePredictionCount(8764, [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (3, 3)]));
        Assert.StartsWith("8764 predictions, 8732 default boxes: map 6 is 3x3 in the model and 1x1 in the default boxes", error.Message);
        error = Assert.Throws<ArgumentException>(
            () => spec.RequirePredictionCount(8892, [(38, 38), (19, 19), (10, 10), (5, 5), (5, 5), (5, 5)]));
        Assert.StartsWith("8892 predictions, 8732 default boxes: map 5 is 5x5 in the model and 3x3", error.Message);
        Assert.Contains("38x38, 19x19, 10x10, 5x5, 3x3, 1x1", Assert.Throws<ArgumentException>(() => spec.RequirePredictionCount(1)).Message);
        Assert.Contains("6 feature maps, the default boxes 7", Assert.Throws<ArgumentException>(
            () => PublishedBoxes.Ssd512Voc.RequirePredictionCount(8732, [.. spec.Maps.Select(m => (m.Height, m.Width))])).Message);
        Assert.Contains("boxes per cell", Assert.Throws<ArgumentException>(
            () => spec.RequirePredictionCount(11640, [.. spec.Maps.Select(m => (m.Height, m.Width))])).Message);
        spec.RequirePredictionCount(8732);
    }

    [Theory]
    [InlineData(0, 8, 16.0, 26.0, 2.0, "0 x 0 cells")]
    [InlineData(4, 0, 16.0, 26.0, 2.0, "steps 0")]
    [InlineData(4, 8, 0.0, 26.0, 2.0, "min size 0")]
    [InlineData(4, 8, 16.0, 16.0, 2.0, "max size 16")]
    [InlineData(4, 8, double.NaN, 26.0, 2.0, "min size NaN")]
    [InlineData(4, 8, 16.0, 26.0, 1.0, "aspect ratio that is 1")]
    [InlineData(4, 8, 16.0, 26.0, -2.0, "not positive")]
    public void Unusable_numbers_are_named_with_their_map(int side, double step, double min, double max, double ratio, string expected)
    {
        var spec = new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(5, 20, 10, 20, 2), DefaultBoxMap.Square(side, step, min, max, ratio)]);
        string message = Assert.Throws<ArgumentException>(spec.Generate).Message;
        Assert.Contains("map 2", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void A_ratio_and_its_inverse_are_refused_because_each_box_would_come_twice()
    {
        var spec = new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(5, 20, 10, 20, 2, 0.5)]);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(spec.Generate).Message);
    }

    [Fact]
    public void Specs_with_equal_numbers_are_equal()
    {
        DefaultBoxSpec Make(double ratio) => new(96, 96, [DefaultBoxMap.Square(12, 8, 16, 26, ratio)]);
        Assert.Equal(Make(2), Make(2));
        Assert.Equal(Make(2).GetHashCode(), Make(2).GetHashCode());
        Assert.NotEqual(Make(2), Make(3));
    }

    private static void AssertBoxes(float[,] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i / 4, i % 4], actual[i], 1e-6f);
    }
}
