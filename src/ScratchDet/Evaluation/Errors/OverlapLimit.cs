using System.Globalization;
using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How many pairs of detections and objects an image may have: their overlaps are held at once.</summary>
internal static class OverlapLimit
{
    // 2 GiB.
    private const long MostPairs = 1 << 28;

    /// <summary>Detections times objects.</summary>
    /// <param name="category">Of both; -1: of any.</param>
    /// <exception cref="BadInputException">There are more than may be held.</exception>
    public static int Count(CocoGroundTruth truth, CocoResults results, int image, int category, long detections, long objects)
    {
        if (detections * objects <= MostPairs) return (int)(detections * objects);
        string ofCategory = category < 0 ? "" : $" of category {truth.Categories[category].Id}";
        string what = string.Create(CultureInfo.InvariantCulture,
            $"{detections} detections and {objects} objects{ofCategory} are more than the {MostPairs} pairs that can be compared");
        throw new BadInputException(results.File ?? "detections", $"image {truth.Images[image].Id}", what, "keep fewer detections of an image");
    }
}
