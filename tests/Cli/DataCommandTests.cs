using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Cli;

public sealed class DataCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scratchdet-data-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("make-boards", "voc")]
    [InlineData("make-shapes", "voc")]
    [InlineData("make-shapes", "coco")]
    public async Task A_made_data_set_passes_the_check_and_the_second_call_finds_it_complete(string maker, string layout)
    {
        RequireImages();
        string[] arguments = ["data", maker, Made, "--images", "8", "--size", "96", "--seed", "3", .. maker == "make-shapes" ? ["--layout", layout] : Array.Empty<string>()];

        CommandLine made = await CommandLine.RunAsync(arguments);
        CommandLine again = await CommandLine.RunAsync(arguments);
        CommandLine check = await CommandLine.RunAsync("data", "check", Made);

        Assert.Equal((0, ""), (made.Code, made.Error));
        Assert.StartsWith($"{Made}: 8 images, ", made.Output);
        Assert.EndsWith("was complete already\n", again.Output);
        Assert.Equal((0, $"{Made}: 8 images, nothing wrong\n"), (check.Code, check.Output));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        RequireImages();
        foreach ((string name, string seed) in new[] { ("a", "5"), ("b", "5"), ("c", "6") })
            await CommandLine.RunAsync("data", "make-shapes", Path.Combine(folder, name), "--images", "2", "--size", "64", "--seed", seed);

        string[] images = Directory.GetFiles(Path.Combine(folder, "a/JPEGImages"));
        Assert.Equal(2, images.Length);
        Assert.Equal(BytesOf("a"), BytesOf("b"));
        Assert.NotEqual(BytesOf("a"), BytesOf("c"));

        byte[] BytesOf(string name) => File.ReadAllBytes(Path.Combine(folder, name, "JPEGImages", Path.GetFileName(images[0])));
    }

    [Fact]
    public async Task A_damaged_image_is_listed_and_the_check_ends_with_3_and_one_line()
    {
        RequireImages();
        await CommandLine.RunAsync("data", "make-boards", Made, "--images", "3", "--size", "96");
        string image = Directory.GetFiles(Path.Combine(Made, "JPEGImages"))[0];
        File.WriteAllBytes(image, File.ReadAllBytes(image)[..40]);

        CommandLine check = await CommandLine.RunAsync("data", "check", Made);

        Assert.Equal(3, check.Code);
        Assert.StartsWith(image, check.Output);
        Assert.Equal($"{Made}: 1 fault in the data set; put right what is listed on standard output", Assert.Single(check.ErrorLines));
    }

    [Fact]
    public async Task A_missing_folder_is_bad_input()
    {
        CommandLine check = await CommandLine.RunAsync("data", "check", Path.Combine(folder, "absent"));

        Assert.Equal(3, check.Code);
        Assert.Contains("the folder does not exist", Assert.Single(check.ErrorLines));
    }

    [Theory]
    [InlineData("--images must be 1 or more", "make-shapes", "x", "--images", "0")]
    [InlineData("--size must be 64 to 1024", "make-shapes", "x", "--size", "5000")]
    [InlineData("Cannot parse argument 'many' for option '--images' as a whole number", "make-shapes", "x", "--images", "many")]
    [InlineData("Argument 'yolo' not recognized. Must be one of: 'voc' 'coco'", "make-shapes", "x", "--layout", "yolo")]
    [InlineData("Required argument missing for command: 'make-boards'", "make-boards")]
    [InlineData("Required command was not provided")]
    public async Task Wrong_usage_of_data_is_one_line_and_exit_code_2(string expected, params string[] arguments)
    {
        CommandLine result = await CommandLine.RunAsync(["data", .. arguments]);

        Assert.Equal(2, result.Code);
        Assert.StartsWith($"wrong usage: {expected}", Assert.Single(result.ErrorLines));
    }

    private string Made => Path.Combine(folder, "made");

    private static void RequireImages() =>
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");
}
