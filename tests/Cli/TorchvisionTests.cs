using System.Text.Json;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>A torchvision that does not fit the libtorch in use takes away its own operators and nothing else.</summary>
public sealed class TorchvisionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_torchvision_that_does_not_load_is_reported_and_only_what_needs_it_fails()
    {
        const string name = "libscratchdet_bridge.so";
        string bridge = Environment.GetEnvironmentVariable("SCRATCHDET_BRIDGE") is { Length: > 0 } chosen ? chosen : Path.Combine(Repository.Root, ".build/native", name);
        File.Copy(bridge, folder.At(name));
        var choice = new
        {
            root = "/torch",
            version = "9.9.9",
            source = "python",
            reason = "a test",
            libraries = Array.Empty<string>(),
            torchvision = new { ops = folder.Write("_C.so", "no library"), image = folder.Write("image.so", "no library") },
        };
        folder.Write("libtorch.json", JsonSerializer.Serialize(choice));
        var variable = ("SCRATCHDET_BRIDGE", folder.At(name));

        CommandLine doctor = await CliProcess.RunAsync(["doctor", "--json"], variable);
        using JsonDocument report = JsonDocument.Parse(doctor.Output);
        Assert.Equal(JsonValueKind.Object, report.RootElement.GetProperty("live").ValueKind);
        string[] problems = [.. report.RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)];
        Assert.Single(problems, problem => problem.Contains(folder.At("_C.so"), StringComparison.Ordinal));
        Assert.Single(problems, problem => problem.Contains("JPEG", StringComparison.Ordinal) && problem.Contains(folder.At("image.so"), StringComparison.Ordinal));
        Assert.Equal(1, doctor.Code);

        CommandLine boards = await CliProcess.RunAsync(["data", "make-boards", folder.At("boards"), "--images", "1"], variable);
        Assert.Equal((1, ""), (boards.Code, boards.Output));
        Assert.Contains("JPEG and PNG operators (image*.so) do not fit libtorch", Assert.Single(boards.ErrorLines), StringComparison.Ordinal);
    }
}
