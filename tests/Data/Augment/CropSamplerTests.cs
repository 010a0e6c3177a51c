using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data.Augment;

public class CropSamplerTests
{
    private static readonly CropSampler Reference = new(new CropSpec());

    private static ObjectAnnotation Object(float xMin, float yMin, float xMax, float yMax) => new(0, new Box(xMin, yMin, xMax, yMax));

    [Fact]
    public void One_object_at_the_level_is_enough_whatever_the_others_are()
    {
        // The crop is the first object but for 5 of 100 columns: IoU 0.95. The second object is outside: IoU 0.
        ObjectAnnotation[] objects = [Object(0, 0, 100, 100), Object(150, 150, 190, 190)];
        Assert.True(Reference.Accepts(new Box(0, 0, 95, 100), objects, 0.9f));
    }

    [Fact]
    public void A_crop_that_no_object_reaches_is_rejected_but_not_under_the_and_bug()
    {
        // One object inside with IoU 0.36, one outside with IoU 0, level 0.9. "min(IoU) < 0.9 and infinity < max(IoU)" never holds.
        ObjectAnnotation[] objects = [Object(0, 0, 60, 60), Object(150, 150, 190, 190)];
        var crop = new Box(0, 0, 100, 100);
        Assert.Equal(0.36f, crop.Iou(objects[0].Box), 5);
        Assert.False(Reference.Accepts(crop, objects, 0.9f));
        Assert.True(Reference.Accepts(crop, objects, 0.36f - 1e-5f));
        Assert.True(new CropSampler(new CropSpec { NeverRejects = true }).Accepts(crop, objects, 0.9f));
    }

    [Fact]
    public void Under_the_and_bug_more_crops_miss_every_object()
    {
        // A small object: the levels 0.1 and above force crops near it, the bug takes any.
        ObjectAnnotation[] objects = [Object(10, 10, 60, 60)];
        int Missed(CropSampler sampler) => Enumerable.Range(0, 500).Count(seed =>
            CropSampler.Keep(objects, sampler.Draw(200, 200, objects, new Random(seed))).Count == 0);
        int reference = Missed(Reference), buggy = Missed(new CropSampler(new CropSpec { NeverRejects = true }));
        Assert.True(buggy > reference + 50, $"{buggy} under the bug, {reference} without it");
    }

    [Fact]
    public void The_missing_half_level_changes_how_often_the_whole_image_is_kept()
    {
        // An object as large as the image: every level finds a crop, so the whole image is one of 7, or of 6 without 0.5.
        ObjectAnnotation[] objects = [Object(0, 0, 200, 200)];
        var manyTrials = new CropSpec { Trials = 2000, MinimumScale = 0.9f };
        double Whole(CropSpec spec) => Enumerable.Range(0, 12_000).Count(seed =>
            new CropSampler(spec).Draw(200, 200, objects, new Random(seed)) == new PixelWindow(0, 0, 200, 200)) / 12_000.0;
        Assert.Equal(1 / 7.0, Whole(manyTrials), 0.01);
        Assert.Equal(1 / 6.0, Whole(manyTrials with { OmitsHalfLevel = true }), 0.01);
    }

    [Fact]
    public void A_level_that_finds_nothing_keeps_nothing()
    {
        // A 4 x 4 object in 200 x 200: no crop of at least 0.09 of the area has IoU 0.1, so only whole and free are left.
        ObjectAnnotation[] objects = [Object(100, 100, 104, 104)];
        int whole = Enumerable.Range(0, 1000).Count(seed => Reference.Draw(200, 200, objects, new Random(seed)) == new PixelWindow(0, 0, 200, 200));
        Assert.InRange(whole, 430, 570);
    }

    [Fact]
    public void Crops_have_their_scale_and_ratio_and_stay_inside()
    {
        float smallest = 1, largest = 0;
        var random = new Random(1);
        for (int i = 0; i < 5000; i++)
        {
            Box crop = Reference.Sample(random);
            float scale = MathF.Sqrt(crop.Width * crop.Height), ratio = crop.Width / crop.Height;
            Assert.InRange(scale, 0.2999f, 1.0001f);
            Assert.InRange(ratio, 0.499f, 2.004f);
            Assert.InRange(ratio, scale * scale - 1e-3f, 1 / (scale * scale) + 1e-3f);
            Assert.True(crop.XMin >= 0 && crop.YMin >= 0 && crop.XMax <= 1.00001f && crop.YMax <= 1.00001f);
            (smallest, largest) = (MathF.Min(smallest, scale), MathF.Max(largest, scale));
        }
        Assert.InRange(smallest, 0.3f, 0.31f);
        Assert.InRange(largest, 0.99f, 1.0001f);
    }

    [Fact]
    public void An_image_without_objects_is_never_cropped_nor_one_when_switched_off()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Assert.Equal(new PixelWindow(0, 0, 20, 30), Reference.Draw(20, 30, [], new Random(seed)));
            Assert.Equal(new PixelWindow(0, 0, 20, 30), new CropSampler(new CropSpec { Enabled = false }).Draw(20, 30, [Object(0, 0, 20, 30)], new Random(seed)));
        }
    }

    [Fact]
    public void Objects_stay_when_their_centre_is_inside_and_are_clipped_to_the_crop()
    {
        ObjectAnnotation[] objects =
        [
            Object(0, 0, 30, 30),     // centre (15, 15): inside, clipped at the left and the top
            Object(0, 0, 18, 40),     // centre (9, 20): outside
            Object(35, 12, 45, 20),   // centre (40, 16) on the border: inside
            Object(12, 13, 20, 21),   // wholly inside
        ];
        List<ObjectAnnotation> kept = CropSampler.Keep(objects, new PixelWindow(10, 10, 30, 25));
        Assert.Equal([new Box(0, 0, 20, 20), new Box(25, 2, 30, 10), new Box(2, 3, 10, 11)], kept.Select(item => item.Box));
    }

    [Fact]
    public void Pixels_and_boxes_are_cut_by_the_same_window()
    {
        // Every pixel of the object has its value in red; after the crop the box still frames exactly these pixels.
        var image = new PlanarImage(40, 30);
        for (int y = 8; y < 20; y++) image.Plane(0).Slice(y * 40 + 10, 15).Fill(200);
        var input = new AnnotatedImage(image, [Object(10, 8, 25, 20)]);
        for (int seed = 0; seed < 100; seed++)
        {
            AnnotatedImage cropped = Reference.Apply(input, new Random(seed));
            foreach (ObjectAnnotation item in cropped.Objects)
            {
                int marked = cropped.Image.Plane(0).Count((byte)200);
                Assert.Equal(item.Box.Area, marked);
                Assert.Equal(200, TestImages.Pixel(cropped.Image, (int)item.Box.XMin, (int)item.Box.YMin).R);
            }
        }
    }
}
