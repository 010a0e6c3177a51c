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

        // How far sizes and places are off, as a share of the object's size.
        private const double Jitter = 0.06;
        private const double AgainJitter = 0.15;

        // The score of a detection of an object: its IoU scaled, and noise.
        private const double ScoreOfIou = 0.9;
        private const double ScoreNoise = 0.12;
        private const double LowestScore = 0.01;
        private const double HighestScore = 0.999;

        // Of background: sizes in pixels by their median and spread, scores that fall off quickly.
        private const double BackgroundSize = 50;
        private const double BackgroundSpread = 0.9;
        private const double BackgroundScore = 0.08;
        private const double LowestBackgroundScore = 0.001;
        private const double HighestBackgroundScore = 0.9;
        private const int ScoreDecimals = 6;
        private const int MaskCorners = 12;
        private readonly CocoCaseOutline outline = new();

        /// <param name="turn">Which detection of the image this is: first each object has its chance, in turn.</param>
        public void Add(int image, List<int> objects, int turn, Random random)
        {
            bool isFirstTurn = turn < objects.Count;
            if (objects.Count > 0 && random.Chance(isFirstTurn ? FoundShare : AgainShare))
                AddFound(image, isFirstTurn ? objects[turn] : objects[random.Next(objects.Count)], isFirstTurn ? Jitter : AgainJitter, random);
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
            double score = Math.Clamp((ScoreOfIou * moved.IntersectionOverUnion(box)) + (ScoreNoise * random.Normal()), LowestScore, HighestScore);
            Add(image, category, score, moved, random);
        }

        private void AddBackground(int image, Random random)
        {
            CocoImage size = truth.Images[image];
            double width = Math.Min(random.LogNormal(BackgroundSize, BackgroundSpread), size.Width), height = Math.Min(random.LogNormal(BackgroundSize, BackgroundSpread), size.Height);
            var box = new CocoBox(random.Between(0, size.Width - width), random.Between(0, size.Height - height), width, height);
            int category = random.Next(truth.Categories.Count);
            double score = Math.Clamp(-BackgroundScore * Math.Log(1 - random.NextDouble()), LowestBackgroundScore, HighestBackgroundScore);
            Add(image, category, score, Inside(box, size), random);
        }

        // Rounded: some scores are equal.
        private void Add(int image, int category, double score, CocoBox box, Random random)
        {
            score = Math.Round(score, ScoreDecimals);
            if (masks is null)
            {
                detections.Add(new(image, category, score, box, box.Area));
                return;
            }
            CocoImage size = truth.Images[image];
            outline.Draw(box, random, partCount: 1, MaskCorners);
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
    }
}
