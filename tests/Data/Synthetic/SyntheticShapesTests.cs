using System.Security.Cryptography;
using ScratchDet.Boxes;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Synthetic;

public class SyntheticShapesTests
{
    private const int Size = 160;

    private static readonly SyntheticShapesImage[] Images = [.. Enumerable.Range(0, 80).Select(i => SyntheticShapes.Render(1, i, Size))];

    [Fact]
    public void The_same_seed_gives_the_same_picture_in_any_order_on_any_thread()
    {
        var again = new string[Images.Length];
        Parallel.For(0, again.Length, i => again[again.Length - 1 - i] = Digest(SyntheticShapes.Render(1, again.Length - 1 - i, Size)));
        Assert.Equal(Images.Select(Digest), again);
        Assert.Equal(again.Length, again.Distinct().Count());
    }

    [Fact]
    public void Boxes_enclose_the_masks_exactly()
    {
        foreach (ShapeObject item in Images.SelectMany(image => image.Objects))
        {
            int left = Size, top = Size, right = 0, bottom = 0;
            for (int i = 0; i < item.Mask.Length; i++)
            {
                if (item.Mask[i] == 0) continue;
                (left, right) = (Math.Min(left, i % Size), Math.Max(right, i % Size + 1));
                (top, bottom) = (Math.Min(top, i / Size), Math.Max(bottom, i / Size + 1));
            }
            Assert.Equal(new Box(left, top, right, bottom), item.Box);
        }
    }

    [Fact]
    public void A_pixel_belongs_to_one_object_at_most()
    {
        foreach (SyntheticShapesImage image in Images)
        {
            for (int i = 0; i < Size * Size; i++)
                Assert.InRange(image.Objects.Sum(item => item.Mask[i]), 0, 1);
        }
    }

    [Fact]
    public void Counts_sizes_and_classes_are_as_promised()
    {
        var classes = new int[SyntheticShapes.ClassNames.Count];
        foreach (SyntheticShapesImage image in Images)
        {
            Assert.InRange(image.Objects.Count, SyntheticShapes.FewestObjects, SyntheticShapes.MostObjects);
            foreach (ShapeObject item in image.Objects)
            {
                Assert.InRange(Math.Max(item.Box.Width, item.Box.Height), SyntheticShapes.ShortestSide, SyntheticShapes.LongestSide);
                classes[item.ClassIndex]++;
            }
        }
        Assert.All(classes, count => Assert.True(count > Images.Length / 3));
        float[] lengths = [.. Images.SelectMany(image => image.Objects).Select(item => Math.Max(item.Box.Width, item.Box.Height)).Order()];
        Assert.True(lengths[0] <= 10 && lengths[^1] >= 55);
    }

    [Fact]
    public void A_visible_keypoint_lies_on_its_object_and_a_hidden_one_on_another()
    {
        int hidden = 0, outside = 0;
        foreach (SyntheticShapesImage image in Images)
        {
            for (int i = 0; i < image.Objects.Count; i++)
            {
                Assert.Equal(ShapeCategory.KeypointCount, image.Objects[i].Keypoints.Count);
                foreach (ShapeKeypoint keypoint in image.Objects[i].Keypoints)
                {
                    int pixel = (int)keypoint.Y * Size + (int)keypoint.X;
                    switch (keypoint.Visibility)
                    {
                        case 2:
                            Assert.Equal(1, image.Objects[i].Mask[pixel]);
                            break;
                        case 1:
                            // Later objects are in front.
                            Assert.Contains(image.Objects.Skip(i + 1), other => other.Mask[pixel] == 1);
                            hidden++;
                            break;
                        default:
                            Assert.Equal(new ShapeKeypoint(0, 0, 0), keypoint);
                            outside++;
                            break;
                    }
                }
            }
        }
        Assert.True(hidden > 20, $"only {hidden} hidden keypoints");
        Assert.True(outside > 5, $"only {outside} keypoints outside");
    }

    [Fact]
    public void Keypoints_of_a_whole_object_lie_where_their_names_say()
    {
        int seen = 0;
        foreach (ShapeObject item in Images.SelectMany(image => image.Objects).Where(item => !item.Truncated))
        {
            IReadOnlyList<string> names = SyntheticShapes.Categories[item.ClassIndex].KeypointNames;
            for (int a = 0; a < names.Count; a++)
            {
                ShapeKeypoint keypoint = item.Keypoints[a];
                if (keypoint.Visibility == 0) continue;
                // Tolerance for the turn of up to 20 degrees and for pixels.
                float slackX = 0.2f * item.Box.Width + 1, slackY = 0.2f * item.Box.Height + 1;
                if (names[a].Contains("left")) Assert.True(keypoint.X <= item.Box.CenterX + slackX);
                if (names[a].Contains("right")) Assert.True(keypoint.X >= item.Box.CenterX - slackX);
                if (names[a].Contains("top") || names[a] == "apex") Assert.True(keypoint.Y <= item.Box.CenterY + slackY);
                if (names[a].Contains("bottom") || names[a].Contains("base")) Assert.True(keypoint.Y >= item.Box.CenterY - slackY);
                seen++;
            }
        }
        Assert.True(seen > 200);
    }

    [Fact]
    public void Mirroring_the_keypoints_twice_gives_the_start_and_swaps_left_and_right()
    {
        foreach (ShapeCategory category in SyntheticShapes.Categories)
        {
            for (int k = 0; k < ShapeCategory.KeypointCount; k++)
            {
                int flipped = category.FlippedKeypoints[k];
                Assert.Equal(k, category.FlippedKeypoints[flipped]);
                Assert.Equal(category.KeypointPlaces[k].X, -category.KeypointPlaces[flipped].X, 1e-9);
                Assert.Equal(category.KeypointPlaces[k].Y, category.KeypointPlaces[flipped].Y, 1e-9);
            }
        }
    }

    [Fact]
    public void An_object_stands_out_from_the_background_around_it()
    {
        // The mean colour inside against the mean over the picture's uncovered pixels.
        int weak = 0, objects = 0;
        foreach (SyntheticShapesImage image in Images)
        {
            double[] ground = MeanColour(image, i => image.Objects.All(item => item.Mask[i] == 0));
            foreach (ShapeObject item in image.Objects)
            {
                double[] colour = MeanColour(image, i => item.Mask[i] == 1);
                objects++;
                if (Math.Sqrt(colour.Zip(ground, (a, b) => (a - b) * (a - b)).Sum()) < 40) weak++;
            }
        }
        Assert.True(weak <= objects / 50, $"{weak} of {objects} objects have nearly the colour of the background");
    }

    private static double[] MeanColour(SyntheticShapesImage image, Func<int, bool> belongs)
    {
        var sums = new double[3];
        int count = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            if (!belongs(i)) continue;
            count++;
            for (int channel = 0; channel < 3; channel++) sums[channel] += image.Image.Pixels[channel * Size * Size + i];
        }
        return [.. sums.Select(sum => sum / count)];
    }

    private static string Digest(SyntheticShapesImage image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(image.Image.Pixels);
        foreach (ShapeObject item in image.Objects) hash.AppendData(item.Mask);
        return Convert.ToHexString(hash.GetCurrentHash())
            + string.Join(';', image.Objects.Select(item => $"{item.ClassIndex} {item.Box} {string.Join(',', item.Keypoints)}"));
    }
}
