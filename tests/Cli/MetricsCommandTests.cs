using System.Text.Json;
using ScratchDet.Data;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

public sealed class MetricsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Results => folder.At("results");

    [Fact]
    public async Task Voc_with_pascal_classes_scores_the_twenty_and_null_stands_for_no_objects()
    {
        // Two cats, one difficult one that counts for nothing; one dog.
        string root = folder.VocWith(
            TemporaryFolder.ObjectXml("cat", "1", "1", "10", "10") + TemporaryFolder.ObjectXml("cat", "21", "1", "30", "10")
            + TemporaryFolder.ObjectXml("cat", "1", "21", "10", "29", "<difficult>1</difficult>") + TemporaryFolder.ObjectXml("dog", "11", "11", "20", "20"));
        // By score: a hit; the difficult one; the first again (false); the second. Recalls 0.5, 0.5, 1; precisions 1, 1/2, 2/3.
        folder.Write("results/comp4_det_train_cat.txt", "a 0.9 1 1 10 10\na 0.8 1 21 10 29\na 0.7 1 1 10 10\na 0.6 21 1 30 10\n");
        folder.Write("results/comp4_det_train_dog.txt", "a 0.5 1 1 2 2\n");

        JsonElement points = await ScoreAsync(root, "train", "07"), area = await ScoreAsync(root, "train", "area");

        Assert.Equal(["map", "per_class", "objects"], points.EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(VocDataset.PascalClassNames, points.GetProperty("per_class").EnumerateObject().Select(entry => entry.Name));
        double cat07 = (6 * 1 + 5 * (2.0 / 3)) / 11, catArea = 0.5 * 1 + 0.5 * (2.0 / 3);
        Assert.Equal(cat07, points.GetProperty("per_class").GetProperty("cat").GetDouble(), 1e-12);
        Assert.Equal(catArea, area.GetProperty("per_class").GetProperty("cat").GetDouble(), 1e-12);
        Assert.Equal(0, points.GetProperty("per_class").GetProperty("dog").GetDouble());
        Assert.Equal(cat07 / 2, points.GetProperty("map").GetDouble(), 1e-12);
        Assert.Equal(JsonValueKind.Null, points.GetProperty("per_class").GetProperty("sofa").ValueKind);
        Assert.Equal((2, 1, 0), (Objects("cat"), Objects("dog"), Objects("sofa")));

        int Objects(string name) => points.GetProperty("objects").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Voc_with_other_classes_scores_those_that_the_annotations_have()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("short", "1", "1", "10", "10") + TemporaryFolder.ObjectXml("open", "11", "11", "20", "20"));
        folder.Write("results/comp4_det_train_open.txt", "a 0.5 11 11 20 20\n");
        folder.Write("results/comp4_det_train_short.txt", "");

        JsonElement score = await ScoreAsync(root, "train", "area");

        Assert.Equal("""{"open":1,"short":0}""", score.GetProperty("per_class").GetRawText());
        Assert.Equal("""{"open":1,"short":1}""", score.GetProperty("objects").GetRawText());
        Assert.Equal(0.5, score.GetProperty("map").GetDouble());
    }

    [Fact]
    public async Task The_threshold_and_a_split_with_a_year_are_taken_as_given()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        folder.Write("results/comp4_det_train_dog.txt", "a 0.5 1 1 10 6\n"); // IoU 0.6

        Assert.Equal(1, (await ScoreAsync(root, "voc:train", "07")).GetProperty("map").GetDouble());
        Assert.Equal(0, (await ScoreAsync(root, "voc:train", "07", "--iou", "0.7")).GetProperty("map").GetDouble());
    }

    [Fact]
    public async Task A_class_with_objects_needs_its_file()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        Directory.CreateDirectory(Results);
        CommandLine run = await RunAsync(root, "train", "07");
        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith($"{Path.Combine(Results, "comp4_det_train_dog.txt")}: there is no such detection file", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task The_quirks_of_py_faster_rcnn_ask_for_more_than_the_threshold()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        folder.Write("results/comp4_det_train_dog.txt", "a 0.5 1 1 10 5\n"); // IoU 0.5

        Assert.Equal(1, (await ScoreAsync(root, "train", "area")).GetProperty("map").GetDouble());
        Assert.Equal(0, (await ScoreAsync(root, "train", "area", "--quirks", "py-faster-rcnn")).GetProperty("map").GetDouble());
    }

    [Fact]
    public async Task Annotations_are_scored_as_they_stand_without_images()
    {
        // One pixel wide, and larger than any image would be: the devkit's evaluation asks for neither.
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "5", "1", "5", "10") + TemporaryFolder.ObjectXml("dog", "901", "1", "910.25", "10"));
        Directory.Delete(Path.Combine(root, "JPEGImages"), recursive: true);
        folder.Write("results/comp4_det_train_dog.txt", "a 0.5 5 1 5 10\na 0.4 901 1 910.25 10\n");

        Assert.Equal(1, (await ScoreAsync(root, "train", "area")).GetProperty("map").GetDouble());
    }

    [Fact]
    public async Task The_text_names_the_classes_that_the_mean_leaves_out()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        folder.Write("results/comp4_det_train_dog.txt", "");
        CommandLine run = await CommandLine.RunAsync("metrics", "voc", "--devkit", root, "--split", "train", "--detections", Results, "--metric", "07");
        Assert.Equal(0, run.Code);
        Assert.Contains("left out of the mean, having no objects that count: aeroplane, ", run.Output);
    }

    [Theory]
    [InlineData("a 0.5 1 1 10\n", "line 1: 5 fields")]
    [InlineData("a 0.5 1 1 10 10\nb 0.5 1 1 10 10\n", "line 2: image b is not in the split")]
    public async Task A_line_that_cannot_be_used_is_bad_input(string lines, string what)
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        folder.Write("results/comp4_det_train_dog.txt", lines);
        CommandLine run = await RunAsync(root, "train", "07");
        Assert.Equal(3, run.Code);
        Assert.Contains(what, Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_broken_annotation_outside_the_split_does_not_matter_and_a_folder_in_place_of_a_file_is_bad_input()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        File.WriteAllText(Path.Combine(root, "Annotations", "other.xml"), "<annot");
        folder.Write("results/comp4_det_train_dog.txt", "a 0.5 1 1 10 10\n");
        Assert.Equal(1, (await ScoreAsync(root, "train", "07")).GetProperty("map").GetDouble());

        File.Delete(Path.Combine(Results, "comp4_det_train_dog.txt"));
        Directory.CreateDirectory(Path.Combine(Results, "comp4_det_train_dog.txt"));
        CommandLine run = await RunAsync(root, "train", "07");
        Assert.Equal(3, run.Code);
        Assert.Contains("comp4_det_train_dog.txt: the detection file cannot be read", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_detection_file_of_an_unknown_class_is_named()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        folder.Write("results/comp4_det_train_dog.txt", "");
        folder.Write("results/comp4_det_train_kat.txt", "junk");
        folder.Write("results/comp4_det_val_kit.txt", "another split");

        CommandLine run = await RunAsync(root, "train", "07");

        Assert.Equal(0, run.Code);
        Assert.EndsWith("comp4_det_train_kat.txt is not scored: no annotation of the image set has the class 'kat'", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_split_without_objects_has_no_map()
    {
        string root = folder.VocWith("");
        Directory.CreateDirectory(Results);
        Assert.Equal(JsonValueKind.Null, (await ScoreAsync(root, "train", "area")).GetProperty("map").ValueKind);
    }

    [Theory]
    [InlineData("--metric", "12")]
    [InlineData("--iou", "0")]
    [InlineData("--iou", "1.5")]
    [InlineData("--iou", "x")]
    [InlineData("--iou", "nan")]
    public async Task Values_that_cannot_be_are_wrong_usage(string option, string value)
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        Directory.CreateDirectory(Results);
        CommandLine run = await CommandLine.RunAsync(
            "metrics", "voc", "--devkit", root, "--split", "train", "--detections", Results, "--metric", option == "--metric" ? value : "07", "--iou", option == "--iou" ? value : "0.5");
        Assert.Equal(2, run.Code);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task A_split_that_is_no_name_is_wrong_usage_and_an_absent_folder_bad_input()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "10", "10"));
        CommandLine absent = await RunAsync(root, "train", "07");
        Assert.Equal(3, absent.Code);
        Directory.CreateDirectory(Results);
        Assert.Equal(2, (await RunAsync(root, "../x", "07")).Code);
        Assert.Equal(3, (await RunAsync(root, "test", "07")).Code);
    }

    private async Task<JsonElement> ScoreAsync(string root, string split, string metric, params string[] more)
    {
        CommandLine run = await RunAsync(root, split, metric, more);
        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }

    private Task<CommandLine> RunAsync(string root, string split, string metric, params string[] more) =>
        CommandLine.RunAsync(["metrics", "voc", "--devkit", root, "--split", split, "--detections", Results, "--metric", metric, "--json", .. more]);
}
