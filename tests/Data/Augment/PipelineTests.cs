using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data.Augment;

public class PipelineTests
{
    private static ObjectAnnotation[] RandomObjects(Random random, int width, int height)
    {
        var objects = new ObjectAnnotation[random.Next(6)];
        for (int i = 0; i < objects.Length; i++)
        {
            float x = random.NextSingle() * (width - 1), y = random.NextSingle() * (height - 1);
            objects[i] = new ObjectAnnotation(i, new Box(x, y, x + 0.01f + random.NextSingle() * (width - x - 0.01f), y + 0.01f + random.NextSingle() * (height - y - 0.01f)), i % 2 == 0);
        }
        return objects;
    }

    [Fact]
    public void Boxes_stay_inside_and_non_empty_through_the_whole_pipeline()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).Zip(Gen.Choose(0, 63)).ToArbitrary(), drawn =>
        {
            (int seed, int switches) = drawn;
            var random = new Random(seed);
            int width = random.Next(2, 60), height = random.Next(2, 60);
            AugmentSpec ssd = AugmentSpec.Ssd;
            AugmentSpec spec = ssd with
            {
                Photometric = ssd.Photometric with { Enabled = (switches & 1) != 0 },
                Expand = ssd.Expand with { Enabled = (switches & 2) != 0 },
                Crop = ssd.Crop with { Enabled = (switches & 4) != 0, NeverRejects = (switches & 32) != 0 },
                Resize = ssd.Resize with { Enabled = (switches & 8) != 0 },
                Mirror = ssd.Mirror with { Enabled = (switches & 16) != 0 },
            };
            ObjectAnnotation[] objects = RandomObjects(random, width, height);
            PlanarImage image = TestImages.Noise(width, height, seed);
            byte[] before = [.. image.Pixels];
            AnnotatedImage output = new Pipeline(spec, 30, 24).Apply(new AnnotatedImage(image, objects), random);
            if (spec.Resize.Enabled) Assert.Equal((30, 24), (output.Image.Width, output.Image.Height));
            Assert.True(output.Objects.Count <= objects.Length);
            foreach (ObjectAnnotation item in output.Objects)
            {
                Assert.True(item.Box.Area > 0);
                Assert.Equal(item.Box, item.Box.Clip(output.Image.Width, output.Image.Height));
                Assert.Equal(item.ClassIndex % 2 == 0, item.Difficult);   // still the same object
            }
            Assert.Equal(before, image.Pixels);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void A_box_frames_the_same_pixels_after_expand_crop_resize_and_mirror()
    {
        // A white rectangle on black. With nearest interpolation and all geometry, the white area in the output is the box's.
        AugmentSpec spec = AugmentSpec.Ssd with
        {
            Photometric = new PhotometricSpec { Enabled = false },
            Resize = new ResizeSpec { Interpolations = Interpolation.Nearest },
            Normalization = new Normalization { MeanRed = 0, MeanGreen = 0, MeanBlue = 0 },
        };
        var image = new PlanarImage(100, 80);
        for (int y = 20; y < 60; y++) image.Plane(1).Slice(y * 100 + 30, 50).Fill(255);
        var input = new AnnotatedImage(image, [new ObjectAnnotation(0, new Box(30, 20, 80, 60))]);
        int checkedBoxes = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            AnnotatedImage output = new Pipeline(spec, 300, 300).Apply(input, new Random(seed));
            if (output.Objects.Count == 0) continue;
            Box box = output.Objects[0].Box;
            int white = output.Image.Plane(1).Count((byte)255);
            float border = 2 * (box.Width + box.Height) * 0.55f + 4;   // nearest moves each edge by up to half a pixel
            float error = MathF.Abs(white - box.Area);
            Assert.True(error <= border, $"seed {seed}: {white} white pixels, box of {box.Area}");
            Assert.Equal(255, TestImages.Pixel(output.Image, (int)box.CenterX, (int)box.CenterY).G);
            checkedBoxes++;
        }
        Assert.InRange(checkedBoxes, 150, 200);
    }

    [Fact]
    public void Mirroring_twice_is_the_identity()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int width = random.Next(1, 40), height = random.Next(1, 10);
            ObjectAnnotation[] objects = [new ObjectAnnotation(1, new Box(0, 0, width / 2f, height)), new ObjectAnnotation(0, new Box(0.25f * width, 0, width, 0.5f * height))];
            var input = new AnnotatedImage(TestImages.Noise(width, height, seed), objects);
            AnnotatedImage twice = Mirror.Flip(Mirror.Flip(input));
            return twice.Image.Pixels.SequenceEqual(input.Image.Pixels) && twice.Objects.SequenceEqual(objects);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Mirroring_swaps_left_and_right()
    {
        AnnotatedImage flipped = Mirror.Flip(new AnnotatedImage(TestImages.Counting(4, 2), [new ObjectAnnotation(0, new Box(0, 0, 1, 2))]));
        Assert.Equal([3, 2, 1, 0, 7, 6, 5, 4], flipped.Image.Plane(0).ToArray());
        Assert.Equal(new Box(3, 0, 4, 2), flipped.Objects[0].Box);
        var mirror = new Mirror(new MirrorSpec());
        Assert.InRange(Enumerable.Range(0, 1000).Count(seed => mirror.Draw(new Random(seed))), 430, 570);
        Assert.False(new Mirror(new MirrorSpec { Enabled = false, Probability = 1 }).Draw(new Random(1)));
    }

    [Fact]
    public void The_same_random_state_gives_the_same_result()
    {
        var input = new AnnotatedImage(TestImages.Noise(50, 40, 1), [new ObjectAnnotation(0, new Box(5, 5, 30, 30))]);
        var pipeline = new Pipeline(AugmentSpec.Ssd, 30, 30);
        AnnotatedImage one = pipeline.Apply(input, new Random(3)), two = pipeline.Apply(input, new Random(3)), other = pipeline.Apply(input, new Random(4));
        Assert.Equal(one.Image.Pixels, two.Image.Pixels);
        Assert.Equal(one.Objects, two.Objects);
        Assert.NotEqual(one.Image.Pixels, other.Image.Pixels);
    }

    [Fact]
    public void A_result_is_not_overwritten_by_the_next_image()
    {
        // Distortion alone, at the network's own size: nothing else copies the pixels.
        foreach (bool resizes in new[] { true, false })
        {
            AugmentSpec spec = AugmentSpec.None with { Photometric = new PhotometricSpec { BrightnessProbability = 1 }, Resize = new ResizeSpec { Enabled = resizes } };
            var pipeline = new Pipeline(spec, 20, 10);
            AnnotatedImage first = pipeline.Apply(new AnnotatedImage(TestImages.Noise(20, 10, 1), []), new Random(1));
            byte[] before = [.. first.Image.Pixels];
            pipeline.Apply(new AnnotatedImage(TestImages.Noise(20, 10, 2), []), new Random(2));
            Assert.Equal(before, first.Image.Pixels);
        }
    }

    [Fact]
    public void No_augmentation_is_a_linear_resize_with_scaled_boxes()
    {
        var input = new AnnotatedImage(TestImages.Noise(50, 40, 1), [new ObjectAnnotation(2, new Box(5, 10, 30, 40), Truncated: true)]);
        AnnotatedImage output = new Pipeline(AugmentSpec.None, 100, 20).Apply(input, new Random(1));
        Assert.Equal(Resize.Apply(input.Image, 100, 20, Interpolation.Linear).Pixels, output.Image.Pixels);
        Assert.Equal([new ObjectAnnotation(2, new Box(10, 5, 60, 20), Truncated: true)], output.Objects);
    }

    [Fact]
    public void Flip_only_gives_the_resized_image_or_its_mirror_image()
    {
        var input = new AnnotatedImage(TestImages.Noise(20, 10, 1), [new ObjectAnnotation(0, new Box(2, 1, 8, 9))]);
        int mirrored = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            AnnotatedImage output = new Pipeline(AugmentSpec.FlipOnly, 20, 10).Apply(input, new Random(seed));
            bool isMirrored = output.Objects[0].Box == new Box(12, 1, 18, 9);
            Assert.Equal((isMirrored ? Mirror.Flip(input) : input).Image.Pixels, output.Image.Pixels);
            if (isMirrored) mirrored++;
        }
        Assert.InRange(mirrored, 30, 70);
    }

    [Fact]
    public void The_presets_are_what_the_reference_states()
    {
        AugmentSpec ssd = AugmentSpec.Ssd;
        Assert.Equal((0.5f, 32f, 0.5f, 0.5f, 1.5f), (ssd.Photometric.BrightnessProbability, ssd.Photometric.BrightnessDelta, ssd.Photometric.ContrastProbability, ssd.Photometric.ContrastLower, ssd.Photometric.ContrastUpper));
        Assert.Equal((0.5f, 0.5f, 1.5f, 0.5f, 18f), (ssd.Photometric.SaturationProbability, ssd.Photometric.SaturationLower, ssd.Photometric.SaturationUpper, ssd.Photometric.HueProbability, ssd.Photometric.HueDelta));
        Assert.Equal((0.5f, 4f), (ssd.Expand.Probability, ssd.Expand.MaximumRatio));
        Assert.Equal((0.3f, 1f, 0.5f, 2f, 50), (ssd.Crop.MinimumScale, ssd.Crop.MaximumScale, ssd.Crop.MinimumAspectRatio, ssd.Crop.MaximumAspectRatio, ssd.Crop.Trials));
        Assert.Equal(Interpolation.All, ssd.Resize.Interpolations);
        Assert.Equal(0.5f, ssd.Mirror.Probability);
        Assert.False(ssd.Crop.NeverRejects || ssd.Crop.OmitsHalfLevel || ssd.Photometric.HueDeltaInDegreesWrapping);
        Assert.Equal(AugmentSpec.None, ssd.ForTest());
        Assert.Equal(Interpolation.Linear, ssd.ForTest().Resize.Interpolations);
        Assert.Equal(AugmentSpec.None with { Mirror = new MirrorSpec() }, AugmentSpec.FlipOnly);
    }
}
