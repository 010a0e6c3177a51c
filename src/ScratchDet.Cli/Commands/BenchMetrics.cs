using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ScratchDet.Data.Coco;
using ScratchDet.Data.Synthetic;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Cli.Commands;

/// <summary>
/// `bench metrics`: the COCO evaluator on made-up data of the size of COCO, one thread; the peer is pycocotools. Every
/// measurement is a process of its own, so that its time is that of a first call and its memory is its own.
/// </summary>
internal static class BenchMetrics
{
    private const string Script = "src/ScratchDet.Cli/Commands/BenchMetrics.py";
    private const string WorkerName = "metrics-once";
    private const int Rounds = 3;
    private const string Made = "made";
    private const string Load = "load";
    private const int DetectionsPerImage = 100;
    private const double ObjectsPerImage = 7.34; // as in val2017

    /// <summary>As large as COCO's val2017, with 100 detections an image.</summary>
    private static readonly CocoCaseSpec Boxes = new();

    private static readonly CocoCaseSpec Masks = new() { Images = 1_000, Objects = 7_340, Detections = 50_000, HasPolygons = true, HasDetectionMasks = true };

    /// <summary>As large as COCO's instances_train2017, and a result file to it.</summary>
    private static readonly CocoCaseSpec Training = new() { Images = 118_287, Objects = 860_000, Detections = 1_000_000, HasPolygons = true };

    public static BenchSuite Suite { get; } = new("metrics", "The COCO evaluator: boxes, masks, growth, loading, memory; the peer is pycocotools", MeasureAsync);

    /// <summary>One measurement, as a process of its own: the suite calls it.</summary>
    public static Command CreateWorker(Terminal terminal)
    {
        var kind = new Argument<string>("KIND");
        var arguments = new Argument<string[]>("ARGUMENT") { Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand(WorkerName, "Measures once; the suite calls it", $"./scratchdet bench {WorkerName} bbox instances.json results.json") { kind, arguments };
        command.Hidden = true;
        command.Does((parsed, _) =>
        {
            terminal.WriteJson(Measure(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(arguments)));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<BenchRow>> MeasureAsync(Terminal terminal, bool withPeer, CancellationToken stop)
    {
        string? python = withPeer ? BenchPrograms.FindPython("import pycocotools.cocoeval") : null;
        if (withPeer && python is null) terminal.Note("no python3 here has pycocotools: its columns stay empty (`pip install pycocotools`)");
        string folder = Directory.CreateTempSubdirectory("scratchdet-bench-").FullName;
        try
        {
            var rows = new List<BenchRow>();
            await AddCaseAsync("boxes", "bbox", Boxes).ConfigureAwait(false);
            await AddCaseAsync("masks", "segm", Masks).ConfigureAwait(false);
            await AddGrowthAsync().ConfigureAwait(false);
            await AddLoadingAsync().ConfigureAwait(false);
            return rows;

            async Task AddCaseAsync(string name, string kind, CocoCaseSpec spec)
            {
                string truth = Path.Combine(folder, $"{name}-truth.json"), results = Path.Combine(folder, $"{name}-results.json");
                CocoCase.Write(spec, truth, results);
                terminal.Note($"{name}: {Rounds} rounds on {Grouped(spec.Images)} images, {Grouped(spec.Objects)} objects, {Grouped(spec.Detections)} detections ...");
                (List<Sample> ours, List<Sample>? peer) = await RoundsAsync(kind, [truth, results], [truth, results, kind], Rounds).ConfigureAwait(false);
                if (peer is not null) RequireEqual(name, ours[0], peer[0]);
                string what = $"{name}, {Grouped(spec.Detections)} detections: ";
                rows.Add(Times(what + "evaluate and accumulate", ours, peer, sample => sample.EvaluateS));
                rows.Add(Times(what + "load both files", ours, peer, sample => sample.LoadS));
                rows.Add(Memory(what + "peak memory", ours, peer));
            }

            async Task AddGrowthAsync()
            {
                foreach (int detections in (int[])[50_000, 500_000, 5_000_000])
                {
                    terminal.Note($"growth: {Grouped(detections)} detections ...");
                    (List<Sample> ours, _) = await RoundsAsync(Made, [detections.ToString(CultureInfo.InvariantCulture)], null, Rounds).ConfigureAwait(false);
                    string what = $"growth: {Grouped(detections)} detections on {Grouped(detections / DetectionsPerImage)} images: ";
                    rows.Add(Times(what + "evaluate and accumulate", ours, null, sample => sample.EvaluateS));
                    rows.Add(Memory(what + "peak memory", ours, null));
                }
            }

            async Task AddLoadingAsync()
            {
                string truth = Path.Combine(folder, "training-truth.json"), results = Path.Combine(folder, "training-results.json");
                CocoCase.Write(Training, truth, results);
                terminal.Note($"loading: {Grouped(Training.Objects)} annotations with polygons, {Grouped(Training.Detections)} detections, {(new FileInfo(truth).Length + new FileInfo(results).Length) >> 20} MiB ...");
                (List<Sample> ours, List<Sample>? peer) = await RoundsAsync(Load, [truth, results], [truth, results, Load], Rounds).ConfigureAwait(false);
                string what = $"{Grouped(Training.Objects)} annotations with polygons, {Grouped(Training.Detections)} detections: ";
                rows.Add(Times(what + "load both files", ours, peer, sample => sample.LoadS));
                rows.Add(Memory(what + "peak memory", ours, peer));
            }

            async Task<(List<Sample> Ours, List<Sample>? Peer)> RoundsAsync(string kind, string[] arguments, string[]? peerArguments, int rounds)
            {
                List<Sample> ours = [], peer = [];
                for (int round = 0; round < rounds; round++)
                {
                    ours.Add(await RunAsync(new ProcessStartInfo(ChildProcess.DotnetProgram, [ThisTool.File, "bench", WorkerName, kind, .. arguments]), stop).ConfigureAwait(false));
                    if (python is not null && peerArguments is not null)
                        peer.Add(await RunAsync(new ProcessStartInfo(python, [Path.Combine(Repository.Root, Script), .. peerArguments]), stop).ConfigureAwait(false));
                }
                return (ours, peer.Count == 0 ? null : peer);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Sample Measure(string kind, string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        if (kind == Made)
        {
            int detections = int.Parse(arguments[0], CultureInfo.InvariantCulture);
            int images = detections / DetectionsPerImage;
            (CocoGroundTruth made, CocoResults found) = CocoCase.Make(new CocoCaseSpec { Images = images, Objects = (int)(images * ObjectsPerImage), Detections = detections });
            return Evaluate(made, found, OverlapKind.Boxes, clock.Elapsed.TotalSeconds);
        }
        if (kind == Load)
        {
            CocoGroundTruth truth = CocoGroundTruthReader.Read(arguments[0], CocoParts.Masks);
            CocoResultsReader.Read(arguments[1], truth, CocoParts.Boxes);
            return new Sample(clock.Elapsed.TotalSeconds, 0, PeakBytes(), []);
        }
        MetricsFiles files = MetricsFiles.Read(arguments[0], [arguments[1]], MetricsFiles.KindOf(kind), CancellationToken.None);
        return Evaluate(files.Truth, files.Runs[0], files.Kind, clock.Elapsed.TotalSeconds);
    }

    private static Sample Evaluate(CocoGroundTruth truth, CocoResults results, OverlapKind kind, double loadS)
    {
        var clock = Stopwatch.StartNew();
        CocoEvaluation evaluation = CocoEvaluator.Evaluate(truth, results, new CocoEvaluationOptions { Kind = kind, Threads = 1 });
        double evaluateS = clock.Elapsed.TotalSeconds;
        return new Sample(loadS, evaluateS, PeakBytes(), evaluation.Stats);
    }

    private static async Task<Sample> RunAsync(ProcessStartInfo start, CancellationToken stop) =>
        JsonSerializer.Deserialize<Sample>(await BenchPrograms.OutputAsync(start, stop).ConfigureAwait(false), Terminal.Json)!;

    /// <summary>A faster number that is another number would be worth nothing.</summary>
    internal static void RequireEqual(string name, Sample ours, Sample peer)
    {
        if (ours.Stats.Count != peer.Stats.Count)
            throw new InvalidOperationException($"{name}: {ours.Stats.Count} numbers in the summary here, {peer.Stats.Count} by pycocotools");
        for (int i = 0; i < ours.Stats.Count; i++)
        {
            if (!(Math.Abs(ours.Stats[i] - peer.Stats[i]) <= 1e-9))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{name}: number {i + 1} of the summary is {ours.Stats[i]:R} here and {peer.Stats[i]:R} by pycocotools"));
        }
    }

    private static BenchRow Times(string workload, List<Sample> ours, List<Sample>? peer, Func<Sample, double> time) =>
        BenchRow.OfTimes(workload, [.. ours.Select(time)], peer is null ? null : [.. peer.Select(time)], OurSettings, "pycocotools, one thread, a process each");

    private static BenchRow Memory(string workload, List<Sample> ours, List<Sample>? peer) =>
        BenchRow.OfBytes(workload, ours.Max(sample => sample.PeakBytes), peer?.Max(sample => sample.PeakBytes), OurSettings, "pycocotools, one thread, a process each");

    private static string OurSettings => $".NET {Environment.Version}, one thread, a process each";

    private static long PeakBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What one process measured; the Python script writes the same.</summary>
    internal sealed record Sample(double LoadS, double EvaluateS, long PeakBytes, IReadOnlyList<double> Stats);
}
