using ScratchDet.Data.Coco;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Coco;

public sealed class CocoWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_written_is_read_again_to_the_last_bit(bool hasMasks)
    {
        CocoParts parts = hasMasks ? CocoParts.Boxes | CocoParts.Masks : CocoParts.Boxes;
        (CocoGroundTruth truth, CocoResults results) = CocoCase.Make(
            new CocoCaseSpec { Images = 20, Categories = 5, Objects = 300, Detections = 800, HasPolygons = hasMasks, HasDetectionMasks = hasMasks });
        CocoGroundTruth truthAgain = WrittenAndRead(truth, parts);
        CocoResults resultsAgain = WrittenAndRead(results, truthAgain, parts);

        Assert.Equal(truth.Images, truthAgain.Images);
        Assert.Equal(truth.Categories, truthAgain.Categories);
        Assert.Equal(truth.Objects, truthAgain.Objects);
        Assert.Equal(results.Detections, resultsAgain.Detections);
        Assert.Equal(hasMasks, truthAgain.Masks is not null);
        for (int i = 0; i < (truth.Masks?.Count ?? 0); i++)
        {
            Assert.Equal(truth.Masks!.TryPolygons(i, out ReadOnlySpan<double> written, out _), truthAgain.Masks!.TryPolygons(i, out ReadOnlySpan<double> read, out _));
            Assert.Equal(written, read);
            Assert.Equal(truth.Masks.Of(i), truthAgain.Masks.Of(i));
        }
        for (int i = 0; i < (results.Masks?.Count ?? 0); i++) Assert.Equal(results.Masks!.Of(i), resultsAgain.Masks!.Of(i));
    }

    [Fact]
    public void Numbers_names_flags_and_keypoints_survive()
    {
        var keypoints = new CocoKeypoints();
        keypoints.Add([0.1, 1.0 / 3, 2, 5e-324, -0.0, 0], labelledCount: 7);
        var truth = new CocoGroundTruth(
            null, [new(long.MinValue, 640, 480, "a \"b\" \\ ü😀.jpg"), new(0, 0, 0, null)], [new(long.MaxValue, "<c>")],
            [new(0, 0, 0, new(0.1, 1e300, Math.PI, 0), 1.0 / 3, IsCrowd: true, Ignore: true)])
        { Keypoints = keypoints };
        var detected = new CocoKeypoints();
        detected.Add([1, 2, 3, 4, 5, 6]);
        var results = new CocoResults(null, [new(1, 0, -1e-17, new(-5, 0.1 + 0.2, 1e-9, 7), 1e-9 * 7)]) { Keypoints = detected };

        CocoGroundTruth truthAgain = WrittenAndRead(truth, CocoParts.Keypoints);
        CocoResults resultsAgain = WrittenAndRead(results, truthAgain, CocoParts.Keypoints);
        Assert.Equal(truth.Images, truthAgain.Images);
        Assert.Equal(truth.Categories, truthAgain.Categories);
        Assert.Equal(truth.Objects, truthAgain.Objects);
        Assert.Equal(keypoints.Of(0), truthAgain.Keypoints!.Of(0));
        Assert.Equal(7, truthAgain.Keypoints.LabelledCount(0));
        Assert.Equal(results.Detections, resultsAgain.Detections);
        Assert.Equal(detected.Of(0), resultsAgain.Keypoints!.Of(0));
    }

    [Fact]
    public void A_score_that_is_no_number_is_refused_and_the_old_file_stays()
    {
        (CocoGroundTruth truth, _) = CocoCase.Make(new CocoCaseSpec { Images = 1, Categories = 1, Objects = 0, Detections = 0 });
        string file = folder.Write("results.json", "[]");
        Assert.Throws<ArgumentException>(() => CocoResultsWriter.Write(file, truth, new(null, [new(0, 0, double.NaN, default, 0)])));
        Assert.Equal("[]", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Areas_that_no_file_can_keep_are_refused()
    {
        (CocoGroundTruth truth, _) = CocoCase.Make(new CocoCaseSpec { Images = 1, Categories = 1, Objects = 0, Detections = 0 });
        string file = folder.Write("results.json", "[]");
        var masks = new CocoMasks();
        masks.Add(new RunLengthMask(10, 10, 0, 8, 92));
        masks.Add(new RunLengthMask(10, 10, 12, 3, 85));
        CocoDetection first = new(0, 0, 0.5, masks.Of(0).Box, 8), second = new(0, 0, 0.4, masks.Of(1).Box, 3);

        Refused("detection 2 has the area 3, not the 4 of its box; a file of results cannot keep it", null, first, second with { Box = new(0, 0, 2, 2) });
        Refused("detection 2 has the area 7, not the 3 of its mask; a file of results cannot keep it", masks, first, second with { Area = 7 });
        Refused("detection 2 has another box than its mask; a file where areas are those of masks cannot keep it", masks, first, second with { Box = new(0, 0, 2, 2) });
        Assert.Equal("[]", File.ReadAllText(file));

        void Refused(string what, CocoMasks? ofDetections, params CocoDetection[] detections) => Assert.StartsWith(
            what, Assert.Throws<ArgumentException>(() => CocoResultsWriter.Write(file, truth, new(null, detections) { Masks = ofDetections })).Message);
    }

    private CocoGroundTruth WrittenAndRead(CocoGroundTruth truth, CocoParts parts)
    {
        CocoGroundTruthWriter.Write(folder.At("truth.json"), truth);
        return CocoGroundTruthReader.Read(folder.At("truth.json"), parts, cancellation: TestContext.Current.CancellationToken);
    }

    private CocoResults WrittenAndRead(CocoResults results, CocoGroundTruth truth, CocoParts parts)
    {
        CocoResultsWriter.Write(folder.At("results.json"), truth, results);
        return CocoResultsReader.Read(folder.At("results.json"), truth, parts, cancellation: TestContext.Current.CancellationToken);
    }
}
