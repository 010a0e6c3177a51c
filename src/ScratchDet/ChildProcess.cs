using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ScratchDet;

/// <summary>Other programs: git, nvidia-smi, the test runner.</summary>
public static class ChildProcess
{
    /// <summary>Runs a program on this process's own streams; ends it, with its children, when stopped.</summary>
    /// <returns>Its exit code.</returns>
    /// <param name="variables">Added to this process's environment.</param>
    public static async Task<int> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken stop, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false); // whoever is told finds its files and ports free
            throw;
        }
        return process.ExitCode;
    }

    /// <summary>First line that a program prints within <paramref name="patience"/>; null when it is absent, fails or hangs.</summary>
    public static string? FirstLine(string program, IEnumerable<string> arguments, TimeSpan patience)
    {
        if (FindOnPath(program) is not { } path)
            return null;
        using Process process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
        string text = output.GetAwaiter().GetResult().Trim();
        if (text.Length == 0)
            text = errors.GetAwaiter().GetResult().Trim(); // where some tools print their version
        return process.ExitCode == 0 && text.Length > 0 ? text.Split('\n')[0].Trim() : null;
    }

    /// <summary>The `dotnet` of the runtime that this process uses, not the one that PATH happens to name; by its name where that has none.</summary>
    public static string DotnetProgram
    {
        get
        {
            // <dotnet>/shared/Microsoft.NETCore.App/10.0.1/
            string program = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
            return File.Exists(program) ? program : "dotnet";
        }
    }

    /// <summary>Where PATH has a program, or null.</summary>
    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
