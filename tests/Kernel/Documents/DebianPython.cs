using System.Diagnostics;

namespace ScratchDet.Tests.Kernel.Documents;

/// <summary>Jupyter's own library as the judge of what we write; tests are skipped where it is absent.</summary>
internal static class DebianPython
{
    private const string Program = "/usr/bin/python3";

    private static readonly Lazy<bool> HasNbformat = new(() => File.Exists(Program) && Start("import nbformat", []).Code == 0);

    /// <summary>Runs a script with nbformat at hand and gives what it printed; a failure of the script fails the test.</summary>
    public static string RunOrSkip(string script, params string[] arguments)
    {
        if (!HasNbformat.Value) Assert.Skip($"{Program} with nbformat (Debian's python3-nbformat) is not here");
        (int code, string output, string error) = Start(script, arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error) Start(string script, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Program, ["-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
