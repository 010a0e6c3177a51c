namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads detections in COCO's result form: a list of objects with image_id, category_id, score and bbox, segmentation or
/// keypoints. Area and missing boxes follow from what the first detection of the file has, as in pycocotools.
/// </summary>
public static class CocoResultsReader
{
    /// <exception cref="BadInputException">The file cannot be read, is no JSON, is cut off, or has a detection that cannot be used.</exception>
    public static CocoResults Read(
        string file, CocoGroundTruth truth, CocoParts parts = CocoParts.Boxes, CocoIdFaults idFaults = CocoIdFaults.Refused, CancellationToken cancellation = default)
    {
        using var json = new JsonFileReader(file, cancellation);
        return new ResultsReading(json, truth, parts, idFaults).Read();
    }
}
