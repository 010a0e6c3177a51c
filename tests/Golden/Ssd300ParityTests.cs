using System.Text.Json;
using ScratchDet.Tests.Cli;

namespace ScratchDet.Tests.Golden;

/// <summary>`parity ssd300-vgg16@torchvision` against torchvision itself, on the same weights and inputs, from file to file.</summary>
public sealed class Ssd300ParityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scratchdet-parity-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Outputs_losses_gradients_matches_and_detections_agree_with_torchvision()
    {
        string golden = Ssd300TorchvisionGolden.FolderOrSkip();
        string head = Path.Combine(folder, "head.safetensors");

        CommandLine run = await CommandLine.RunAsync(
            "parity", "ssd300-vgg16@torchvision", "--weights", Path.Combine(golden, "weights.safetensors"), "--inputs", Path.Combine(golden, "inputs.safetensors"),
            "--targets", Path.Combine(golden, "targets.json"), "--classes", "21", "--out", head, "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        foreach (string name in (string[])["bbox_regression", "cls_logits"])
        {
            AssertWithinShareOfRms(
                Ssd300TorchvisionGolden.ReadTensor(Path.Combine(golden, "head_outputs.safetensors"), name), Ssd300TorchvisionGolden.ReadTensor(head, name), 1e-3);
        }
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement ours = document.RootElement, theirs = Ssd300TorchvisionGolden.ReadJson(Path.Combine(golden, "expected.json"));
        AssertRelative(theirs.GetProperty("losses"), ours.GetProperty("losses"), 1e-4);
        AssertRelative(theirs.GetProperty("gradient_norms"), ours.GetProperty("gradient_norms"), 2e-3);
        AssertSameNumbers(theirs.GetProperty("matched"), ours.GetProperty("matched"), "anchors", "objects");
        Assert.Equal(Rows(theirs.GetProperty("hard_negatives")), Rows(ours.GetProperty("hard_negatives")));
        AssertSameNumbers(theirs.GetProperty("detections"), ours.GetProperty("detections"), "labels");
        AssertClose(theirs.GetProperty("detections"), ours.GetProperty("detections"), "scores", 1e-4);
        AssertClose(theirs.GetProperty("detections"), ours.GetProperty("detections"), "boxes", 0.05);
    }

    private static void AssertWithinShareOfRms(float[] expected, float[] actual, double share)
    {
        Assert.Equal(expected.Length, actual.Length);
        double squares = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            squares += (double)expected[i] * expected[i];
            largest = Math.Max(largest, Math.Abs((double)expected[i] - actual[i]));
        }
        Assert.InRange(largest, 0, share * Math.Sqrt(squares / expected.Length));
    }

    private static void AssertRelative(JsonElement expected, JsonElement actual, double tolerance)
    {
        Assert.Equal(expected.EnumerateObject().Select(entry => entry.Name), actual.EnumerateObject().Select(entry => entry.Name));
        foreach (JsonProperty entry in expected.EnumerateObject())
        {
            double wanted = entry.Value.GetDouble(), got = actual.GetProperty(entry.Name).GetDouble();
            Assert.True(Math.Abs(got - wanted) <= tolerance * Math.Abs(wanted), $"{entry.Name}: {got} instead of {wanted}");
        }
    }

    private static void AssertSameNumbers(JsonElement expected, JsonElement actual, params string[] names)
    {
        Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
        for (int image = 0; image < expected.GetArrayLength(); image++)
        {
            foreach (string name in names)
                Assert.Equal(Whole(expected[image].GetProperty(name)), Whole(actual[image].GetProperty(name)));
        }
    }

    private static void AssertClose(JsonElement expected, JsonElement actual, string name, double tolerance)
    {
        for (int image = 0; image < expected.GetArrayLength(); image++)
        {
            double[] wanted = Flat(expected[image].GetProperty(name)), got = Flat(actual[image].GetProperty(name));
            Assert.Equal(wanted.Length, got.Length);
            for (int i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], got[i], tolerance);
        }
    }

    private static int[] Whole(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    private static IEnumerable<int[]> Rows(JsonElement lists) => lists.EnumerateArray().Select(Whole);

    private static double[] Flat(JsonElement list) =>
        [.. list.EnumerateArray().SelectMany(item => item.ValueKind == JsonValueKind.Array ? Flat(item) : [item.GetDouble()])];
}
