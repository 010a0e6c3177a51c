using System.Text.Json;
using ScratchDet.Models;
using ScratchDet.Tests.Data;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Cli;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Show_prints_one_object_of_the_agreed_shape()
    {
        CommandLine run = await CommandLine.RunAsync("models", "show", "ssd300-vgg16", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement shown = document.RootElement;
        Assert.Equal(["name", "parameters", "multiply_adds", "feature_maps", "default_boxes", "boxes_per_cell", "state_dict"], shown.EnumerateObject().Select(entry => entry.Name));
        Assert.Equal("ssd300-vgg16", shown.GetProperty("name").GetString());
        Assert.Equal(26_285_486, shown.GetProperty("parameters").GetInt64());
        Assert.Equal(31_373_537_792, shown.GetProperty("multiply_adds").GetInt64());
        Assert.Equal("[[38,38,512],[19,19,1024],[10,10,512],[5,5,256],[3,3,256],[1,1,256]]", shown.GetProperty("feature_maps").GetRawText());
        Assert.Equal("[4,6,6,6,4,4]", shown.GetProperty("boxes_per_cell").GetRawText());
        Assert.Equal(8732, shown.GetProperty("default_boxes").GetInt32());
        Assert.Equal("""{"name":"backbone.layers.0.convolution.weight","shape":[64,3,3,3]}""", shown.GetProperty("state_dict")[0].GetRawText());
    }

    [Fact]
    public async Task Show_counts_background_and_uses_the_names_of_the_convention()
    {
        CommandLine run = await CommandLine.RunAsync("models", "show", "ssd300-vgg16@torchvision", "--classes", "91", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal(35_641_826, document.RootElement.GetProperty("parameters").GetInt64());
        Assert.Equal(TorchvisionNames.Keys, document.RootElement.GetProperty("state_dict").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Show_without_json_is_for_people()
    {
        CommandLine run = await CommandLine.RunAsync("models", "show", "small-residual-96", "--classes", "5");

        Assert.Equal(0, run.Code);
        Assert.Contains("an image of 96 px, 5 classes with background", run.Output);
        Assert.Contains("  1  12 x 12        64             4\n", run.Output);
    }

    [Fact]
    public async Task The_list_names_every_preset()
    {
        CommandLine people = await CommandLine.RunAsync("models");
        CommandLine machine = await CommandLine.RunAsync("models", "--json");

        Assert.All(ModelPresets.All, preset => Assert.Contains(preset.Name, people.Output));
        using JsonDocument document = JsonDocument.Parse(machine.Output);
        Assert.Equal(ModelPresets.All.Select(preset => preset.Name), document.RootElement.GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Default_boxes_are_written_as_centres_and_sizes_normalised_to_the_image()
    {
        string file = folder.At("boxes.safetensors");
        CommandLine run = await CommandLine.RunAsync("models", "default-boxes", "ssd300-vgg16", "--out", file);

        Assert.Equal((0, $"{file}: 8732 default boxes\n"), (run.Code, run.Output));
        using SafetensorsFile written = SafetensorsFile.Read(file);
        using Tensor boxes = written.Load("cxcywh");
        Assert.Equal([8732, 4], boxes.shape);
        float[] values = boxes.data<float>().ToArray();
        Assert.Equal([4f / 300, 4f / 300, 0.1f, 0.1f], values[..4]); // cell 0 of step 8, square of 30 px
        Assert.Equal([0.5f, 0.5f], values[^4..^2]);
    }

    [Theory]
    [InlineData("there is no model 'ssd301'; there are: ssd300-vgg16, ", "show", "ssd301")]
    [InlineData("there is no model 'x'", "default-boxes", "x", "--out", "f")]
    [InlineData("--classes is from 2 to 10000", "show", "ssd300-vgg16", "--classes", "1")]
    public async Task A_name_or_number_that_cannot_be_is_wrong_usage(string expected, params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(["models", .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, Assert.Single(run.ErrorLines));
    }
}
