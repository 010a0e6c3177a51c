using System.Diagnostics;
using System.Runtime.InteropServices;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>Without a libtorch that can be used: one line, exit code 1, and what needs none still works.</summary>
public sealed class NoLibtorchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("absent", "there is no such file")]
    [InlineData("a text", "the native bridge could not be loaded")]
    [InlineData("another library", "a library, but not the native bridge")]
    public async Task A_bridge_that_is_none_is_one_line_that_names_it_and_the_variable(string kind, string what)
    {
        string bridge = kind switch
        {
            "absent" => folder.At("absent.so"),
            "a text" => folder.Write("text.so", "no library"),
            _ => Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so").FirstOrDefault() ?? "",
        };
        Assert.SkipWhen(bridge.Length == 0, "this .NET has no libSystem.Native.so to stand for another library");

        foreach (string[] command in (string[][])[TrainedFixture.Train(folder.Path, folder.At("runs")), TrainedFixture.Eval("x.safetensors", folder.Path)])
        {
            CommandLine result = await CliProcess.RunAsync(command, ("SCRATCHDET_BRIDGE", bridge));
            Assert.Equal((1, ""), (result.Code, result.Output));
            Assert.Equal($"error: {bridge}: {what}", Assert.Single(result.ErrorLines).Split(" (libtorch")[0].Split("; ")[0]);
            Assert.EndsWith("; correct the variable SCRATCHDET_BRIDGE, or unset it", result.ErrorLines[0]);
        }
        Assert.Equal(0, (await CliProcess.RunAsync(["studies"], ("SCRATCHDET_BRIDGE", bridge))).Code);
    }

    [Fact]
    public async Task The_entry_script_refuses_a_libtorch_that_is_too_old_and_names_its_version()
    {
        // A checkout of its own, for the script notes its choice beside itself.
        string native = "src/ScratchDet.Torch/Native";
        foreach (string file in (string[])["scratchdet", "global.json", .. Directory.GetFiles(Path.Combine(Repository.Root, native)).Select(file => $"{native}/{Path.GetFileName(file)}")])
        {
            string copy = folder.Write(file, File.ReadAllBytes(Path.Combine(Repository.Root, file)));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, File.GetUnixFileMode(Path.Combine(Repository.Root, file)));
        }
        folder.Write("old/lib/libtorch_cpu.so", "");
        folder.Write("old/include/ATen/ATen.h", "");
        folder.Write("old/include/c10/macros.h", "");
        folder.Write("old/include/torch/csrc/api/include/torch/version.h", "#define TORCH_VERSION_MAJOR 1\n#define TORCH_VERSION_MINOR 12\n#define TORCH_VERSION_PATCH 1\n");
        var start = new ProcessStartInfo("bash", [folder.At("scratchdet"), "doctor"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LIBTORCH"] = folder.At("old");

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string[] errors = (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, ""), (process.ExitCode, await output));
        Assert.Equal("scratchdet: looking for libtorch", errors[0]);
        string line = Assert.Single(errors[1..]);
        Assert.Contains(folder.At("old"), line);
        Assert.Contains("1.12.1 is too old; 1.13 or newer is needed", line);
    }
}
