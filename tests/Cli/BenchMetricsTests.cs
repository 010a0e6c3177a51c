using System.Text.Json;
using ScratchDet.Cli.Commands;
using ScratchDet.Data.Synthetic;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

public sealed class BenchMetricsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bbox", 12)]
    [InlineData("segm", 12)]
    [InlineData("load", 0)]
    public async Task A_measurement_has_times_memory_and_the_numbers_of_metrics_coco(string kind, int numbers)
    {
        (string truth, string results) = WriteCase();

        JsonElement sample = await JsonOfAsync("bench", "metrics-once", kind, truth, results);

        Assert.True(sample.GetProperty("load_s").GetDouble() > 0);
        Assert.True(sample.GetProperty("peak_bytes").GetInt64() > 1 << 20);
        Assert.Equal(numbers, sample.GetProperty("stats").GetArrayLength());
        if (numbers == 0) return;
        Assert.True(sample.GetProperty("evaluate_s").GetDouble() > 0);
        JsonElement scored = await JsonOfAsync("metrics", "coco", "--gt", truth, "--dt", results, "--iou", kind, "--json");
        Assert.Equal(scored.GetProperty("stats").GetRawText(), sample.GetProperty("stats").GetRawText());
        Assert.InRange(sample.GetProperty("stats")[0].GetDouble(), 0.01, 0.99);
    }

    [Fact]
    public async Task The_peer_writes_the_same_fields_and_the_same_numbers()
    {
        string? python = BenchPrograms.FindPython("import pycocotools.cocoeval");
        Assert.SkipWhen(python is null, "no python3 here can import pycocotools");
        (string truth, string results) = WriteCase();
        string script = Path.Combine(Repository.Root, "src/ScratchDet.Cli/Commands/BenchMetrics.py");

        string output = await BenchPrograms.OutputAsync(new(python!, [script, truth, results, "bbox"]), TestContext.Current.CancellationToken);

        BenchMetrics.Sample peer = JsonSerializer.Deserialize<BenchMetrics.Sample>(output, ScratchDet.Cli.Terminal.Json)!;
        JsonElement ours = await JsonOfAsync("bench", "metrics-once", "bbox", truth, results);
        BenchMetrics.RequireEqual("boxes", ours.Deserialize<BenchMetrics.Sample>(ScratchDet.Cli.Terminal.Json)!, peer);
        Assert.True(peer.LoadS > 0 && peer.EvaluateS > 0 && peer.PeakBytes > 1 << 20);
    }

    [Fact]
    public void A_number_that_differs_from_the_peers_is_no_measurement()
    {
        var ours = new BenchMetrics.Sample(1, 1, 1, [0.5, 0.25]);
        BenchMetrics.RequireEqual("boxes", ours, ours with { Stats = [0.5, 0.25 + 1e-12] });
        string message = Assert.Throws<InvalidOperationException>(() => BenchMetrics.RequireEqual("boxes", ours, ours with { Stats = [0.5, 0.26] })).Message;
        Assert.Equal("boxes: number 2 of the summary is 0.25 here and 0.26 by pycocotools", message);
        Assert.Throws<InvalidOperationException>(() => BenchMetrics.RequireEqual("boxes", ours with { Stats = [0.5, double.NaN] }, ours));
        Assert.Throws<InvalidOperationException>(() => BenchMetrics.RequireEqual("boxes", ours, ours with { Stats = [0.5] }));
    }

    private (string Truth, string Results) WriteCase()
    {
        (string truth, string results) = (folder.At("truth.json"), folder.At("results.json"));
        CocoCase.Write(new CocoCaseSpec { Images = 20, Categories = 5, Objects = 150, Detections = 1000, HasPolygons = true, HasDetectionMasks = true }, truth, results);
        return (truth, results);
    }

    private static async Task<JsonElement> JsonOfAsync(params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(arguments);
        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }
}
