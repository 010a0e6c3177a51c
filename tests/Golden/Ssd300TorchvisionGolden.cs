using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ScratchDet.Tests.Golden;

/// <summary>
/// Runs ssd300_torchvision.py once per test process, into a folder that is deleted at its end. The files that it makes
/// are listed at its head; weights are 105 MB, so only its summary is committed (ssd300_torchvision.json).
/// </summary>
internal static class Ssd300TorchvisionGolden
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<(string? Folder, string? WhyNot)> Made = new(Make);

    public static string CommittedSummary => Path.Combine(AppContext.BaseDirectory, "Golden", "ssd300_torchvision.json");

    /// <summary>The folder with the files; reports the calling test as skipped when no Python here has torchvision.</summary>
    public static string FolderOrSkip()
    {
        if (Made.Value.WhyNot is { } whyNot) Assert.Skip(whyNot);
        return Made.Value.Folder!;
    }

    public static JsonElement ReadJson(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    /// <summary>One F32 tensor of a safetensors file, flat. Little-endian machines only.</summary>
    public static float[] ReadTensor(string file, string name)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        JsonElement entry = header.RootElement.GetProperty(name);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        int[] offsets = [.. entry.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt32())];
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + headerLength)[offsets[0]..offsets[1]]).ToArray();
    }

    private static (string? Folder, string? WhyNot) Make()
    {
        const string HasTorchvision =
            "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('torchvision') and u.find_spec('numpy')))";
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(name => TryRun(name, ["-c", HasTorchvision]) is (0, _));
        if (python is null) return (null, "no python3 with torchvision here (Debian: python3-torchvision)");

        string folder = Directory.CreateTempSubdirectory("scratchdet-golden-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string script = Path.Combine(AppContext.BaseDirectory, "Golden", "ssd300_torchvision.py");
        (int exitCode, string errors) = TryRun(python, [script, folder]) ?? (-1, "did not start");
        if (exitCode != 0) throw new InvalidOperationException($"{script} ended with {exitCode}: {errors}");
        return (folder, null);
    }

    /// <summary>Exit code and standard error; null when there is no such program.</summary>
    private static (int ExitCode, string Errors)? TryRun(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeLimit))
            {
                process.Kill(entireProcessTree: true);
                return (-1, $"stopped after {TimeLimit.TotalMinutes} minutes");
            }
            Task.WaitAll(errors, output);
            return (process.ExitCode, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
