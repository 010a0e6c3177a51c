using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Data.Coco;
using ScratchDet.Tests.Golden;

namespace ScratchDet.Tests.Data.Coco;

public class RunLengthMaskTests
{
    [Fact]
    public void A_bitmap_is_run_through_column_by_column()
    {
        // 0 1 1
        // 0 1 0   columns: 00, 11, 10
        var mask = RunLengthMask.FromBitmap(2, 3, [0, 1, 1, 0, 1, 0]);
        Assert.Equal([2u, 3u, 1u], mask.Runs.ToArray());
        Assert.Equal(3, mask.Area);
        Assert.Equal(new CocoBox(1, 0, 2, 2), mask.Box);
        Assert.Equal([0, 1, 1, 0, 1, 0], mask.ToBitmap());
        Assert.Equal("231", mask.ToCompressed());
    }

    [Fact]
    public void A_mask_that_begins_with_a_set_pixel_has_an_empty_first_run() =>
        Assert.Equal([0u, 4u], RunLengthMask.FromBitmap(2, 2, [1, 1, 1, 255]).Runs.ToArray());

    [Fact]
    public void An_empty_mask_has_no_box_and_overlaps_nothing()
    {
        var empty = new RunLengthMask(2, 2, 4);
        Assert.Equal(default, empty.Box);
        Assert.Equal(0, empty.IntersectionOverUnion(empty));
        Assert.Equal(0, empty.IntersectionOverUnion(new RunLengthMask(2, 2, 0, 4), isCrowd: true));
    }

    [Fact]
    public void The_fourth_run_on_is_written_as_the_difference_from_the_one_two_before()
    {
        // 5 -> '5'; 40 = 01000 + 1 * 32 -> (8 + 32) '0' + 40 = 'X', '1'; 3 -> '3'; 38 - 40 = -2 -> 11110 -> 'N'; 14 - 3 = 11 -> ';'
        var mask = new RunLengthMask(10, 10, 5, 40, 3, 38, 14);
        Assert.Equal("5X13N;", mask.ToCompressed());
        Assert.Equal(mask, RunLengthMask.FromCompressed(10, 10, "5X13N;"));
    }

    [Fact]
    public void A_polygon_covers_the_pixels_whose_centres_it_holds()
    {
        // From 1, 1 to 3, 4: columns 1 and 2, rows 1 to 3 of a mask of five rows.
        var mask = RunLengthMask.FromPolygon(5, 5, [1, 1, 3, 1, 3, 4, 1, 4]);
        Assert.Equal([6u, 3u, 2u, 3u, 11u], mask.Runs.ToArray());
        Assert.Equal(new CocoBox(1, 1, 2, 3), mask.Box);
    }

    [Fact]
    public void Overlap_is_intersection_over_union_or_over_the_detection_in_a_crowd()
    {
        var left = RunLengthMask.FromBitmap(2, 3, [1, 1, 0, 1, 1, 0]);
        var right = RunLengthMask.FromBitmap(2, 3, [0, 1, 1, 0, 1, 1]);
        Assert.Equal(2, left.IntersectionArea(right));
        Assert.Equal(2.0 / 6, left.IntersectionOverUnion(right));
        Assert.Equal(2.0 / 4, left.IntersectionOverUnion(right, isCrowd: true));
        Assert.Equal([0u, 6u], RunLengthMask.Union(left, right).Runs.ToArray());
        Assert.Equal([2u, 2u, 2u], RunLengthMask.Intersection(left, right).Runs.ToArray());
    }

    [Fact]
    public void Golden_polygons_give_the_masks_of_pycocotools_bit_for_bit()
    {
        RunLengthMask? before = null;
        int compared = 0;
        foreach (JsonElement golden in GoldenNumbers.Read("coco_masks.json").EnumerateArray())
        {
            double[][] polygons = golden.GetProperty("polygons").Deserialize<double[][]>()!;
            (int height, int width) = (golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
            var mask = RunLengthMask.FromPolygons(height, width, [.. polygons.SelectMany(polygon => polygon)], [.. polygons.Select(polygon => polygon.Length)]);
            double[] box = golden.GetProperty("box").Deserialize<double[]>()!;

            Assert.Equal(golden.GetProperty("counts").GetString(), mask.ToCompressed());
            Assert.Equal(golden.GetProperty("area").GetInt64(), mask.Area);
            Assert.Equal(new CocoBox(box[0], box[1], box[2], box[3]), mask.Box);
            if (golden.TryGetProperty("iou", out JsonElement overlap))
            {
                Assert.Equal(overlap.GetDouble(), before!.IntersectionOverUnion(mask));
                Assert.Equal(golden.GetProperty("crowd").GetDouble(), before.IntersectionOverUnion(mask, isCrowd: true));
                Assert.Equal(golden.GetProperty("intersection").GetString(), RunLengthMask.Intersection(before, mask).ToCompressed());
                compared++;
            }
            before = mask;
        }
        Assert.True(compared > 40);
    }

    [Fact]
    public void Scraps_of_one_corner_or_none_behind_the_first_polygon_add_nothing()
    {
        double[] triangle = [2, 2, 8, 2, 8, 8];
        RunLengthMask alone = RunLengthMask.FromPolygons(10, 10, triangle, [6]);
        Assert.True(alone.Area > 10);
        Assert.Equal(alone, RunLengthMask.FromPolygons(10, 10, [.. triangle, 1, 9], [6, 2, 0]));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromPolygons(10, 10, [1, 9, .. triangle], [2, 6]));
    }

    [Fact]
    public void Bitmaps_and_texts_and_back_are_the_same_and_combining_is_that_of_pixels()
    {
        Gen<(int Height, int Width, int[] Pixels)> bitmaps =
            from height in Gen.Choose(1, 12)
            from width in Gen.Choose(1, 12)
            from density in Gen.Choose(2, 9)
            from pixels in Gen.Choose(0, 9).ArrayOf(2 * height * width)
            select (height, width, Array.ConvertAll(pixels, pixel => pixel < density ? 1 : 0));
        Prop.ForAll(bitmaps.ToArbitrary(), bitmap =>
        {
            (int height, int width, int[] pixels) = bitmap;
            byte[] a = [.. pixels[..(height * width)].Select(pixel => (byte)pixel)], b = [.. pixels[(height * width)..].Select(pixel => (byte)pixel)];
            RunLengthMask first = RunLengthMask.FromBitmap(height, width, a), second = RunLengthMask.FromBitmap(height, width, b);
            byte[] both = [.. a.Zip(b, (x, y) => (byte)(x & y))], any = [.. a.Zip(b, (x, y) => (byte)(x | y))];
            Assert.Equal(a, first.ToBitmap());
            Assert.Equal(first, RunLengthMask.FromCompressed(height, width, first.ToCompressed()));
            Assert.Equal(RunLengthMask.FromBitmap(height, width, both), RunLengthMask.Intersection(first, second));
            Assert.Equal(RunLengthMask.FromBitmap(height, width, any), RunLengthMask.Union(first, second));
            Assert.Equal(both.Sum(pixel => (long)pixel), first.IntersectionArea(second));
            Assert.Equal(BoxOf(width, a), first.Box);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("5P", "the compressed counts end in the middle of a number")]
    [InlineData("5 3", "the compressed counts have an illegal character (code 32) as character 2")]
    [InlineData("5p3", "the compressed counts have an illegal character (code 112) as character 2")]
    [InlineData("O", "the compressed counts give the negative run -1")]
    [InlineData("12345", "the counts sum to 20 pixels, a mask of 10 x 10 has 100")]
    [InlineData("PPPPPPPPP1", "the compressed counts have a number of more than 32 bits before character 8")]
    [InlineData("PPPPPP4", "the compressed counts give a run of 4294967296 pixels")]
    [InlineData("", "the counts sum to 0 pixels, a mask of 10 x 10 has 100")]
    public void Wrong_compressed_counts_are_named(string counts, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => RunLengthMask.FromCompressed(10, 10, counts)).Message);

    [Fact]
    public void Masks_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RunLengthMask(2, 2, 3));
        Assert.Throws<ArgumentException>(() => new RunLengthMask(2, 2, 3, uint.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => new RunLengthMask(0, 2, 0));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromPolygon(5, 5, [1, 1, 2, 2, 3]));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromPolygon(5, 5, [1, 1, 2, 2]));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromPolygon(5, 5, [1, 1, 2, double.NaN, 3, 3]));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromPolygon(0, 5, [1, 1, 2, 2, 3, 3]));
        Assert.Throws<ArgumentException>(() => new RunLengthMask(2, 2, 4).IntersectionOverUnion(new RunLengthMask(4, 1, 4)));
    }

    private static CocoBox BoxOf(int width, byte[] pixels)
    {
        int[] set = [.. Enumerable.Range(0, pixels.Length).Where(i => pixels[i] != 0)];
        if (set.Length == 0) return default;
        (int left, int right, int top, int bottom) = (set.Min(i => i % width), set.Max(i => i % width), set[0] / width, set[^1] / width);
        return new(left, top, right - left + 1, bottom - top + 1);
    }
}
