using ScratchDet.Data.Coco;

namespace ScratchDet.Tests.Data.Coco;

/// <summary>Small COCO files for tests.</summary>
internal static class CocoFiles
{
    public const string Images = """[{"id": 7, "width": 10, "height": 10}, {"id": -3, "width": 6, "height": 4, "file_name": "b.jpg"}]""";
    public const string Categories = """[{"id": 0, "name": "cat"}, {"id": 9000000000, "name": "dog"}]""";

    /// <summary>Ground truth with those annotations.</summary>
    public static string Truth(string annotations, string images = Images, string categories = Categories) =>
        $$"""{"images": {{images}}, "annotations": {{annotations}}, "categories": {{categories}}}""";

    /// <summary>One annotation; <paramref name="rest"/> are further fields, with a comma in front.</summary>
    public static string Annotation(string rest = "", int id = 1, string box = "[1, 2, 3, 4]") =>
        $$"""{"id": {{id}}, "image_id": 7, "category_id": 0, "bbox": {{box}}, "area": 12{{rest}}}""";

    public static CocoGroundTruth ReadTruth(string json, CocoParts parts = CocoParts.Boxes, CocoIdFaults idFaults = CocoIdFaults.Refused)
    {
        using var folder = new TemporaryFolder();
        return CocoGroundTruthReader.Read(folder.Write("truth.json", json), parts, idFaults, TestContext.Current.CancellationToken);
    }

    /// <summary>Results on a ground truth without objects.</summary>
    public static CocoResults ReadResults(string json, CocoParts parts = CocoParts.Boxes, CocoIdFaults idFaults = CocoIdFaults.Refused, string annotations = "[]")
    {
        using var folder = new TemporaryFolder();
        CocoGroundTruth truth = ReadTruth(Truth(annotations), parts);
        return CocoResultsReader.Read(folder.Write("results.json", json), truth, parts, idFaults, TestContext.Current.CancellationToken);
    }
}
