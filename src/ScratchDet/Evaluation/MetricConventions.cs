using System.Globalization;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation;

/// <summary>One way to turn detections into "the mAP", with its number for some detections.</summary>
/// <param name="Label">Short, for charts.</param>
/// <param name="Value">0 to 1; null when no class has an object that counts.</param>
/// <param name="ComparedWith">The name of the row that is nearest to this one; null for the first.</param>
/// <param name="Reason">Every rule in which the two differ, and why the number moves.</param>
public sealed record MetricConvention(string Name, string Label, double? Value, string? ComparedWith, string Reason);

/// <summary>
/// The same detections under the conventions that papers and programs call mAP, each beside the row that it is nearest to,
/// so that every difference has its reason. Sources: the VOC devkits (VOCevaldet.m, VOCap.m), py-faster-rcnn's voc_eval,
/// cocodataset.org.
/// </summary>
public static class MetricConventions
{
    private const double UsualIou = 0.5;

    /// <summary>A cut that demos and some papers make before they score.</summary>
    public const double ScoreCut = 0.3;

    /// <summary>The rows, VOC 2007's first. Boxes only; an object that is a crowd or ignored is VOC's difficult one.</summary>
    public static IReadOnlyList<MetricConvention> Compare(CocoGroundTruth truth, CocoResults results, CancellationToken cancellation = default)
    {
        VocResult voc = Voc(truth, results);
        VocResult port = Voc(truth, results, rules: VocRules.PyFasterRcnn);
        CocoEvaluation coco = CocoEvaluator.Evaluate(truth, results, cancellation: cancellation);
        const string eleven = "VOC 2007: 11 recall levels", area = "VOC 2010 on: area under the curve", levels101 = "VOC's matching, COCO's 101 levels", ap50 = "COCO AP50";
        return
        [
            new(eleven, "VOC 07", voc.Map07, null,
                "The precision at recall 0, 0.1 ... 1 (the largest at that recall or more), averaged. A class moves in steps of up to 1/11, and recall beyond the last level that is reached counts nothing."),
            new("VOC 2007 as in py-faster-rcnn", "port of VOC 07", port.Map07, eleven,
                "An IoU of exactly 0.5 is no match, and the levels i * 0.1 lie a rounding above 6/10 and 7/10, so that a recall of exactly that misses them."),
            new(area, "VOC area", voc.MapArea, eleven,
                "Every step of the curve counts by its width, instead of eleven samples. The sample at recall 0 was free as soon as anything was found; the area has no such gift."),
            new("area, difficult objects count", "all objects", Voc(truth, results, keepsDifficult: true).MapArea, area,
                "VOC neither rewards nor punishes finding objects marked difficult. Programs that drop the mark ask for them too."),
            new("area, all classes in one list", "one list", Pooled(truth, results), area,
                "One curve over all classes (the micro average): frequent classes decide, and scores must mean the same for every class."),
            new("area, absent classes count as 0", "absent = 0", WithAbsentAsZero(voc), area,
                "A class without objects has no AP and is left out. Programs that put 0 lower the mean by the share of such classes."),
            new(string.Create(CultureInfo.InvariantCulture, $"area, scores from {ScoreCut}"), string.Create(CultureInfo.InvariantCulture, $"score ≥ {ScoreCut}"), Voc(truth, results, minimumScore: ScoreCut).MapArea, area,
                "Detections below the cut are thrown away. AP only gains from more detections, however unsure: a cut can lower it and never raise it."),
            new("area, pixels without the + 1", "no + 1", Voc(truth, results, shrinks: true).MapArea, area,
                "VOC's corners are both inside the box: its width is xmax - xmin + 1. Programs that leave the + 1 out make every box a pixel smaller, which moves small boxes below the threshold, or above."),
            new(levels101, "101 levels", Mean101(voc), area,
                "The same curve, sampled at 101 recall levels instead of summed exactly: hundreds of objects in a class make it nearly equal."),
            new(ap50, "AP50", Known(coco.AveragePrecision(UsualIou)), levels101,
                "A detection whose best object is taken may take the next free one (VOC: it is a duplicate). Ignored objects are offered last, crowds swallow any number. At most 100 detections of an image and class count."),
            new("COCO AP75", "AP75", Known(coco.AveragePrecision(0.75)), ap50,
                "The same with IoU at least 0.75: boxes must sit well."),
            new("COCO AP", "AP", Known(coco.AveragePrecision()), ap50,
                "The mean over IoU 0.5, 0.55 ... 0.95: half of it is about how well boxes sit, so it is far below AP50."),
        ];
    }

    private static double? Known(double value) => value < 0 ? null : value;

    private static VocResult Voc(
        CocoGroundTruth truth, CocoResults results, VocRules rules = VocRules.Devkit, bool keepsDifficult = false, bool shrinks = false,
        double minimumScore = double.NegativeInfinity, bool pools = false)
    {
        IReadOnlyList<string> classNames = pools ? ["all"] : [.. truth.Categories.Select(category => category.Name)];
        var evaluator = new VocEvaluator(classNames, UsualIou, rules);
        for (int image = 0; image < truth.Images.Count && !pools; image++) evaluator.AddImage(ImageName(image));
        // Pooled, a detection may still only match its own class: each pair of image and class is an image of its own.
        var pairs = new HashSet<(int Image, int Category)>();
        string Place(int image, int category)
        {
            if (!pools) return ImageName(image);
            string name = string.Create(CultureInfo.InvariantCulture, $"{image}/{category}");
            if (pairs.Add((image, category))) evaluator.AddImage(name);
            return name;
        }
        foreach (CocoObject item in truth.Objects)
            evaluator.AddObject(Place(item.ImageIndex, item.CategoryIndex), pools ? 0 : item.CategoryIndex, Corners(item.Box, shrinks), (item.IsCrowd || item.Ignore) && !keepsDifficult);
        foreach (CocoDetection found in results.Detections)
        {
            if (found.Score >= minimumScore)
                evaluator.AddDetection(Place(found.ImageIndex, found.CategoryIndex), pools ? 0 : found.CategoryIndex, found.Score, Corners(found.Box, shrinks));
        }
        return evaluator.Compute();
    }

    private static string ImageName(int image) => image.ToString(CultureInfo.InvariantCulture);

    /// <summary>The corners as VOC's files have them; shrunk, they are read by a program that forgets the + 1.</summary>
    private static VocCorners Corners(CocoBox box, bool shrinks)
    {
        double less = shrinks ? 1 : 0;
        return new VocCorners(box.X + 1, box.Y + 1, box.X + box.Width - less, box.Y + box.Height - less);
    }

    private static double? Pooled(CocoGroundTruth truth, CocoResults results) => Voc(truth, results, pools: true).MapArea;

    private static double? WithAbsentAsZero(VocResult voc) =>
        voc.MapArea is null ? null : voc.Classes.Average(one => one.ApArea ?? 0);

    private static double? Mean101(VocResult voc)
    {
        double[] values = [.. voc.Classes.Where(one => one.ObjectCount > 0).Select(one => AveragePrecision.HundredOnePoint([.. one.Recall], [.. one.Precision]))];
        return values.Length == 0 ? null : values.Average();
    }
}
