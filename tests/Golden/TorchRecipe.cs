using System.Diagnostics;

namespace ScratchDet.Tests.Golden;

/// <summary>A script of this folder that makes files with torch and torchvision, run once per test process into a folder that is deleted at its end.</summary>
internal sealed class TorchRecipe(string script)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(10);
    private readonly Lazy<(string? Folder, string? WhyNot)> made = new(() => Make(script));

    /// <summary>The folder with the files; reports the calling test as skipped when no Python here has torchvision.</summary>
    public string FolderOrSkip()
    {
        if (made.Value.WhyNot is { } whyNot) Assert.Skip(whyNot);
        return made.Value.Folder!;
    }

    private static (string? Folder, string? WhyNot) Make(string name)
    {
        const string HasTorchvision =
            "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('torchvision') and u.find_spec('numpy')))";
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(program => TryRun(program, ["-c", HasTorchvision]) is (0, _));
        if (python is null) return (null, "no python3 with torchvision here (Debian: python3-torchvision)");

        string folder = Directory.CreateTempSubdirectory("scratchdet-golden-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string script = Path.Combine(AppContext.BaseDirectory, "Golden", name);
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
