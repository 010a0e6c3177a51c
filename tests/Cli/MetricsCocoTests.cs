using System.Text.Json;
using ScratchDet.Tests.Data;
using ScratchDet.Tests.Golden;

namespace ScratchDet.Tests.Cli;

public sealed class MetricsCocoTests : IDisposable
{
    private const string Truth = """
        {"images": [{"id": 9, "width": 100, "height": 100}], "categories": [{"id": 30, "name": "dog"}, {"id": 4, "name": "cat"}],
         "annotations": [{"id": 1, "image_id": 9, "category_id": 30, "bbox": [0, 0, 10, 10], "area": 100, "iscrowd": 0},
                         {"id": 0, "image_id": 9, "category_id": 30, "bbox": [50, 50, 10, 10], "area": 100, "iscrowd": 0}]}
        """;

    private const string Found = """[{"image_id": 9, "category_id": 30, "bbox": [0, 0, 10, 10], "score": 0.9}, {"image_id": 9, "category_id": 30, "bbox": [50, 50, 10, 6], "score": 0.5}]""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<CommandLine> RunAsync(params string[] more) =>
        CommandLine.RunAsync(["metrics", "coco", "--gt", folder.Write("gt.json", Truth), "--dt", folder.Write("dt.json", Found), "--iou", "bbox", .. more]);

    private static JsonElement Json(CommandLine run)
    {
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    [Fact]
    public async Task Json_has_twelve_numbers_and_every_category()
    {
        // The second detection reaches IoU 0.6: found at 3 of 10 thresholds. Recall 1/2 at the others: levels 0 to 0.50.
        JsonElement score = Json(await RunAsync("--json"));

        double ap = (3 + (7 * (51 / 101.0))) / 10;
        double[] expected = [ap, 1, 51 / 101.0, ap, -1, -1, 0.5, (3 + (7 * 0.5)) / 10, (3 + (7 * 0.5)) / 10, (3 + (7 * 0.5)) / 10, -1, -1];
        double[] stats = [.. score.GetProperty("stats").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(expected.Select(value => Math.Round(value, 12)), stats.Select(value => Math.Round(value, 12)));
        Assert.Equal(["stats", "per_class"], score.EnumerateObject().Take(2).Select(entry => entry.Name));
        Assert.Equal(["4", "30"], score.GetProperty("per_class").EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(-1, score.GetProperty("per_class").GetProperty("4").GetDouble());
        Assert.Equal(ap, score.GetProperty("per_class").GetProperty("30").GetDouble(), 1e-12);
        Assert.Equal(1, score.GetProperty("per_iou").GetProperty("0.60").GetDouble(), 1e-12);
        Assert.Equal(0.5, score.GetProperty("recall_by_max_detections").GetProperty("1").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData("bbox")]
    [InlineData("keypoints")]
    public async Task No_detections_at_all_score_0(string kind)
    {
        string truth = folder.Write("gt.json", Truth.Replace("\"iscrowd\": 0", "\"iscrowd\": 0, \"num_keypoints\": 1, \"keypoints\": [1, 1, 2]", StringComparison.Ordinal));
        JsonElement score = Json(await CommandLine.RunAsync(["metrics", "coco", "--gt", truth, "--dt", folder.Write("dt.json", "[]"), "--iou", kind, "--json", .. kind == "keypoints" ? new[] { "--sigmas", "0.1" } : []]));
        Assert.Equal(0, score.GetProperty("stats")[0].GetDouble());
    }

    [Fact]
    public async Task Other_numbers_of_detections_without_regard_to_class_and_quirks()
    {
        JsonElement score = Json(await RunAsync("--json", "--max-dets", "500, 1", "--class-agnostic", "--threads", "2"));
        Assert.Equal(-1, score.GetProperty("stats")[0].GetDouble());
        Assert.Equal(0.5, score.GetProperty("stats")[6].GetDouble(), 1e-12);
        Assert.Equal(-1, score.GetProperty("stats")[8].GetDouble());
        Assert.Equal(["1", "500"], score.GetProperty("recall_by_max_detections").EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(["-1"], score.GetProperty("per_class").EnumerateObject().Select(entry => entry.Name));

        // The object of id 0 is never found: half of the recall, at every threshold.
        Assert.Equal(51 / 101.0, Json(await RunAsync("--json", "--quirks", "pycocotools")).GetProperty("stats")[0].GetDouble(), 1e-12);
    }

    [Fact]
    public async Task The_table_shows_the_largest_number_of_detections_and_every_recall()
    {
        CommandLine run = await RunAsync("--max-dets", "1,10,500");
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] lines = run.Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("AP      65.3  IoU 0.50 to 0.95, at most 500 detections per image and category", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("AR1     50.0", StringComparison.Ordinal) && line.EndsWith("at most 1 detection per image and category", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("AR500   65.0", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("APm        –", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dog       30        2   65.3    100.0     50.5", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1,10,500", -1)]
    [InlineData("1,100,500", 0.653)]
    public async Task Average_precision_is_there_by_number_of_detections_whatever_the_statistics_have(string most, double first)
    {
        // 51 of 101 levels at all thresholds with one detection; see above for more.
        JsonElement score = Json(await RunAsync("--json", "--max-dets", most));
        Assert.Equal(first, score.GetProperty("stats")[0].GetDouble(), 1e-3);
        Assert.Equal(most.Split(','), score.GetProperty("ap_by_max_detections").EnumerateObject().Select(entry => entry.Name));
        Assert.Equal([0.505, 0.653, 0.653], score.GetProperty("ap_by_max_detections").EnumerateObject().Select(entry => Math.Round(entry.Value.GetDouble(), 3)));
    }

    [Theory]
    [InlineData(false, "30")]
    [InlineData(true, "-1")]
    public async Task Curves_have_precision_at_every_recall_level_and_scores_by_class(bool isClassAgnostic, string id)
    {
        JsonElement score = Json(await RunAsync(["--json", "--curves", .. isClassAgnostic ? new[] { "--class-agnostic" } : []]));
        static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

        Assert.Equal(101, Numbers(score.GetProperty("recall_levels")).Length);
        Assert.Equal(10, score.GetProperty("curves").EnumerateObject().Count());
        double[] at75 = Numbers(score.GetProperty("curves").GetProperty("0.75").GetProperty("precision"));
        Assert.Equal((101, 51.0), (at75.Length, Math.Round(at75.Sum(), 9)));
        JsonElement dog = score.GetProperty("per_class_curves_50").GetProperty(id);
        Assert.Equal(101, Numbers(dog.GetProperty("precision")).Sum(), 1e-9);
        Assert.Equal([0.9, 0.9, 0.5, 0.5], new[] { 0, 50, 51, 100 }.Select(level => Numbers(dog.GetProperty("scores"))[level]));
        if (!isClassAgnostic) Assert.Equal(0, score.GetProperty("per_class_curves_50").GetProperty("4").GetProperty("precision").GetArrayLength());
        Assert.False(Json(await RunAsync("--json")).TryGetProperty("curves", out _));
    }

    [Fact]
    public async Task The_page_has_the_tables_and_the_curves()
    {
        CommandLine run = await RunAsync("--html", folder.At("coco.html"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        string page = await File.ReadAllTextAsync(folder.At("coco.html"), TestContext.Current.CancellationToken);
        Assert.StartsWith("<!DOCTYPE html>", page);
        Assert.Contains("dt.json on gt.json", page);
        Assert.Contains("Precision over recall by IoU threshold", page);
        Assert.Contains("0.75 (AP 50.5 %)", page);
        Assert.Contains(">dog<", page);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal));
        Assert.DoesNotContain("https://", page);
    }

    [Theory]
    [InlineData("bbox", "boxes with ties")]
    [InlineData("segm", "masks, ")]
    [InlineData("keypoints", "keypoints, ")]
    public async Task Each_kind_has_the_numbers_of_pycocotools(string kind, string name)
    {
        JsonElement golden = GoldenNumbers.Read("coco.json").EnumerateArray().First(one => one.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal));
        string[] Option(string option, string key) => golden.GetProperty(key) is { ValueKind: JsonValueKind.Array } list ? [option, string.Join(',', list.EnumerateArray().Select(value => value.GetRawText()))] : [];

        JsonElement score = Json(await CommandLine.RunAsync([
            "metrics", "coco", "--gt", folder.Write("gt.json", golden.GetProperty("gt").GetRawText()), "--dt", folder.Write("dt.json", golden.GetProperty("dt").GetRawText()),
            "--iou", kind, "--json", .. Option("--max-dets", "max_dets"), .. Option("--sigmas", "sigmas")]));

        Assert.Equal(golden.GetProperty("stats").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 9)), score.GetProperty("stats").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 9)));
    }

    [Fact]
    public async Task Five_keypoints_need_sigmas()
    {
        string truth = folder.Write("gt.json", """
            {"images": [{"id": 1, "width": 9, "height": 9}], "categories": [{"id": 1, "name": "bird"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 0, "num_keypoints": 2, "keypoints": [1, 1, 2, 3, 3, 1]}]}
            """);
        string found = folder.Write("dt.json", """[{"image_id": 1, "category_id": 1, "score": 0.5, "keypoints": [1, 1, 2, 3, 3, 1]}]""");
        Task<CommandLine> RunAsync(params string[] more) => CommandLine.RunAsync(["metrics", "coco", "--gt", truth, "--dt", found, "--iou", "keypoints", .. more]);

        CommandLine without = await RunAsync();
        Assert.Equal((2, "wrong usage: --sigmas is missing: COCO's are for 17 keypoints, these are 2; give 2 numbers, or one for all\n"), (without.Code, without.Error));
        Assert.Equal(2, (await RunAsync("--sigmas", "0.1,0.1,0.1")).Code);
        Assert.Equal(1, Json(await RunAsync("--sigmas", "0.1", "--json")).GetProperty("stats")[0].GetDouble(), 1e-12);
        Assert.Equal(10, Json(await RunAsync("--sigmas", "0.1,0.2", "--json")).GetProperty("stats").GetArrayLength());
    }

    [Theory]
    [InlineData("--max-dets 1,x", "--max-dets 1,x: give whole numbers above 0")]
    [InlineData("--max-dets 0", "--max-dets 0: give whole numbers above 0")]
    [InlineData("--sigmas 0.1", "--sigmas goes with --iou keypoints")]
    [InlineData("--curves", "--curves goes with --json")]
    [InlineData("--threads 0", "--threads must be 1 to 1024")]
    [InlineData("--quirks other", "pycocotools")]
    public async Task What_cannot_be_meant_is_wrong_usage(string arguments, string what)
    {
        CommandLine run = await RunAsync(arguments.Split(' '));
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(what, Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_bad_input()
    {
        string truth = folder.Write("gt.json", Truth[..200]);
        CommandLine run = await CommandLine.RunAsync("metrics", "coco", "--gt", truth, "--dt", folder.Write("dt.json", Found), "--iou", "bbox");
        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith($"{truth}: ", Assert.Single(run.ErrorLines));
    }
}
