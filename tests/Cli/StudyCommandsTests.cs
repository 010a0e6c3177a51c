using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Tests.Training;

namespace ScratchDet.Tests.Cli;

/// <summary>`studies`, `train`, `runs` and `eval` on forty small boards.</summary>
[Collection("threads")]
public sealed class StudyCommandsTests : IDisposable
{
    private const string StudyName = "batchnorm-placement";
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-study-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string Store => Path.Combine(root, "runs");

    private static IReadOnlyList<Variant<Experiment>> Variants => BatchNormPlacement.Study.At(Scale.Seconds).Variants;

    [Fact]
    public async Task Studies_lists_every_study_with_its_question()
    {
        CommandLine table = await CommandLine.RunAsync("studies");
        JsonElement list = await JsonOfAsync("studies", "--json");
        Assert.Equal(AllStudies.List.Select(study => study.Name), list.GetProperty("studies").EnumerateArray().Select(study => study.GetProperty("name").GetString()));
        Assert.Equal((0, ""), (table.Code, table.Error));
        Assert.All(AllStudies.List, study => Assert.Contains(study.Name, table.Output));
        Assert.All(AllStudies.List, study => Assert.Contains(study.Source, table.Output));
    }

    [Fact]
    public async Task Studies_show_gives_the_changes_of_every_variant()
    {
        JsonElement shown = await JsonOfAsync("studies", "show", StudyName, "--scale", "seconds", "--json");
        JsonElement[] variants = [.. shown.GetProperty("variants").EnumerateArray()];
        Assert.Equal(Variants.Select(variant => variant.Name), variants.Select(variant => variant.GetProperty("name").GetString()));
        Assert.Equal(4, shown.GetProperty("base").GetProperty("Train.Steps").GetString() is { } steps ? int.Parse(steps, CultureInfo.InvariantCulture) : -1);
        JsonElement change = variants[1].GetProperty("changes")[0];
        Assert.Equal(("Train.LearningRate", Rate(0), Rate(1)), (change.GetProperty("path").GetString(), change.GetProperty("from").GetString(), change.GetProperty("to").GetString()));

        CommandLine table = await CommandLine.RunAsync("studies", "show", StudyName, "--scale", "seconds");
        Assert.Equal((0, ""), (table.Code, table.Error));
        Assert.All(Variants, variant => Assert.Contains(variant.Name, table.Output));
    }

    [Fact]
    public async Task The_variants_of_the_examples_in_the_help_are_there()
    {
        CommandLine help = await CommandLine.RunAsync("train", "--help");
        Match[] examples = Regex.Matches(help.Output, "train (?<study>[a-z-]+) --variant \"(?<variant>[^\"]+)\"").ToArray();
        Assert.NotEmpty(examples);
        Assert.All(examples, example => _ = AllStudies.Find(example.Groups["study"].Value).At(Scale.Minutes)[example.Groups["variant"].Value]);
    }

    [Fact]
    public async Task A_dry_run_prints_the_plan_and_makes_nothing()
    {
        CommandLine plan = await CommandLine.RunAsync("train", "first-stride", "--scale", "paper", "--seeds", "3", "--dry-run", "--runs", Store);
        Assert.Equal(0, plan.Code);
        Assert.Contains("4 variants, 3 seeds each; nothing was trained", plan.Output);
        Assert.Equal(4, Regex.Count(plan.Output, @"100,000\s+16 x 8\s+12,800,000\s+773\.4"));
        Assert.False(Directory.Exists(Store));
    }

    [Theory]
    [InlineData("studies", "show", "no-such-study")]
    [InlineData("train", "no-such-study")]
    [InlineData("train", StudyName, "--variant", "no-such-variant")]
    [InlineData("train", StudyName, "--scale", "hours")]
    [InlineData("train", StudyName, "--seeds", "0")]
    [InlineData("train", StudyName, "--set", "Train.Stepps=3")]
    [InlineData("train", StudyName, "--set", "Train.Steps=three")]
    [InlineData("train", StudyName, "--set", "Train.Steps=0")]
    [InlineData("train", StudyName, "--set", "Train.LearningRate=0.01")]
    [InlineData("train", StudyName, "--set", "Detector.Boxes.Sizes=10,20")]
    [InlineData("train", StudyName, "--set", "Data.TestSplit=a/b")]
    [InlineData("runs", "show", "no-such-run")]
    [InlineData("runs", "table", StudyName)]
    public async Task A_name_or_a_value_that_cannot_be_is_wrong_usage_in_one_line_and_leaves_no_file(params string[] arguments)
    {
        string[] store = arguments[0] == "studies" ? [] : ["--runs", Store];
        CommandLine run = await CommandLine.RunAsync([.. arguments, .. store]);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("wrong usage: ", Assert.Single(run.ErrorLines));
        Assert.False(Directory.Exists(Store));
    }

    [Fact]
    public async Task A_variant_that_diverges_is_a_result_and_the_next_one_is_trained()
    {
        // Without batch norm, pixels a thousand times too large blow up; batch norm divides them by their deviation.
        string wild = Name(NormPlacement.Nowhere, LargestRate), tame = Name(NormPlacement.Everywhere, LargestRate);
        string[] arguments = Train(
            [wild, tame], "--set", "Train.Steps=12", "Augment.Normalization.DeviationRed=0.01", "Augment.Normalization.DeviationGreen=0.01", "Augment.Normalization.DeviationBlue=0.01");

        CommandLine first = await CommandLine.RunAsync([.. arguments, "--json"]);

        Assert.Equal(0, first.Code);
        using JsonDocument document = JsonDocument.Parse(first.Output);
        JsonElement[] runs = [.. document.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal([wild, tame], runs.Select(run => run.GetProperty("variant").GetString()));
        Assert.Equal(["diverged", "done"], runs.Select(run => run.GetProperty("state").GetString()));
        Assert.InRange(runs[0].GetProperty("step").GetInt64(), 1, 12);
        Assert.False(string.IsNullOrEmpty(runs[0].GetProperty("layer").GetString()));
        Assert.Equal(JsonValueKind.Null, runs[0].GetProperty("map_area").ValueKind);
        Assert.Equal(12, runs[1].GetProperty("step").GetInt64());
        Assert.Equal(JsonValueKind.Number, runs[1].GetProperty("map_area").ValueKind);

        CommandLine again = await CommandLine.RunAsync(arguments);
        Assert.Equal(0, again.Code);
        Assert.Equal(2, again.ErrorLines.Count(line => line.Contains(": already ", StringComparison.Ordinal)));
        Assert.Contains("diverged at step", again.Output);
    }

    [Fact]
    public async Task Runs_are_listed_shown_compared_and_tabled()
    {
        Assert.Equal(0, (await CommandLine.RunAsync(Train(["base", Variants[1].Name]))).Code);

        JsonElement list = await JsonOfAsync("runs", "--runs", Store, "--json");
        JsonElement[] runs = [.. list.GetProperty("runs").EnumerateArray()];
        Assert.Equal([Variants[1].Name, "base"], runs.Select(run => run.GetProperty("variant").GetString())); // by path
        Assert.All(runs, run => Assert.Equal("done", run.GetProperty("state").GetString()));
        CommandLine table = await CommandLine.RunAsync("runs", "--runs", Store);
        Assert.Equal((0, ""), (table.Code, table.Error));
        Assert.Equal(2, table.Output.Split("done after 4 steps").Length - 1);

        JsonElement shown = await JsonOfAsync("runs", "show", "base-", "--runs", Store, "--json");
        Assert.Equal("4", shown.GetProperty("spec").GetProperty("Train.Steps").GetString());
        Assert.Single(shown.GetProperty("evaluations").EnumerateArray());
        CommandLine text = await CommandLine.RunAsync("runs", "show", "base-", "--runs", Store);
        Assert.Contains("done after 4 steps", text.Output);
        Assert.Contains("1 thread, cpu, ", text.Output);

        CommandLine difference = await CommandLine.RunAsync("runs", "diff", "base-", "LearningRate", "--runs", Store);
        Assert.Equal((0, ""), (difference.Code, difference.Error));
        string row = Assert.Single(difference.Output.Split('\n'), line => line.Contains('.', StringComparison.Ordinal));
        Assert.Equal(["Train.LearningRate", Rate(0), Rate(1)], row.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        string csv = Path.Combine(root, "table.csv");
        CommandLine written = await CommandLine.RunAsync("runs", "table", StudyName, "--runs", Store, "--csv", csv);
        Assert.Equal((0, ""), (written.Code, written.Output));
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal(3, lines.Length);
        Assert.Contains("variant", lines[0]);
    }

    [Fact]
    public async Task The_detections_that_eval_writes_score_the_same_under_metrics_voc_and_metrics_coco()
    {
        string variant = Name(NormPlacement.Everywhere, LargestRate);
        Assert.Equal(0, (await CommandLine.RunAsync(Train([variant], "--set", "Train.Steps=25"))).Code);
        string results = Path.Combine(root, "results");
        RunFolder run = Assert.Single(RunStore.Open(Store).Runs());

        string truth = Path.Combine(root, "truth.json"), found = Path.Combine(root, "found.json");

        JsonElement scored = await JsonOfAsync(
            "eval", run.CheckpointFile, "--data", SmallRuns.BoardsFolder, "--detections", results, "--predictions", found, "--annotations", truth, "--threads", "1", "--json");
        foreach (string metric in (string[])["area", "07"])
        {
            JsonElement again = await JsonOfAsync("metrics", "voc", "--devkit", SmallRuns.BoardsFolder, "--split", "test", "--detections", results, "--metric", metric, "--json");
            Assert.Equal(scored.GetProperty($"map_{metric}").GetDouble(), again.GetProperty("map").GetDouble());
        }
        JsonElement coco = await JsonOfAsync("metrics", "coco", "--gt", truth, "--dt", found, "--iou", "bbox", "--json");
        Assert.Equal(scored.GetProperty("coco_stats").GetRawText(), coco.GetProperty("stats").GetRawText());
        Assert.Equal(run.Evaluations()[^1].CocoAp!.Value, coco.GetProperty("stats")[0].GetDouble(), 1e-9);
        Assert.Equal(run.Evaluations()[^1].MapArea, scored.GetProperty("map_area").GetDouble(), 1e-9);
        Assert.InRange(scored.GetProperty("map_area").GetDouble(), 1e-9, 1);

        CommandLine noSplit = await CommandLine.RunAsync("eval", run.CheckpointFile, "--data", SmallRuns.BoardsFolder, "--split", "a/b");
        Assert.Equal(2, noSplit.Code);
        Assert.StartsWith("wrong usage: --split 'a/b' names no image set", Assert.Single(noSplit.ErrorLines));
    }

    private static double LargestRate => Variants.Max(variant => variant.Experiment.Train.LearningRate);

    private static string Name(NormPlacement place, double rate) =>
        Variants.First(variant => variant.Experiment.Detector.Norm == place && variant.Experiment.Train.LearningRate == rate).Name; // from scratch comes first

    private static string Rate(int variant) => Variants[variant].Experiment.Train.LearningRate.ToString(CultureInfo.InvariantCulture);

    private string[] Train(IEnumerable<string> variants, params string[] more) =>
    [
        "train", StudyName, "--scale", "seconds", "--data", SmallRuns.BoardsFolder, "--runs", Store, "--threads", "1",
        .. variants.SelectMany(variant => (string[])["--variant", variant]), .. more,
    ];

    private static async Task<JsonElement> JsonOfAsync(params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(arguments);
        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }
}
