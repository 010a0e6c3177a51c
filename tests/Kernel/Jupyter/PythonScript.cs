using System.Diagnostics;
using System.Text.Json;
using ScratchDet.Kernel.Jupyter;

namespace ScratchDet.Tests.Kernel.Jupyter;

/// <summary>
/// A script of this folder that drives the kernel through jupyter_client, run once for the tests of a class. It prints one
/// JSON object: for each of its scenarios what it saw, or the traceback of what went wrong.
/// </summary>
public abstract class PythonScript(string name) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly string folder = Directory.CreateTempSubdirectory("jupyter").FullName;
    private JsonDocument? results;
    private string? skipReason;

    /// <summary>What a scenario saw; the test fails with the scenario's traceback, or is skipped without jupyter_client.</summary>
    public JsonElement Scenario(string scenario)
    {
        lock (folder)
        {
            if (results is null && skipReason is null) Run();
        }
        if (skipReason is not null) Assert.Skip(skipReason);
        JsonElement result = results!.RootElement.GetProperty(scenario);
        if (result.TryGetProperty("traceback", out JsonElement traceback)) Assert.Fail(traceback.GetString());
        return result.GetProperty("saw");
    }

    public void Dispose()
    {
        results?.Dispose();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Run()
    {
        if (FindPython() is not { } python)
        {
            skipReason = "no python3 here has jupyter_client and nbclient (Debian: python3-jupyter-client, python3-nbclient)";
            return;
        }
        KernelSpec.Install(folder, ["dotnet", Path.Combine(AppContext.BaseDirectory, "ScratchDet.Cli.dll"), "kernel", "start", "{connection_file}"], new Dictionary<string, string>(), null);
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Kernel", "Jupyter", name)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["JUPYTER_DATA_DIR"] = folder;
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime");
        start.Environment["IPYTHONDIR"] = Path.Combine(folder, "ipython");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        string text = output.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, $"{name} ended with code {process.ExitCode}: {error.GetAwaiter().GetResult()}");
        results = JsonDocument.Parse(text);
    }

    private static string? FindPython() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(python =>
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", "import jupyter_client, nbclient"]) { RedirectStandardError = true })!;
            return process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });
}
