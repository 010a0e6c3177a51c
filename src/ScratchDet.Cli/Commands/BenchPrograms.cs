using System.Diagnostics;

namespace ScratchDet.Cli.Commands;

/// <summary>The programs that measurements start: workers of this tool, and peers in Python.</summary>
internal static class BenchPrograms
{
    public static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(20);

    /// <summary>The first python3 that can do this import: Debian's packages belong to its own python3, which need not be first on PATH.</summary>
    public static string? FindPython(string import) =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python => ChildProcess.FirstLine(python, ["-c", $"{import}; print('here')"], LookPatience) is not null);

    /// <summary>Runs a program to its end and gives its standard output; its standard error goes to ours.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static async Task<string> OutputAsync(ProcessStartInfo start, CancellationToken stop)
    {
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(stop).ConfigureAwait(false);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{Path.GetFileName(start.FileName)}, which measures, ended with code {process.ExitCode}; its own lines are above");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false); // its folder is removed next
            throw;
        }
    }
}
