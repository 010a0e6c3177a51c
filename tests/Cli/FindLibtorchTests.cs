using System.Diagnostics;
using System.Text.Json;
using ScratchDet.Torch.Interop;

namespace ScratchDet.Tests.Cli;

/// <summary>The script that chooses libtorch, on folders that look like one.</summary>
public sealed class FindLibtorchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scratchdet-libtorch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_named_folder_that_does_not_exist_is_one_line()
    {
        (int code, string[] errors) = await FindAsync(Path.Combine(folder, "absent"));

        Assert.Equal(1, code);
        Assert.Contains("no such folder", Assert.Single(errors));
    }

    [Fact]
    public async Task A_libtorch_older_than_1_13_is_one_line_that_names_its_version()
    {
        MakeLibtorch("old", "1.12.1");

        (int code, string[] errors) = await FindAsync(Path.Combine(folder, "old"));

        Assert.Equal(1, code);
        Assert.Contains("version 1.12.1 is too old; 1.13 or newer is needed", Assert.Single(errors));
    }

    [Theory]
    [InlineData("include", "no headers")]
    [InlineData("lib", "no lib/libtorch_cpu.so")]
    public async Task A_libtorch_without_headers_or_without_libraries_is_one_line(string missing, string expected)
    {
        MakeLibtorch("part", "2.6.0");
        Directory.Delete(Path.Combine(folder, "part", missing), recursive: true);

        (int code, string[] errors) = await FindAsync(Path.Combine(folder, "part"));

        Assert.Equal(1, code);
        Assert.Contains(expected, Assert.Single(errors));
    }

    [Fact]
    public async Task A_named_libtorch_is_chosen_with_the_torchvision_beside_it()
    {
        MakeLibtorch("torch", "1.13.0");
        string operators = Touch("torchvision/_C.cpython-311-x86_64-linux-gnu.so");
        string images = Touch("torchvision/image.so");

        (int code, _) = await FindAsync(Path.Combine(folder, "torch"));

        Assert.Equal(0, code);
        LibtorchDescription choice = LibtorchDescription.Read(ChoiceFile);
        Assert.Equal(("1.13.0", "LIBTORCH", false), (choice.Version, choice.Source, choice.Cuda));
        Assert.Equal(Path.Combine(folder, "torch", "lib"), Assert.Single(choice.Libraries));
        Assert.Equal(new TorchvisionFiles(operators, images), choice.Torchvision);
    }

    [Fact]
    public async Task The_torch_of_python3_is_chosen_when_LIBTORCH_is_not_set()
    {
        MakeLibtorch("torch", "2.6.0");
        Touch("torch/lib/libtorch_cuda.so");
        MakePython(Path.Combine(folder, "torch"), "2.6.0+cu124");

        (int code, _) = await FindAsync(libtorch: null);

        Assert.Equal(0, code);
        LibtorchDescription choice = LibtorchDescription.Read(ChoiceFile);
        Assert.Equal(("2.6.0+cu124", "python", true), (choice.Version, choice.Source, choice.Cuda));
        Assert.Contains("imports it", choice.Reason);
    }

    [Fact]
    public async Task A_torch_of_python3_that_is_too_old_is_passed_over_with_a_note()
    {
        MakeLibtorch("torch", "1.9.0");
        MakePython(Path.Combine(folder, "torch"), "1.9.0");

        (int code, string[] errors) = await FindAsync(libtorch: null);

        Assert.Contains(errors, line => line.Contains("note: the torch 1.9.0 of") && line.Contains("is too old"));
        Assert.Contains(code, new[] { 0, 4 }); // the system's own libtorch, or none
        if (code == 0)
            Assert.Contains("is too old", LibtorchDescription.Read(ChoiceFile).Reason);
    }

    [Fact]
    public async Task A_path_with_a_quote_and_a_backslash_stays_readable_JSON()
    {
        const string name = "od\"d\\name";
        MakeLibtorch(name, "2.1.0");

        (int code, _) = await FindAsync(Path.Combine(folder, name));

        Assert.Equal(0, code);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ChoiceFile));
        Assert.Equal(Path.Combine(folder, name), document.RootElement.GetProperty("root").GetString());
    }

    private string ChoiceFile => Path.Combine(folder, "libtorch.json");

    private async Task<(int Code, string[] Errors)> FindAsync(string? libtorch)
    {
        string script = Path.Combine(Repository.Root, "src/ScratchDet.Torch/Native/find-libtorch.sh");
        var start = new ProcessStartInfo("bash", [script, ChoiceFile]) { RedirectStandardError = true };
        start.Environment["PATH"] = $"{Path.Combine(folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("LIBTORCH");
        if (libtorch is not null)
            start.Environment["LIBTORCH"] = libtorch;
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private void MakeLibtorch(string name, string version)
    {
        string[] parts = version.Split('.');
        Touch($"{name}/lib/libtorch_cpu.so");
        Touch($"{name}/include/ATen/ATen.h");
        Touch($"{name}/include/c10/macros.h");
        File.WriteAllText(
            Touch($"{name}/include/torch/csrc/api/include/torch/version.h"),
            $"#define TORCH_VERSION_MAJOR {parts[0]}\n#define TORCH_VERSION_MINOR {parts[1]}\n#define TORCH_VERSION_PATCH {parts[2]}\n");
    }

    /// <summary>A python3 that answers as one that imports this torch.</summary>
    private void MakePython(string torch, string version)
    {
        string file = Touch("bin/python3");
        File.WriteAllText(file, $"#!/bin/sh\necho '{torch}'\necho '{version}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string Touch(string path)
    {
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        return file;
    }
}
