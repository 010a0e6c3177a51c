using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace ScratchDet.Kernel.Running;

/// <summary>How to start the process that hosts a session; two arguments with the pipes are added.</summary>
public sealed record WorkerProgram(string Program, IReadOnlyList<string> Arguments);

/// <summary>The runner's side of one hosting process.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int EventsInFlight = 256; // a cell that writes faster than we store waits

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly AnonymousPipeServerStream requests;
    private readonly AnonymousPipeServerStream answers;
    private readonly Channel<WorkerEvent> events = Channel.CreateBounded<WorkerEvent>(EventsInFlight);
    private string? foreignLine;

    private WorkerProcess(Process process, AnonymousPipeServerStream requests, AnonymousPipeServerStream answers, string endMark, int rawLimit)
    {
        (this.process, this.requests, this.answers) = (process, requests, answers);
        Output = new RawOutput(process.StandardOutput.BaseStream, endMark, rawLimit);
        Error = new RawOutput(process.StandardError.BaseStream, endMark, rawLimit);
        // Reads from a pipe cannot be cancelled, so they have a thread of their own; it ends with the process.
        new Thread(ReadEvents) { IsBackground = true, Name = "events of a notebook" }.Start();
    }

    public RawOutput Output { get; }

    public RawOutput Error { get; }

    /// <summary>Ends when the process has closed its pipe.</summary>
    public ChannelReader<WorkerEvent> Events => events.Reader;

    /// <summary>Starts the process and its session.</summary>
    public static WorkerProcess Start(WorkerProgram program, string folder, int rawLimit)
    {
        string endMark = $"\u0002end of cell {Guid.NewGuid():N}\u0003\n";
        var requests = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var answers = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        var start = new ProcessStartInfo(program.Program, [.. program.Arguments, requests.GetClientHandleAsString(), answers.GetClientHandleAsString()])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0"; // a cell that crashes is a result, not something to leave files about
        Process process = Process.Start(start)!;
        requests.DisposeLocalCopyOfClientHandle();
        answers.DisposeLocalCopyOfClientHandle();
        process.StandardInput.Close();
        var worker = new WorkerProcess(process, requests, answers, endMark, rawLimit);
        worker.Send(new OpenSession(folder, endMark));
        return worker;
    }

    /// <summary>A process that has ended cannot take it; its end is told by <see cref="Events"/>.</summary>
    public void Send(WorkerRequest request)
    {
        try
        {
            requests.Write(WorkerProtocol.ToLine(request));
            requests.Flush();
        }
        catch (IOException gone)
        {
            Trace.TraceInformation($"notebook process {process.Id}: {gone.Message}");
        }
    }

    /// <summary>Ends the process with everything that it has started.</summary>
    public void Kill()
    {
        WorkerPlatform.KillGroup(process.Id);
        process.Kill(entireProcessTree: true);
    }

    /// <summary>Waits for a process that has closed its pipe and says how it ended, from its code and its last words.</summary>
    public async Task<WorkerEnd> WaitForEndAsync()
    {
        using (var patience = new CancellationTokenSource(EndPatience))
        {
            try
            {
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                foreignLine ??= "it no longer answered";
            }
        }
        string output = await Output.TakeRestAsync(RestPatience).ConfigureAwait(false);
        string error = await Error.TakeRestAsync(RestPatience).ConfigureAwait(false);
        return new WorkerEnd(Describe(process.ExitCode, error), output, error);
    }

    public async ValueTask DisposeAsync()
    {
        Send(new CloseSession());
        await DrainAsync().ConfigureAwait(false);
        if (!process.HasExited) Kill();
        WorkerPlatform.KillGroup(process.Id); // what cells have left running
        await requests.DisposeAsync().ConfigureAwait(false);
        await answers.DisposeAsync().ConfigureAwait(false);
        process.Dispose();
    }

    // Late outputs must not keep the process from ending; nobody wants them any more.
    private async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(EndPatience);
        try
        {
            await foreach (WorkerEvent _ in events.Reader.ReadAllAsync(patience.Token).ConfigureAwait(false))
            {
            }
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Trace.TraceInformation($"notebook process {process.Id} did not end by itself");
        }
    }

    private void ReadEvents()
    {
        try
        {
            using var reader = new StreamReader(answers, Encoding.UTF8, leaveOpen: true);
            while (reader.ReadLine() is { } line)
            {
                ValueTask taken = events.Writer.WriteAsync(WorkerProtocol.FromLine<WorkerEvent>(line));
                if (!taken.IsCompletedSuccessfully) taken.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (JsonException)
        {
            foreignLine = "the cell wrote into the pipe between notebook and runner"; // or a crash cut the line off
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            Trace.TraceInformation($"notebook process: {closed.Message}");
        }
        events.Writer.TryComplete();
    }

    private string Describe(int code, string error)
    {
        string how = code switch
        {
            134 => "was aborted (SIGABRT)",
            135 => "was ended by a bus error (SIGBUS)",
            136 => "was ended by an arithmetic error of native code (SIGFPE)",
            137 => "was killed (SIGKILL), as the system does when memory runs out",
            139 => "was ended by a memory fault of native code (SIGSEGV)",
            143 => "was ended from outside (SIGTERM)",
            > 128 and < 193 => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {code - 128}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}"),
        };
        string words = LastWords(error) ?? foreignLine ?? "";
        return words.Length == 0 ? how : $"{how}: {words}";
    }

    // .NET says in one line why it ends a process, and prints the frames below it.
    private static string? LastWords(string error)
    {
        string[] lines = [.. error.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        string? reason = lines.FirstOrDefault(line => line.StartsWith("Stack overflow", StringComparison.Ordinal)
            || line.StartsWith("Process terminated", StringComparison.Ordinal)
            || line.StartsWith("Unhandled exception", StringComparison.Ordinal)
            || line.StartsWith("Fatal error", StringComparison.Ordinal)
            || line.StartsWith("Out of memory", StringComparison.OrdinalIgnoreCase));
        // The text of Environment.FailFast, or the kind of fault, is on the line after.
        if (reason is "Process terminated." or "Fatal error." && Array.IndexOf(lines, reason) + 1 is var next && next < lines.Length && !lines[next].StartsWith("at ", StringComparison.Ordinal))
            reason = $"{reason} {lines[next]}";
        return reason ?? lines.LastOrDefault();
    }
}

/// <param name="How">Goes on after "the process ...".</param>
/// <param name="Output">Raw text since the last cell.</param>
internal sealed record WorkerEnd(string How, string Output, string Error);
