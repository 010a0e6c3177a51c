using System.Globalization;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Sends what one cell shows to the clients, in its order. The session gathers small pieces of text before.</summary>
internal sealed class JupyterCellOutput : ICellOutput
{
    /// <summary>Letters that one cell may print; the rest is dropped, and one line says so.</summary>
    public const int MostLetters = 64 << 20;

    private readonly IopubChannel iopub;
    private readonly StdinChannel stdin;
    private readonly JupyterMessage request;
    private readonly ExecuteOptions options;
    private readonly int executionCount;
    private readonly CancellationToken stop;
    private readonly Lock gate = new();
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
        lock (gate)
        {
            long left = MostLetters - printed;
            printed += text.Length;
            if (left <= 0) return;
            if (text.Length <= left)
            {
                Send(stream, text);
            }
            else
            {
                Send(stream, text[..(int)left]);
                Send(ConsoleStream.Error, string.Create(CultureInfo.InvariantCulture, $"\n[This cell has printed {MostLetters / (1 << 20)} million letters (2^20 each); what it prints from here on is not shown.]\n"));
            }
        }
        iopub.WaitForReaders();
    }

    public void Display(string displayId, MimeBundle content) => Show("display_data", displayId, content);

    public void Update(string displayId, MimeBundle content) => Show("update_display_data", displayId, content);

    public void Result(MimeBundle content)
    {
        ResultText = content.Text;
        if (options.Silent) return;
        iopub.Publish("execute_result", request.Header, writer =>
        {
            writer.WriteNumber("execution_count", executionCount);
            MimeBundleJson.Write(writer, content);
        }, MimeBundleJson.EstimateBytes(content));
        iopub.WaitForReaders();
    }

    public void Clear(bool wait)
    {
        if (options.Silent) return;
        iopub.Publish("clear_output", request.Header, writer => writer.WriteBoolean("wait", wait));
    }

    public string ReadInput(string prompt, bool isPassword)
    {
        if (!options.AllowStdin)
            throw new InputUnavailableException("This cell asks for input, but the client that runs it answers no questions (allow_stdin is false).");
        if (hasEnded)
            throw new InputUnavailableException("The cell that asks for input has ended; nobody waits at it any more.");
        return stdin.Ask(request, prompt, isPassword, stop);
    }

    public void Error(CellError error)
    {
        if (options.Silent) return;
        iopub.Publish("error", request.Header, writer => error.Write(writer));
    }

    /// <summary>What threads of the cell write later is sent all the same, under the same request.</summary>
    public void End() => hasEnded = true;

    private void Show(string type, string displayId, MimeBundle content)
    {
        if (options.Silent) return;
        iopub.Publish(type, request.Header, writer =>
        {
            MimeBundleJson.Write(writer, content);
            writer.WriteStartObject("transient");
            writer.WriteString("display_id", displayId);
            writer.WriteEndObject();
        }, MimeBundleJson.EstimateBytes(content));
        iopub.WaitForReaders();
    }

    private void Send(ConsoleStream stream, string text) => iopub.Publish("stream", request.Header, writer =>
    {
        writer.WriteString("name", stream == ConsoleStream.Output ? "stdout" : "stderr");
        writer.WriteString("text", text);
    }, text.Length + (text.Length / 16) + 64);
}
