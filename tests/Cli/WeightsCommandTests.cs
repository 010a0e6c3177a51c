using System.Text.Json;
using ScratchDet.Models;
using ScratchDet.Tests.Data;
using ScratchDet.Tests.Golden;
using ScratchDet.Tests.Torch.PyTorchFiles;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Cli;

public sealed class WeightsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Show_gives_type_shape_and_sums_in_double()
    {
        string file = folder.At("f.safetensors");
        using (DisposeScope scope = NewDisposeScope())
        using (FileStream stream = File.Create(file))
        {
            // In float32 the sum 16777216 + 1 + 1 would stay 16777216.
            SafetensorsFile.Write(
                stream,
                [("b", tensor([16777216f, 1, 1], [3, 1])), ("a", tensor([1L, -2])), ("c", tensor(1.5f).to(ScalarType.BFloat16)), ("d", tensor([float.NaN])), ("e", tensor([(byte)200]))],
                new Dictionary<string, string> { ["made by"] = "a test" });
        }

        CommandLine run = await CommandLine.RunAsync("weights", "show", file, "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("safetensors", document.RootElement.GetProperty("format").GetString());
        Assert.Equal(
            [
                """{"name":"a","dtype":"int64","shape":[2],"sum":-1,"sum_sq":5}""",
                """{"name":"b","dtype":"float32","shape":[3,1],"sum":16777218,"sum_sq":281474976710658}""",
                """{"name":"c","dtype":"bfloat16","shape":[],"sum":1.5,"sum_sq":2.25}""",
                """{"name":"d","dtype":"float32","shape":[1],"sum":"NaN","sum_sq":"NaN"}""",
                """{"name":"e","dtype":"uint8","shape":[1],"sum":200,"sum_sq":40000}""",
            ],
            document.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetRawText()));
        Assert.Equal("""{"made by":"a test"}""", document.RootElement.GetProperty("metadata").GetRawText());
        CommandLine people = await CommandLine.RunAsync("weights", "show", file);
        Assert.Contains("made by: a test", people.Output);
        Assert.Matches(@"b +float32 +3 x 1 +1\.67772E\+07", people.Output);
    }

    [Fact]
    public async Task Convert_to_torchvisions_names_and_back_gives_the_same_tensors()
    {
        string ours = folder.At("ours.safetensors"), theirs = folder.At("theirs.safetensors"), back = folder.At("back.safetensors");
        using (var generator = new Generator(1))
        using (Detector detector = ModelPresets.Find("ssd300-vgg16")!.Spec.Build(2, generator))
        using (FileStream stream = File.Create(ours))
            SafetensorsFile.Write(stream, detector.state_dict().Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string> { ["note"] = "kept" });

        CommandLine there = await CommandLine.RunAsync("weights", "convert", ours, "--names", "torchvision", "--out", theirs);
        CommandLine again = await CommandLine.RunAsync("weights", "convert", theirs, "--names", "ours", "--out", back);

        Assert.Equal((0, $"{theirs}: 71 tensors\n"), (there.Code, there.Output));
        Assert.Equal(0, again.Code);
        using (SafetensorsFile converted = SafetensorsFile.Read(theirs))
        {
            Assert.Equal(TorchvisionNames.Keys.Order(StringComparer.Ordinal), converted.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
            Assert.Equal("kept", converted.Metadata["note"]);
        }
        Assert.Equal(File.ReadAllBytes(ours), File.ReadAllBytes(back));
    }

    [Theory]
    [InlineData(true, "pytorch-zip")]
    [InlineData(false, "pytorch-legacy")]
    public async Task Files_of_pytorch_are_shown_and_converted(bool isZip, string format)
    {
        string file = folder.Write("f.pth", isZip ? new ZipBytes(ZipBytes.OneTensor()).ToArray() : PickleBytes.Legacy(PickleBytes.OneTensor(old: true), ("0", [1, 2, 3, 4])));
        string target = folder.At("out.safetensors");

        CommandLine shown = await CommandLine.RunAsync("weights", "show", file, "--json");
        CommandLine converted = await CommandLine.RunAsync("weights", "convert", file, "--out", target);

        Assert.Equal((0, $$"""{"format":"{{format}}","tensors":[{"name":"weight","dtype":"float32","shape":[2,2],"sum":10,"sum_sq":30}],"metadata":{},"notes":[]}"""), (shown.Code, shown.Output.Trim()));
        Assert.Equal((0, $"{target}: 1 tensors\n"), (converted.Code, converted.Output));
        using SafetensorsFile written = SafetensorsFile.Read(target);
        using Tensor weight = written.Load("weight");
        Assert.Equal([1, 2, 3, 4], weight.data<float>().ToArray());
    }

    [Fact]
    public async Task The_part_of_a_checkpoint_is_told_and_can_be_chosen()
    {
        string file = TorchFiles.PathOrSkip("checkpoint.pth"), target = folder.At("ema.safetensors");
        CommandLine shown = await CommandLine.RunAsync("weights", "show", file);
        Assert.Contains("  the tensors are those of model\n  left out: the outermost mapping (1 tensors), ema (7 tensors), ", shown.Output);
        Assert.Contains("  epoch: 12\n", shown.Output);
        Assert.Equal(0, (await CommandLine.RunAsync("weights", "convert", file, "--mapping", "ema", "--out", target)).Code);
        using SafetensorsFile written = SafetensorsFile.Read(target);
        Assert.Contains("0.weight", written.Entries.Select(entry => entry.Name));
        Assert.Equal("12", written.Metadata["epoch"]);
        await AssertBad(file, "there is no mapping teacher", "show", file, "--mapping", "teacher");
    }

    [Fact]
    public async Task A_file_that_asks_for_code_is_bad_input()
    {
        byte[] pickle = new PickleBytes().Global("os", "system").Raw("(").Text("id").Raw("tR").ToArray();
        string file = folder.Write("f.pth", new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray());
        await AssertBad(file, "data.pkl, byte 2: the pickle asks for code to run, and nothing was run: it names os.system", "show", file);
        await AssertBad(file, "os.system", "convert", file, "--out", folder.At("out"));
        Assert.False(File.Exists(folder.At("out")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("a text that is no weights at all")]
    public async Task Other_files_are_bad_input(string text)
    {
        string file = folder.Write("weights.txt", text);
        await AssertBad(file, "a safetensors file", "show", file);
    }

    [Fact]
    public async Task An_absent_file_and_weights_of_another_model_are_bad_input()
    {
        await AssertBad(folder.At("absent"), "no such file", "show", folder.At("absent"));
        string file = folder.At("other.safetensors");
        using (FileStream stream = File.Create(file))
        using (Tensor tensor = zeros(1))
            SafetensorsFile.Write(stream, [("x", tensor)]);
        await AssertBad(file, "weights of another model", "convert", file, "--names", "ours", "--out", folder.At("out"));
        Assert.False(File.Exists(folder.At("out")));
    }

    private static async Task AssertBad(string file, string what, params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(["weights", .. arguments]);
        Assert.Equal((3, ""), (run.Code, run.Output));
        string line = Assert.Single(run.ErrorLines);
        Assert.StartsWith($"{file}: ", line);
        Assert.Contains(what, line);
    }
}
