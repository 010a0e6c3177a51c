using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ScratchDet.Tests.Cli;

/// <summary>The tool as a process of its own, for what cannot be shown inside the test's: signals, the environment, a crash.</summary>
internal sealed partial class CliProcess : IDisposable
{
    public const int Sigkill = 9, Sigterm = 15, Sigcont = 18, Sigstop = 19;

    private const int PollMilliseconds = 50;

    private readonly Process process;
    private readonly StringBuilder printed = new();
    private readonly Task<string> output;
    private readonly Task<string> error;

    private CliProcess(Process process)
    {
        this.process = process;
        output = ReadAsync(process.StandardOutput);
        error = process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => process.HasExited;

    /// <param name="variables">Of the environment, over those of the test.</param>
    public static CliProcess Start(IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ScratchDet.Cli.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return new CliProcess(Process.Start(start)!);
    }

    public static async Task<CommandLine> RunAsync(IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        using CliProcess process = Start(arguments, variables);
        return await process.EndAsync();
    }

    /// <summary>False when the process has ended already.</summary>
    public bool TrySignal(int signal) => !process.HasExited && kill(process.Id, signal) == 0;

    /// <summary>What a running process has printed, once it matches; fails when it ends first or takes too long.</summary>
    public async Task<string> WaitForOutputAsync(Regex wanted, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        while (true)
        {
            lock (printed)
            {
                if (wanted.Match(printed.ToString()) is { Success: true } match) return match.Value;
            }
            if (process.HasExited) Assert.Fail($"ended with code {process.ExitCode}: {await error}");
            await Task.Delay(PollMilliseconds, limit.Token);
        }
    }

    /// <summary>Waits for the end; a process that a signal ended has code 128 + signal.</summary>
    public async Task<CommandLine> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CommandLine(process.ExitCode, await output, await error);
    }

    private async Task<string> ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (printed) printed.Append(buffer, 0, count);
        }
        lock (printed) return printed.ToString();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
