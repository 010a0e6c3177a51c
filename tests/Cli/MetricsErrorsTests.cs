using System.Text.Json;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

public sealed class MetricsErrorsTests : IDisposable
{
    private const string Truth = """
        {"images": [{"id": 7, "width": 100, "height": 100, "file_name": "seven.jpg"}, {"id": 3, "width": 100, "height": 100, "file_name": "three.jpg"}],
         "categories": [{"id": 1, "name": "cat"}, {"id": 4, "name": "dog"}],
         "annotations": [
          {"id": 1, "image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 10], "area": 100, "iscrowd": 0, "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]},
          {"id": 2, "image_id": 3, "category_id": 4, "bbox": [50, 50, 20, 10], "area": 200, "iscrowd": 0, "segmentation": [[50, 50, 70, 50, 70, 60, 50, 60]]}]}
        """;

    private const string Good = """
        [{"image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.9}, {"image_id": 3, "category_id": 4, "bbox": [50, 50, 20, 10], "score": 0.8}]
        """;

    // On image 3 a cat is seen where a dog is.
    private const string Confused = """
        [{"image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.9}, {"image_id": 3, "category_id": 1, "bbox": [50, 50, 20, 10], "score": 0.8}]
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string[] Files(string results) => ["--gt", folder.Write("gt.json", Truth), "--dt", folder.Write("dt.json", results)];

    [Fact]
    public async Task Explain_gives_every_analysis_as_one_json_object()
    {
        CommandLine run = await CommandLine.RunAsync(["metrics", "explain", .. Files(Confused), "--json"]);
        Assert.Equal(("", 0), (run.Error, run.Code));
        JsonElement found = JsonDocument.Parse(run.Output).RootElement;
        JsonElement split = found.GetProperty("error_split");
        Assert.Equal(0.5, split.GetProperty("average_precision").GetDouble());
        Assert.Equal("""{"count":1,"ignored":0,"delta_ap":0.5}""", split.GetProperty("errors").GetProperty("class").GetRawText());
        Assert.Equal("""{"count":0,"ignored":0,"delta_ap":0}""", split.GetProperty("errors").GetProperty("missed").GetRawText());
        JsonElement confusion = found.GetProperty("confusion");
        Assert.Equal("[1,4]", confusion.GetProperty("category_ids").GetRawText());
        Assert.Equal("[[1,0,0],[0,0,1],[0,0,0]]", confusion.GetProperty("counts").GetRawText()); // at 0.9, the score with the best F1
        Assert.Equal(3 + 2, found.GetProperty("by_size").GetArrayLength()); // COCO's three, and one for each of the two areas
        Assert.Equal(5, found.GetProperty("by_aspect").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, found.GetProperty("by_size")[1].GetProperty("ap50").ValueKind);
        Assert.Equal(2, found.GetProperty("calibration").GetProperty("count").GetInt32());
        Assert.Equal(
            """{"image_id":3,"file_name":"three.jpg","f1":0,"true_positives":0,"false_positives":0,"false_negatives":1}""",
            found.GetProperty("worst_images")[0].GetRawText());
        Assert.Equal(7, found.GetProperty("best_images")[0].GetProperty("image_id").GetInt32());
    }

    [Fact]
    public async Task Explain_writes_text_and_a_page_and_takes_a_score()
    {
        string page = folder.At("page.html");
        CommandLine run = await CommandLine.RunAsync(["metrics", "explain", .. Files(Confused), "--score", "0.5", "--html", page]);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("dt.json on gt.json: 2 images, 2 objects, 2 detections\n\nTIDE's AP at IoU 0.50: 50.0 %; most is lost to class errors (+50.0)\n", run.Output);
        Assert.Contains("2 objects at score 0.5 and IoU 0.5: 1 right, 1 as another class, 0 not found", run.Output);
        Assert.Contains("<svg ", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Explain_takes_the_thresholds_of_the_error_split_and_refuses_those_that_make_no_sense()
    {
        // An overlap of 0.8.
        string[] files = Files(Good.Replace("[0, 0, 10, 10]", "[0, 0, 10, 8]", StringComparison.Ordinal));
        CommandLine run = await CommandLine.RunAsync(["metrics", "explain", .. files, "--foreground", "0.9", "--background", "0.85", "--json"]);
        JsonElement split = JsonDocument.Parse(run.Output).RootElement.GetProperty("error_split");
        Assert.Equal((0.9, 0.85), (split.GetProperty("foreground_threshold").GetDouble(), split.GetProperty("background_threshold").GetDouble()));
        Assert.Equal(1, split.GetProperty("errors").GetProperty("background").GetProperty("count").GetInt32());
        CommandLine refused = await CommandLine.RunAsync(["metrics", "explain", .. files, "--foreground", "0.05"]);
        Assert.Equal((2, true), (refused.Code, refused.Error.Contains("0 < background <= foreground <= 1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"image_id\": 3", "\"image_id\": 99", "99")]
    [InlineData("\"category_id\": 4", "\"category_id\": 77", "77")]
    [InlineData("\"score\": 0.8", "\"score\": NaN", "score")]
    public async Task Unknown_ids_and_scores_that_are_no_numbers_are_bad_input_in_one_line(string right, string wrong, string named)
    {
        string truth = folder.Write("gt.json", Truth), good = folder.Write("good.json", Good);
        string bad = folder.Write("bad.json", Good.Replace(right, wrong, StringComparison.Ordinal));
        (await CommandLine.RunAsync("metrics", "explain", "--gt", truth, "--dt", bad)).AssertBadInput(bad, named);
        (await CommandLine.RunAsync("metrics", "compare", "--gt", truth, "--dt", good, "--dt", bad)).AssertBadInput(bad, named);
    }

    [Fact]
    public async Task Masks_are_compared_too()
    {
        const string MaskTruth = """
            {"images": [{"id": 1, "width": 100, "height": 100}], "categories": [{"id": 1, "name": "cat"}], "annotations": [
              {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "area": 50, "iscrowd": 0, "segmentation": [[0, 0, 10, 0, 10, 5, 0, 5]]}]}
            """;
        // The boxes are those of the object, the mask of the first is its other half.
        const string Half = """[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.9, "segmentation": [[0, 5, 10, 5, 10, 10, 0, 10]]}]""";
        const string Right = """[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.9, "segmentation": [[0, 0, 10, 0, 10, 5, 0, 5]]}]""";
        string[] files = ["--gt", folder.Write("gt.json", MaskTruth), "--dt", folder.Write("half.json", Half), "--dt", folder.Write("right.json", Right)];
        foreach ((string kind, string points) in new[] { ("segm", "+100.00"), ("bbox", "0.00") })
        {
            CommandLine run = await CommandLine.RunAsync(["metrics", "compare", .. files, "--resamples", "10", "--iou", kind]);
            Assert.StartsWith($"right - half: AP50 {points} points", run.Output);
        }
        CommandLine explained = await CommandLine.RunAsync(["metrics", "explain", .. files[..4], "--iou", "segm"]);
        Assert.Contains("TIDE's AP at IoU 0.50: 0.0 %", explained.Output);
    }

    [Fact]
    public async Task Explain_leaves_calibration_out_when_scores_are_no_probabilities_and_says_so()
    {
        CommandLine run = await CommandLine.RunAsync(["metrics", "explain", .. Files(Good.Replace("0.9", "9", StringComparison.Ordinal)), "--json"]);
        Assert.Equal((0, "calibration is left out: it needs scores from 0 to 1"), (run.Code, Assert.Single(run.ErrorLines)));
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(run.Output).RootElement.GetProperty("calibration").ValueKind);
    }

    [Fact]
    public async Task Compare_gives_the_difference_with_its_interval_the_same_for_the_same_seed()
    {
        string[] files = [.. Files(Confused), "--dt", folder.Write("good.json", Good)];
        string[] arguments = ["metrics", "compare", .. files, "--resamples", "50", "--json"];
        CommandLine run = await CommandLine.RunAsync(arguments);
        Assert.Equal(0, run.Code);
        JsonElement compared = JsonDocument.Parse(run.Output).RootElement;
        JsonElement difference = compared.GetProperty("differences")[0];
        Assert.Equal(("dt", "good", 0.5), (difference.GetProperty("first").GetString(), difference.GetProperty("second").GetString(), difference.GetProperty("difference").GetDouble()));
        Assert.True(difference.GetProperty("low").GetDouble() <= 0.5 && difference.GetProperty("high").GetDouble() >= 0.5);
        Assert.Equal([0.5, 1], compared.GetProperty("runs").EnumerateArray().Select(one => one.GetProperty("value").GetDouble()));
        Assert.Equal(run.Output, (await CommandLine.RunAsync(arguments)).Output);
        Assert.StartsWith("good - dt: AP +50.00 points", (await CommandLine.RunAsync(["metrics", "compare", .. files, "--resamples", "50", "--metric", "ap"])).Output);
        Assert.StartsWith("good - dt: VOC mAP (area) +50.00 points", (await CommandLine.RunAsync(["metrics", "compare", .. files, "--resamples", "50", "--metric", "voc"])).Output);
    }

    [Fact]
    public async Task One_run_is_not_enough_to_compare_and_bad_files_are_named()
    {
        CommandLine one = await CommandLine.RunAsync(["metrics", "compare", .. Files(Good)]);
        Assert.Equal((2, true), (one.Code, one.Error.Contains("--dt is given twice or more", StringComparison.Ordinal)));
        string broken = folder.Write("broken.json", "[{\"image_id\": 7, ");
        (await CommandLine.RunAsync("metrics", "explain", "--gt", folder.Write("gt.json", Truth), "--dt", broken)).AssertBadInput(broken, "");
    }
}
