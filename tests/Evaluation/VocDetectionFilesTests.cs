using ScratchDet.Boxes;
using ScratchDet.Evaluation;

namespace ScratchDet.Tests.Evaluation;

public sealed class VocDetectionFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scratchdet-voc-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Pixels_count_from_1_in_the_file_and_corners_are_inclusive()
    {
        VocDetectionFiles.Write(folder, "test", ["cat", "dog"], [("000001", [new Detection(1, 0.5f, new Box(0, 9, 10, 20))])]);
        Assert.Equal("000001 0.5 1 10 10 20\n", File.ReadAllText(Path.Combine(folder, "comp4_det_test_dog.txt")));
        Assert.Equal("", File.ReadAllText(Path.Combine(folder, "comp4_det_test_cat.txt")));
    }

    [Fact]
    public void What_was_written_is_read_back_to_the_bit()
    {
        Random random = Seeds.Generator(1, "detections");
        float Next() => (float)(random.NextDouble() * 500 - 20);
        Detection[] Some() => [.. Enumerable.Range(0, 30).Select(i => new Detection(i % 2, random.NextSingle(), new Box(Next(), Next() * 1e-3f, 500 + Next(), 500 + Next())))];
        (string Id, IReadOnlyList<Detection> Detections)[] images = [("a", Some()), ("b", []), ("c", Some())];
        VocDetectionFiles.Write(folder, "test", ["cat", "dog"], images);
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(c => images.SelectMany(i => i.Detections.Where(d => d.ClassIndex == c).Select(d => new VocDetection(i.Id, c, d.Score, VocCorners.From(d.Box))))),
            VocDetectionFiles.Read(folder, "test", ["cat", "dog"]));
    }

    [Theory]
    [InlineData("000001 0.5 1 10 10", "5 fields")]
    [InlineData("000001 0.5 1 10 10 x", "'x' is no finite number")]
    [InlineData("000001 NaN 1 10 10 20", "'NaN' is no finite number")]
    [InlineData("000001 0.5 1 10 10 1e309", "'1e309' is no finite number")]
    [InlineData("000001 -Infinity 1 10 10 20", "'-Infinity' is no finite number")]
    [InlineData("000001 0.5 10 10 8 20", "the box is -1 x 11 pixels")]
    [InlineData("000009 0.5 1 10 10 20", "image 000009 is not in the split")]
    public void A_bad_line_is_named_with_its_number(string line, string what)
    {
        File.WriteAllText(Path.Combine(folder, "comp4_det_test_cat.txt"), "000001 0.5 1 1 2 2\r\n\n" + line + "\n");
        BadInputException error = Assert.Throws<BadInputException>(
            () => VocDetectionFiles.Read(folder, "test", ["cat"], new HashSet<string> { "000001" }).ToList());
        Assert.Equal("line 3", error.Place);
        Assert.Contains(what, error.What);
        Assert.EndsWith("comp4_det_test_cat.txt", error.File);
    }

    [Theory]
    [InlineData("test", "test")]
    [InlineData("VOC2007:test", "test")]
    [InlineData("VOC2007:test+VOC2012:test", "test")]
    [InlineData("VOC2007:trainval + VOC2012:train", "trainval+train")]
    public void Years_are_not_in_the_names_of_the_files(string split, string name) => Assert.Equal(name, VocDetectionFiles.SplitName(split));

    [Fact]
    public void A_missing_file_is_an_error_and_an_empty_one_is_not()
    {
        File.WriteAllText(Path.Combine(folder, "comp4_det_test_cat.txt"), "");
        Assert.Empty(VocDetectionFiles.Read(folder, "test", ["cat"]));
        Assert.Throws<BadInputException>(() => VocDetectionFiles.Read(folder, "test", ["cat", "dog"]).ToList());
    }
}
