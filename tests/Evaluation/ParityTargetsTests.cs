using ScratchDet.Boxes;
using ScratchDet.Evaluation;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Evaluation;

public sealed class ParityTargetsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Boxes_and_labels_are_read_and_an_image_may_have_none()
    {
        IReadOnlyList<ParityTarget> targets = Read("""[{"boxes": [[1, 2, 30.5, 40], [0, 0, 5, 5]], "labels": [3, 1]}, {"labels": [], "boxes": []}]""");

        Assert.Equal([new Box(1, 2, 30.5f, 40), new Box(0, 0, 5, 5)], targets[0].Boxes);
        Assert.Equal([3, 1], targets[0].Labels);
        Assert.Empty(targets[1].Boxes);
    }

    [Theory]
    [InlineData("[{]", "line 1", "it is not valid JSON")]
    [InlineData("", "line 1", "it is not valid JSON")]
    [InlineData("{}", null, "it does not hold a list")]
    [InlineData("[]", null, "0 entries for 2 images")]
    [InlineData("""[1, 2]""", "entry 1", "it has no list \"boxes\"")]
    [InlineData("""[{"boxes": []}, {}]""", "entry 1", "it has no list \"labels\"")]
    [InlineData("""[{"boxes": [], "labels": []}, {"boxes": [[1, 2, 3, 4]], "labels": []}]""", "entry 2", "1 boxes and 0 labels")]
    [InlineData("""[{"boxes": [[1, 2, 3]], "labels": [1]}, {}]""", "entry 1, object 1", "the box is not four numbers")]
    [InlineData("""[{"boxes": [[1, 2, 3, "4"]], "labels": [1]}, {}]""", "entry 1, object 1", "the box is not four numbers")]
    [InlineData("""[{"boxes": [[1, 2, 3, 1e99]], "labels": [1]}, {}]""", "entry 1, object 1", "the box is not four numbers")]
    [InlineData("""[{"boxes": [[3, 2, 3, 4]], "labels": [1]}, {}]""", "entry 1, object 1", "the box [3, 2, 3, 4] has no area")]
    [InlineData("""[{"boxes": [[1, 2, 3, 4], [3, 2, 1, 4]], "labels": [1, 1]}, {}]""", "entry 1, object 2", "the box [3, 2, 1, 4] has no area")]
    [InlineData("""[{"boxes": [[1, 2, 3, 4]], "labels": [0]}, {}]""", "entry 1, object 1", "the label is 0")]
    [InlineData("""[{"boxes": [[1, 2, 3, 4]], "labels": [5]}, {}]""", "entry 1, object 1", "the label is 5")]
    [InlineData("""[{"boxes": [[1, 2, 3, 4]], "labels": [1.5]}, {}]""", "entry 1, object 1", "the label is 1.5")]
    public void Anything_else_is_bad_input_that_names_its_place(string json, string? place, string what)
    {
        var bad = Assert.Throws<BadInputException>(() => Read(json));
        Assert.Equal((place, what), (bad.Place, bad.What));
    }

    [Fact]
    public void An_absent_file_is_bad_input()
    {
        var bad = Assert.Throws<BadInputException>(() => ParityTargets.Read(folder.At("absent.json"), 1, 5));
        Assert.Equal("no such file", bad.What);
    }

    private IReadOnlyList<ParityTarget> Read(string json) => ParityTargets.Read(folder.Write("targets.json", json), imageCount: 2, classCount: 5);
}
