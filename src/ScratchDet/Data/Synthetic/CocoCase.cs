using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Synthetic;

/// <summary>
/// Annotations and detections with the sizes and proportions of COCO but without images, to time and to test evaluators
/// and readers: small, medium and large objects as there, a few frequent classes and many rare ones, crowds, ids with gaps
/// and out of order; detections that are objects moved a little (the more, the lower the score), doubled, of a wrong class,
/// or nothing at all. The same specification gives the same case on every machine.
/// </summary>
public static class CocoCase
{
    /// <exception cref="ArgumentException">A count is negative, there are objects or detections without images or classes,
    /// or masks are asked of detections but not of objects.</exception>
    public static (CocoGroundTruth Truth, CocoResults Results) Make(CocoCaseSpec spec)
    {
        if (Math.Min(Math.Min(spec.Images, spec.Categories), Math.Min(spec.Objects, spec.Detections)) < 0)
            throw new ArgumentException("a count is negative", nameof(spec));
        if (spec.Objects + (long)spec.Detections > 0 && (spec.Images == 0 || spec.Categories == 0))
            throw new ArgumentException("objects and detections need images and categories", nameof(spec));
        if (spec.HasDetectionMasks && !spec.HasPolygons) throw new ArgumentException("detections get their masks from polygons of objects", nameof(spec));
        CocoGroundTruth truth = CocoCaseObjects.Make(spec);
        return (truth, CocoCaseDetections.Make(spec, truth));
    }

    /// <summary>Writes the case as two files.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Make"/>.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(CocoCaseSpec spec, string truthFile, string resultsFile)
    {
        (CocoGroundTruth truth, CocoResults results) = Make(spec);
        CocoGroundTruthWriter.Write(truthFile, truth);
        CocoResultsWriter.Write(resultsFile, truth, results);
    }
}
