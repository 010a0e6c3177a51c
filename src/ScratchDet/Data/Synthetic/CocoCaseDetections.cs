using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Synthetic;

/// <summary>Detections of a made-up case: about a third find an object, well or badly, once or again; the rest is background.</summary>
internal static class CocoCaseDetections
{
    public static CocoResults Make(CocoCaseSpec spec, CocoGroundTruth truth)
    {
        List<int>[] objectsOfImage = ObjectsOfImage(truth);
        var detections = new List<CocoDetection>(spec.Detections);
        CocoMasks? masks = spec.HasDetectionMasks ? new() : null;
        var maker = new Maker(truth, detections, masks);
        for (int image = 0; image < spec.Images; image++)
        {
            Random random = Seeds.Generator(spec.Seed, "coco case detections", image);
            // Evenly: the sum over all images is exactly the wanted count.
            int count = (int)(((image + 1L) * spec.Detections / spec.Images) - ((long)image * spec.Detections / spec.Images));
            for (int i = 0; i < count; i++) maker.Add(image, objectsOfImage[image], i, random);
        }
        return new(null, detections) { Masks = masks };
    }

    private static List<int>[] ObjectsOfImage(CocoGroundTruth truth)
    {
        var objects = new List<int>[truth.Images.Count];
        for (int i = 0; i < objects.Length; i++) objects[i] = [];
        for (int i = 0; i < truth.Objects.Count; i++) objects[truth.Objects[i].ImageIndex].Add(i);
        return objects;
    }

    private sealed class Maker(CocoGroundTruth truth, List<CocoDetection> detections, CocoMasks? masks)
    {
        private const double FoundShare = 0.85;
        private const double AgainShare = 0.2;
        private const double WrongClassShare = 0.1;
        private readonly CocoCaseOutline outline = new();

        /// <param name="turn">Which detection of the image this is: first each object has its chance, in turn.</param>
        public void Add(int image, List<int> objects, int turn, Random random)
        {
            bool isFirstTurn = turn < objects.Count;
            if (objects.Count > 0 && random.Chance(isFirstTurn ? FoundShare : AgainShare))
                AddFound(image, isFirstTurn ? objects[turn] : objects[random.Next(objects.Count)], isFirstTurn ? 0.06 : 0.15, random);
            else
                AddBackground(image, random);
        }

        private void AddFound(int image, int index, double jitter, Random random)
        {
            CocoObject item = truth.Objects[index];
            CocoBox box = item.Box;
            double width = Math.Max(1, box.Width * random.LogNormal(1, jitter)), height = Math.Max(1, box.Height * random.LogNormal(1, jitter));
            var moved = new CocoBox(
                box.X + (jitter * random.Normal() * box.Width), box.Y + (jitter * random.Normal() * box.Height), width, height);
            moved = Inside(moved, truth.Images[image]);
            int category = random.Chance(WrongClassShare) ? random.Next(truth.Categories.Count) : item.CategoryIndex;
            double score = Math.Clamp((0.9 * Overlap(moved, box)) + (0.12 * random.Normal()), 0.01, 0.999);
            Add(image, category, score, moved, random);
        }

        private void AddBackground(int image, Random random)
        {
            CocoImage size = truth.Images[image];
            double width = Math.Min(random.LogNormal(50, 0.9), size.Width), height = Math.Min(random.LogNormal(50, 0.9), size.Height);
            var box = new CocoBox(random.Between(0, size.Width - width), random.Between(0, size.Height - height), width, height);
            Add(image, random.Next(truth.Categories.Count), Math.Clamp(-0.08 * Math.Log(1 - random.NextDouble()), 0.001, 0.9), Inside(box, size), random);
        }

        // Scores have six decimals: some are equal.
        private void Add(int image, int category, double score, CocoBox box, Random random)
        {
            score = Math.Round(score, 6);
            if (masks is null)
            {
                detections.Add(new(image, category, score, box, box.Area));
                return;
            }
            CocoImage size = truth.Images[image];
            outline.Draw(box, random, partCount: 1, cornerCount: 12);
            RunLengthMask mask = RunLengthMask.FromPolygons(size.Height, size.Width, outline.Coordinates, outline.Lengths);
            masks.Add(mask);
            detections.Add(new(image, category, score, mask.Box, mask.Area));
        }

        private static CocoBox Inside(in CocoBox box, CocoImage image)
        {
            double width = Math.Min(box.Width, image.Width), height = Math.Min(box.Height, image.Height);
            return new(
                CocoCaseOutline.Hundredths(Math.Clamp(box.X, 0, image.Width - width)),
                CocoCaseOutline.Hundredths(Math.Clamp(box.Y, 0, image.Height - height)),
                CocoCaseOutline.Hundredths(width),
                CocoCaseOutline.Hundredths(height));
        }

        private static double Overlap(in CocoBox a, in CocoBox b)
        {
            double width = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
            double height = Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y);
            return width <= 0 || height <= 0 ? 0 : width * height / (a.Area + b.Area - (width * height));
        }
    }
}
