using ScratchDet.Data.Coco;

namespace ScratchDet.Tests.Evaluation.Errors;

/// <summary>Images with objects and detections, put together box by box. Boxes are x, y, width, height.</summary>
internal sealed class Scene(int images, int classes)
{
    private readonly List<CocoObject> objects = [];
    private readonly List<CocoDetection> detections = [];

    /// <summary>Ids of images run down, so that the order of the file is not that of the ids.</summary>
    public CocoGroundTruth Truth => new(
        null, [.. Enumerable.Range(0, images).Select(image => new CocoImage(1000 - image, 640, 480, null))],
        [.. Enumerable.Range(0, classes).Select(category => new CocoCategory(category + 1, "abcdefghijklmnopqrstuvwxyz"[category % 26].ToString() + (category < 26 ? "" : (category / 26).ToString(System.Globalization.CultureInfo.InvariantCulture))))],
        objects);

    public CocoResults Results => new(null, detections);

    public Scene Object(int image, int category, double x, double y, double width, double height, bool isCrowd = false, bool ignore = false, double? area = null)
    {
        objects.Add(new CocoObject(objects.Count + 1, image, category, new CocoBox(x, y, width, height), area ?? width * height, isCrowd, ignore));
        return this;
    }

    public Scene Detection(int image, int category, double score, double x, double y, double width, double height)
    {
        detections.Add(new CocoDetection(image, category, score, new CocoBox(x, y, width, height), width * height));
        return this;
    }

    /// <summary>Objects and noisy detections of them, and false alarms; every score is another one.</summary>
    /// <param name="shift">How far detections are off, as a share of the object's size.</param>
    public static Scene Random(Random random, int images, int classes, int objectsPerImage, int falseAlarms, double shift = 0.3, bool crowds = false, int? scoreSteps = null)
    {
        var scene = new Scene(images, classes);
        for (int image = 0; image < images; image++)
        {
            int count = random.Next(objectsPerImage + 1);
            for (int o = 0; o < count; o++)
            {
                (double w, double h) = (10 + (200 * random.NextDouble() * random.NextDouble()), 10 + (200 * random.NextDouble() * random.NextDouble()));
                (double x, double y) = (400 * random.NextDouble(), 300 * random.NextDouble());
                int category = random.Next(classes);
                double fate = random.NextDouble();
                scene.Object(image, category, x, y, w, h, isCrowd: crowds && fate < 0.1, ignore: crowds && fate is >= 0.1 and < 0.2, area: w * h * (0.5 + (0.5 * random.NextDouble())));
                for (int copies = random.Next(3); copies > 0; copies--)
                    scene.Detection(image, random.NextDouble() < 0.8 ? category : random.Next(classes), Score(0.2), x + (w * Off()), y + (h * Off()), w * (1 + Off()), h * (1 + Off()));
            }
        }
        for (int alarm = 0; alarm < falseAlarms; alarm++)
            scene.Detection(random.Next(images), random.Next(classes), Score(0), 400 * random.NextDouble(), 300 * random.NextDouble(), 10 + (100 * random.NextDouble()), 10 + (100 * random.NextDouble()));
        return scene;

        double Off() => shift * (random.NextDouble() - 0.5) * 2;

        double Score(double least)
        {
            double score = least + ((1 - least) * random.NextDouble());
            return scoreSteps is { } steps ? Math.Round(score * steps) / steps : score;
        }
    }
}
