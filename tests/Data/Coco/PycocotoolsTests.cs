using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ScratchDet.Data.Coco;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Coco;

/// <summary>Files and masks as pycocotools sees them, where a python3 can import it.</summary>
public sealed class PycocotoolsTests : IDisposable
{
    private const string MaskScript = """
        import json, sys
        from pycocotools import mask
        out = []
        before = None
        for case in json.load(open(sys.argv[1])):
            union = mask.merge(mask.frPyObjects(case["polygons"], case["height"], case["width"]))
            overlap = [0, 0]
            if before is not None and before["size"] == union["size"]:
                overlap = [mask.iou([before], [union], [crowd])[0][0] for crowd in (0, 1)]
            out.append([union["counts"].decode(), int(mask.area(union)), *mask.toBbox(union).tolist(), *overlap])
            before = union
        print(json.dumps(out))
        """;

    private const string ResultsScript = """
        import contextlib, json, sys
        from pycocotools import mask
        from pycocotools.coco import COCO
        with contextlib.redirect_stdout(sys.stderr):
            truth = COCO(sys.argv[1])
            both = [truth] + [truth.loadRes(file) for file in sys.argv[2:]]
        def row(coco, entry):
            rle = coco.annToRLE(entry)
            counts = rle["counts"]
            return [entry["image_id"], entry["category_id"], float(entry["area"]), *map(float, entry["bbox"]), counts if isinstance(counts, str) else counts.decode()]
        print(json.dumps([[row(coco, entry) for entry in coco.dataset["annotations"]] for coco in both]))
        """;

    private static readonly (int Height, int Width)[] sizes = [(1, 1), (1, 9), (7, 1), (10, 10), (33, 47), (120, 160)];
    private static readonly Lazy<string?> Python = new(() => Array.Find(["python3", "/usr/bin/python3"], CanImport));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Random_polygons_give_the_masks_boxes_and_overlaps_of_pycocotools_bit_for_bit()
    {
        var random = new Random(11);
        MaskCase[] cases = [.. Enumerable.Range(0, 3000).Select(_ => RandomCase(random))];
        JsonElement theirs = Run(MaskScript, folder.Write("cases.json", JsonSerializer.Serialize(cases, JsonSerializerOptions.Web)));
        RunLengthMask? before = null;
        for (int i = 0; i < cases.Length; i++)
        {
            double[][] polygons = cases[i].Polygons;
            var mask = RunLengthMask.FromPolygons(cases[i].Height, cases[i].Width, [.. polygons.SelectMany(polygon => polygon)], [.. polygons.Select(polygon => polygon.Length)]);
            bool areOfOneSize = before?.Height == mask.Height && before.Width == mask.Width;
            CocoBox box = mask.Box;
            double[] ours =
            [
                mask.Area, box.X, box.Y, box.Width, box.Height,
                areOfOneSize ? before!.IntersectionOverUnion(mask) : 0, areOfOneSize ? before!.IntersectionOverUnion(mask, isCrowd: true) : 0,
            ];
            Assert.Equal(theirs[i][0].GetString(), mask.ToCompressed());
            Assert.Equal(theirs[i].EnumerateArray().Skip(1).Select(number => number.GetDouble()), ours);
            before = mask;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_are_read_as_pycocotools_reads_them(bool hasDetectionMasks)
    {
        var spec = new CocoCaseSpec { Images = 60, Categories = 8, Objects = 700, Detections = 3000, HasPolygons = true, HasDetectionMasks = hasDetectionMasks, Seed = 4 };
        (string truthFile, string resultsFile) = (folder.At("truth.json"), folder.At("results.json"));
        CocoCase.Write(spec, truthFile, resultsFile);
        JsonElement theirs = Run(ResultsScript, truthFile, resultsFile);

        CocoGroundTruth truth = CocoGroundTruthReader.Read(truthFile, CocoParts.Boxes | CocoParts.Masks, cancellation: TestContext.Current.CancellationToken);
        CocoResults results = CocoResultsReader.Read(resultsFile, truth, CocoParts.Boxes | CocoParts.Masks, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            Rows(theirs[0]),
            truth.Objects.Select((item, i) => Row(truth, item.ImageIndex, item.CategoryIndex, item.Area, item.Box, truth.Masks!.Of(i))));
        Assert.Equal(
            Rows(theirs[1]),
            results.Detections.Select((item, i) => Row(truth, item.ImageIndex, item.CategoryIndex, item.Area, item.Box, results.Masks!.Of(i))));
    }

    [Theory]
    [InlineData("coco-mini/annotations/instances_val2017.json")]
    [InlineData("coco-mini/annotations/instances_train2017.json")]
    public void Real_annotations_are_read_as_pycocotools_reads_them(string name)
    {
        string file = Path.Combine(Environment.GetEnvironmentVariable("SCRATCHDET_DATA") ?? "", name);
        if (!File.Exists(file)) Assert.Skip($"SCRATCHDET_DATA names no folder that holds {name}");
        JsonElement theirs = Run(ResultsScript, file);
        CocoGroundTruth truth = CocoGroundTruthReader.Read(file, CocoParts.Boxes | CocoParts.Masks, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            Rows(theirs[0]),
            truth.Objects.Select((item, i) => Row(truth, item.ImageIndex, item.CategoryIndex, item.Area, item.Box, truth.Masks!.Of(i))));
    }

    private static IEnumerable<string> Rows(JsonElement rows) =>
        rows.EnumerateArray().Select(row => string.Join(' ', row.EnumerateArray().Select(value =>
            value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetDouble().ToString(CultureInfo.InvariantCulture))));

    private static string Row(CocoGroundTruth truth, int image, int category, double area, CocoBox box, RunLengthMask mask) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{truth.Images[image].Id} {truth.Categories[category].Id} {area} {box.X} {box.Y} {box.Width} {box.Height} {mask.ToCompressed()}");

    private static MaskCase RandomCase(Random random)
    {
        (int height, int width) = sizes[random.Next(sizes.Length)];
        double[][] polygons = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomPolygon(height, width, random))];
        return new(height, width, polygons);
    }

    private static double[] RandomPolygon(int height, int width, Random random)
    {
        int corners = random.Next(3, 12);
        double reach = random.Next(4) switch { 0 => 1, 1 => 2, 2 => 0.1, _ => 50 };
        // Anywhere, on hundredths, on half pixels, on pixel borders.
        double grid = random.Next(4) switch { 0 => 0, 1 => 100, 2 => 2, _ => 1 };
        var polygon = new double[2 * corners];
        for (int i = 0; i < polygon.Length; i++)
        {
            double place = (((random.NextDouble() - 0.5) * reach) + 0.5) * (i % 2 == 0 ? width : height);
            polygon[i] = grid == 0 ? place : Math.Round(place * grid) / grid;
        }
        if (random.Next(4) == 0) polygon[2..4].CopyTo(polygon, 0);
        return polygon;
    }

    private static JsonElement Run(string script, params string[] arguments)
    {
        if (Python.Value is not { } python)
        {
            Assert.Skip("no python3 here can import pycocotools");
            return default;
        }
        using Process process = Start(python, script, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return JsonDocument.Parse(output).RootElement;
    }

    private static bool CanImport(string python) =>
        ChildProcess.FirstLine(python, ["-c", "import pycocotools.mask; print('here')"], TimeSpan.FromSeconds(20)) == "here";

    private static Process Start(string python, string script, string[] arguments) => Process.Start(new ProcessStartInfo(python, ["-c", script, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private sealed record MaskCase(int Height, int Width, double[][] Polygons);
}
