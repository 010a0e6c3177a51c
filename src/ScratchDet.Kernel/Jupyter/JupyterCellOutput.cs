using System.Globalization;
using System.Text;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>
/// Sends what one cell shows to the clients, in its order. Text of the console is gathered for a moment, for cells print
/// in small pieces.
/// </summary>
internal sealed class JupyterCellOutput : ICellOutput
{
    /// <summary>Letters that one cell may print; the rest is dropped, and one line says so.</summary>
    public const int MostLetters = 64 << 20;

    private const int GatheredLetters = 32 << 10;
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(20);

    private readonly IopubChannel iopub;
    private readonly StdinChannel stdin;
    private readonly JupyterMessage request;
    private readonly ExecuteOptions options;
    private readonly int executionCount;
    private readonly CancellationToken stop;
    private readonly Lock gate = new();
    private readonly StringBuilder gathered = new();
    private ConsoleStream gatheredStream;
    private long gatheredSince;
    private Timer? timer;
    private long printed;
    private volatile bool hasEnded;

    public JupyterCellOutput(IopubChannel iopub, StdinChannel stdin, JupyterMessage request, ExecuteOptions options, int executionCount, CancellationToken stop)
    {
        (this.iopub, this.stdin, this.request, this.options) = (iopub, stdin, request, options);
        (this.executionCount, this.stop) = (executionCount, stop);
    }

    /// <summary>The text of the cell's value, or null.</summary>
    public string? ResultText { get; private set; }

    public void Write(ConsoleStream stream, string text)
    {
        if (options.Silent || text.Length == 0) return;
        bool wasSent;
        lock (gate)
        {
            long left = MostLetters - printed;
            printed += text.Length;
            if (left <= 0) return;
            wasSent = text.Length <= left ? Gather(stream, text) : PrintLast(stream, text[..(int)left]);
        }
        if (wasSent) iopub.WaitForReaders();
    }

    public void Display(string displayId, MimeBundle content) => Show("display_data", displayId, content);

    public void Update(string displayId, MimeBundle content) => Show("update_display_data", displayId, content);

    public void Result(MimeBundle content)
    {
        ResultText = content.Text;
        if (options.Silent) return;
        lock (gate)
        {
            Flush();
            iopub.Publish("execute_result", request.Header, writer =>
            {
                writer.WriteNumber("execution_count", executionCount);
                MimeBundleJson.Write(writer, content);
            }, MimeBundleJson.EstimateBytes(content));
        }
        iopub.WaitForReaders();
    }

    public void Clear(bool wait)
    {
        if (options.Silent) return;
        lock (gate)
        {
            Flush();
            iopub.Publish("clear_output", request.Header, writer => writer.WriteBoolean("wait", wait));
        }
    }

    public string ReadInput(string prompt, bool isPassword)
    {
        if (!options.AllowStdin)
            throw new InputUnavailableException("This cell asks for input, but the client that runs it answers no questions (allow_stdin is false).");
        if (hasEnded)
            throw new InputUnavailableException("The cell that asks for input has ended; nobody waits at it any more.");
        lock (gate) Flush();
        return stdin.Ask(request, prompt, isPassword, stop);
    }

    public void Error(CellError error)
    {
        if (options.Silent) return;
        lock (gate)
        {
            Flush();
            iopub.Publish("error", request.Header, writer => error.Write(writer));
        }
    }

    /// <summary>Sends what is gathered. What threads of the cell write later is sent as well, under the same request.</summary>
    public void End()
    {
        hasEnded = true;
        lock (gate) Flush();
    }

    private void Show(string type, string displayId, MimeBundle content)
    {
        if (options.Silent) return;
        lock (gate)
        {
            Flush();
            iopub.Publish(type, request.Header, writer =>
            {
                MimeBundleJson.Write(writer, content);
                writer.WriteStartObject("transient");
                writer.WriteString("display_id", displayId);
                writer.WriteEndObject();
            }, MimeBundleJson.EstimateBytes(content));
        }
        iopub.WaitForReaders();
    }

    /// <returns>Whether something was sent.</returns>
    private bool Gather(ConsoleStream stream, string text)
    {
        bool wasSent = gathered.Length > 0 && gatheredStream != stream && Flush();
        gatheredStream = stream;
        if (gathered.Length == 0 && text.Length >= GatheredLetters)
        {
            Send(text);
            return true;
        }
        if (gathered.Length == 0)
        {
            gatheredSince = Environment.TickCount64;
            timer ??= new Timer(_ => FlushLater());
            timer.Change(GatherTime, Timeout.InfiniteTimeSpan);
        }
        gathered.Append(text);
        // The clock is looked at too: a cell that holds every thread of the pool stops the timer.
        bool isDue = gathered.Length >= GatheredLetters || Environment.TickCount64 - gatheredSince > 2 * GatherTime.TotalMilliseconds;
        return (isDue && Flush(all: false)) || wasSent;
    }

    private bool PrintLast(ConsoleStream stream, string text)
    {
        Gather(stream, text);
        Flush();
        gatheredStream = ConsoleStream.Error;
        Send(string.Create(CultureInfo.InvariantCulture, $"\n[This cell has printed {MostLetters / (1 << 20)} million letters (2^20 each); what it prints from here on is not shown.]\n"));
        return true;
    }

    private void FlushLater()
    {
        lock (gate) Flush(all: false);
    }

    /// <param name="all">Also half of a letter beyond 16 bits, which otherwise waits for its other half.</param>
    private bool Flush(bool all = true)
    {
        if (gathered.Length == 0) return false;
        char? half = !all && !hasEnded && char.IsHighSurrogate(gathered[^1]) ? gathered[^1] : null;
        int length = gathered.Length - (half is null ? 0 : 1);
        if (length > 0) Send(gathered.ToString(0, length));
        gathered.Clear();
        if (half is { } kept) gathered.Append(kept);
        return length > 0;
    }

    private void Send(string text) => iopub.Publish("stream", request.Header, writer =>
    {
        writer.WriteString("name", gatheredStream == ConsoleStream.Output ? "stdout" : "stderr");
        writer.WriteString("text", text);
    }, text.Length + (text.Length / 16) + 64);
}
