namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads annotations in COCO's form (an object with the lists images, annotations and categories) of any size in one
/// pass, in whatever order the lists stand. Ids are any whole numbers of 64 bits. Fields that are not needed may be absent
/// (iscrowd, ignore, a category's name, an image's size) or null.
/// </summary>
public static class CocoGroundTruthReader
{
    /// <exception cref="BadInputException">The file cannot be read, is no JSON, is cut off, or has an entry that cannot be used.</exception>
    public static CocoGroundTruth Read(
        string file, CocoParts parts = CocoParts.Boxes, CocoIdFaults idFaults = CocoIdFaults.Refused, CancellationToken cancellation = default)
    {
        using var json = new JsonFileReader(file, cancellation);
        return new GroundTruthReading(json, parts, idFaults).Read();
    }
}
