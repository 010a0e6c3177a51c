using System.Text.Json;
using ScratchDet.Models;
using ScratchDet.Tests.Data;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Cli;

public sealed class ParityCommandTests : IDisposable
{
    private const string Model = "small-residual-96";
    private const int Classes = 4;

    private readonly TemporaryFolder folder = new();

    public ParityCommandTests()
    {
        using var generator = new Generator(1);
        using Detector detector = ModelPresets.Find(Model)!.Spec.Build(Classes, generator);
        Write(Weights, [.. detector.state_dict().Select(entry => (entry.Key, entry.Value))]);
        using Tensor images = randn(2, 3, 96, 96, generator: generator);
        Write(Inputs, ("images", images));
        folder.Write("targets.json", """[{"boxes": [[10, 10, 40, 50]], "labels": [3]}, {"boxes": [], "labels": []}]""");
    }

    private string Weights => folder.At("weights.safetensors");

    private string Inputs => folder.At("inputs.safetensors");

    private string Targets => folder.At("targets.json");

    private string Head => folder.At("head.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task With_targets_the_object_has_losses_gradients_matches_negatives_and_detections()
    {
        CommandLine run = await RunAsync("--targets", Targets, "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(["losses", "gradient_norms", "matched", "hard_negatives", "detections"], root.EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(["bbox_regression", "classification"], root.GetProperty("losses").EnumerateObject().Select(entry => entry.Name));
        Assert.True(root.GetProperty("losses").GetProperty("classification").GetDouble() > 0);
        Assert.True(root.GetProperty("gradient_norms").GetProperty("backbone.stem.0.convolution.weight").GetDouble() > 0);
        JsonElement matched = root.GetProperty("matched");
        Assert.Equal(matched[0].GetProperty("anchors").GetArrayLength(), matched[0].GetProperty("objects").GetArrayLength());
        Assert.Equal("""{"anchors":[],"objects":[]}""", matched[1].GetRawText());
        Assert.Equal(3 * matched[0].GetProperty("anchors").GetArrayLength(), root.GetProperty("hard_negatives")[0].GetArrayLength());
        Assert.Equal("[]", root.GetProperty("hard_negatives")[1].GetRawText());
        JsonElement image = root.GetProperty("detections")[0];
        int count = image.GetProperty("scores").GetArrayLength();
        Assert.InRange(count, 1, 200);
        Assert.Equal((count, count), (image.GetProperty("boxes").GetArrayLength(), image.GetProperty("labels").GetArrayLength()));
        Assert.All(image.GetProperty("labels").EnumerateArray(), label => Assert.InRange(label.GetInt32(), 1, Classes - 1));
        Assert.Equal(4, image.GetProperty("boxes")[0].GetArrayLength());
    }

    [Fact]
    public async Task Without_targets_there_are_detections_alone_and_the_raw_outputs_are_the_model_s()
    {
        CommandLine run = await RunAsync("--json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("detections", Assert.Single(document.RootElement.EnumerateObject()).Name);
        using Detector detector = ModelWeights.Load(ModelPresets.Find(Model)!, Weights);
        detector.eval();
        using IDisposable noGradient = no_grad();
        using SafetensorsFile inputs = SafetensorsFile.Read(Inputs), head = SafetensorsFile.Read(Head);
        using Tensor images = inputs.Load("images"), logits = head.Load("cls_logits"), offsets = head.Load("bbox_regression");
        using RawDetections raw = detector.call(images);
        Assert.Equal([2, detector.DefaultBoxes.Count, Classes], logits.shape);
        Assert.Equal(raw.ClassLogits.data<float>().ToArray(), logits.data<float>().ToArray());
        Assert.Equal(raw.BoxRegression.data<float>().ToArray(), offsets.data<float>().ToArray());
    }

    [Fact]
    public async Task Without_json_it_says_where_the_outputs_are()
    {
        CommandLine run = await RunAsync("--targets", Targets);
        Assert.Equal(0, run.Code);
        Assert.StartsWith("losses: box regression ", run.Output);
        Assert.EndsWith($"raw outputs: {Head}; --json prints the rest\n", run.Output);
    }

    [Fact]
    public async Task A_number_of_classes_that_the_weights_do_not_have_is_bad_input() =>
        await AssertBad(Weights, "head.classes.maps.0.convolution.weight: the shape is [16, 64, 3, 3], the model has [20, 64, 3, 3]", "--classes", "5");

    [Fact]
    public async Task Weights_of_another_model_are_bad_input()
    {
        Write(Weights, ("something.else", zeros(3)));
        await AssertBad(Weights, "head.classes.maps.0.convolution.weight: the file lacks this tensor");
    }

    [Fact]
    public async Task An_unexpected_tensor_is_bad_input()
    {
        using var detector = new Detector(ModelPresets.Find(Model)!.Spec, Classes);
        Write(Weights, [.. detector.state_dict().Select(entry => (entry.Key, entry.Value)), ("extra", zeros(1))]);
        await AssertBad(Weights, "extra: the model has no such tensor");
    }

    [Fact]
    public async Task A_tensor_that_is_missing_is_bad_input()
    {
        using var detector = new Detector(ModelPresets.Find(Model)!.Spec, Classes);
        Write(Weights, [.. detector.state_dict().Where(entry => entry.Key != "backbone.stem.1.norm.weight").Select(entry => (entry.Key, entry.Value))]);
        await AssertBad(Weights, "backbone.stem.1.norm.weight: the file lacks this tensor");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(300)]
    [InlineData(100_000)]
    public async Task Truncated_weights_are_bad_input(int length)
    {
        File.WriteAllBytes(Weights, File.ReadAllBytes(Weights)[..length]);
        await AssertBad(Weights, "");
    }

    [Fact]
    public async Task Missing_files_are_bad_input()
    {
        File.Delete(Targets);
        await AssertBad(Targets, "no such file", "--targets", Targets);
        File.Delete(Inputs);
        await AssertBad(Inputs, "no such file");
        File.Delete(Weights);
        await AssertBad(Weights, "no such file");
    }

    [Fact]
    public async Task Wrong_json_is_bad_input()
    {
        folder.Write("targets.json", "[{}");
        await AssertBad(Targets, "it is not valid JSON", "--targets", Targets);
        folder.Write("targets.json", "[]");
        await AssertBad(Targets, "0 entries for 2 images", "--targets", Targets);
    }

    [Fact]
    public async Task Inputs_of_another_size_name_or_value_are_bad_input()
    {
        Write(Inputs, ("images", zeros(2, 3, 96, 100)));
        await AssertBad(Inputs, "tensor images: the shape is [2, 3, 96, 100]; give (N, 3, 96, 96)");
        Write(Inputs, ("images", zeros(0, 3, 96, 96)));
        await AssertBad(Inputs, "the shape is [0, 3, 96, 96]");
        Write(Inputs, ("image", zeros(1, 3, 96, 96)));
        await AssertBad(Inputs, "tensor images: there is no such tensor");
        Write(Inputs, ("images", full([1, 3, 96, 96], float.NaN)));
        await AssertBad(Inputs, "a value is not finite");
    }

    private Task<CommandLine> RunAsync(params string[] more) =>
        CommandLine.RunAsync(["parity", Model, "--weights", Weights, "--inputs", Inputs, "--out", Head, .. more]);

    private async Task AssertBad(string start, string what, params string[] more)
    {
        CommandLine run = await RunAsync([.. more, "--json"]);
        Assert.Equal((3, ""), (run.Code, run.Output));
        string line = Assert.Single(run.ErrorLines);
        Assert.StartsWith(start, line);
        Assert.Contains(what, line);
        Assert.False(File.Exists(Head));
    }

    private static void Write(string path, params (string, Tensor)[] tensors)
    {
        using FileStream stream = File.Create(path);
        SafetensorsFile.Write(stream, tensors);
    }
}
