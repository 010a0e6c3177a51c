using System.Globalization;
using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Synthetic;

/// <summary>Images, categories and objects of a made-up case.</summary>
internal static class CocoCaseObjects
{
    private const double CrowdShare = 0.01;
    private const double TwoPartShare = 0.1;

    // The square root of an object's area: by the normal distribution, 41 in 100 are small (under 32), 19 large (over 96).
    private const double MedianSide = 40;
    private const double SideSpread = 1;
    private static readonly (int Width, int Height)[] imageSizes = [(640, 480), (640, 427), (480, 640), (500, 375), (640, 640), (427, 640), (612, 612)];

    public static CocoGroundTruth Make(CocoCaseSpec spec)
    {
        Random random = Seeds.Generator(spec.Seed, "coco case objects");
        CocoImage[] images = Images(spec.Images, random);
        CocoCategory[] categories = Categories(spec.Categories, random);
        double[] categoryShares = Shares(categories.Length, rank => 1 / (rank + 2.0));
        // Most images have few objects, some have many.
        double[] imageShares = Shares(images.Length, _ => -Math.Log(1 - random.NextDouble()));
        var objects = new CocoObject[spec.Objects];
        CocoMasks? masks = spec.HasPolygons ? new() : null;
        long[] ids = Ids(objects.Length, 50, random);
        var outline = new CocoCaseOutline();
        for (int i = 0; i < objects.Length; i++)
        {
            int image = Drawn(imageShares, random), category = Drawn(categoryShares, random);
            CocoImage size = images[image];
            CocoBox place = Box(size, random);
            bool isCrowd = random.Chance(CrowdShare);
            outline.Draw(place, random, partCount: random.Chance(TwoPartShare) ? 2 : 1, random.Next(6, 46));
            CocoBox box = outline.Box();
            double area = outline.Area();
            if (masks is not null && isCrowd)
            {
                RunLengthMask mask = RunLengthMask.FromPolygons(size.Height, size.Width, outline.Coordinates, outline.Lengths);
                masks.Add(mask);
                (box, area) = (mask.Box, mask.Area);
            }
            else
            {
                masks?.AddPolygons(size.Height, size.Width, outline.Coordinates, outline.Lengths);
            }
            objects[i] = new(ids[i], image, category, box, area, isCrowd);
        }
        return new(null, images, categories, objects) { Masks = masks };
    }

    private static CocoImage[] Images(int count, Random random)
    {
        long[] ids = Ids(count, 116, random);
        var images = new CocoImage[count];
        for (int i = 0; i < count; i++)
        {
            (int width, int height) = imageSizes[random.Next(imageSizes.Length)];
            images[i] = new(ids[i], width, height, ids[i].ToString("D12", CultureInfo.InvariantCulture) + ".jpg");
        }
        return images;
    }

    private static CocoCategory[] Categories(int count, Random random)
    {
        var categories = new CocoCategory[count];
        long id = 0;
        for (int i = 0; i < count; i++)
        {
            id += random.Chance(0.1) ? 2 : 1;
            categories[i] = new(id, string.Create(CultureInfo.InvariantCulture, $"class {id}"));
        }
        return categories;
    }

    /// <summary>Different ids with gaps, in no order.</summary>
    private static long[] Ids(int count, int largestGap, Random random)
    {
        var ids = new long[count];
        long id = 0;
        for (int i = 0; i < count; i++) ids[i] = id += random.Next(1, largestGap);
        random.Shuffle(ids);
        return ids;
    }

    private static CocoBox Box(CocoImage image, Random random)
    {
        double side = random.LogNormal(MedianSide, SideSpread), stretch = random.LogNormal(1, 0.45);
        double width = Math.Clamp(side * stretch, 3, image.Width), height = Math.Clamp(side / stretch, 3, image.Height);
        return new(random.Between(0, image.Width - width), random.Between(0, image.Height - height), width, height);
    }

    /// <summary>Shares of 1, summed up to each rank.</summary>
    private static double[] Shares(int count, Func<int, double> weight)
    {
        var sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) sums[i] = sum += weight(i);
        for (int i = 0; i < count; i++) sums[i] /= sum;
        return sums;
    }

    private static int Drawn(double[] shares, Random random)
    {
        int index = Array.BinarySearch(shares, random.NextDouble());
        return Math.Min(index < 0 ? ~index : index, shares.Length - 1);
    }
}
