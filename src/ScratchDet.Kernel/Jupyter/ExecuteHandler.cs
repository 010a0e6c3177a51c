using System.Text.RegularExpressions;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Runs cells for clients: counts them, remembers them, and leaves out what waits behind one that failed.</summary>
/// <param name="lastNumber">The number of the newest message on the shell channel.</param>
internal sealed partial class ExecuteHandler(Task<NotebookSession> session, IopubChannel iopub, StdinChannel stdin, HistoryLog history, KernelLog log, Func<long> lastNumber)
{
    // A client sends the cells of "run all" in one go: those that are on their way belong to what is left out. Whoever
    // sends one after the error was answered is not meant, and the answer comes after this time.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(15);

    private readonly Lock gate = new();
    private (RunningCell Cell, JupyterCellOutput Output)? current;
    private long leftOutThrough;
    private int executionCount;

    public Reply Execute(JupyterMessage request)
    {
        if (request.Number <= leftOutThrough) return new Reply("aborted", writer => writer.WriteNumber("execution_count", executionCount));
        string code = request.Text("code");
        var options = ExecuteOptions.Of(request);
        if (options.StoreHistory) history.Add(++executionCount, code);
        if (!options.Silent)
        {
            iopub.Publish("execute_input", request.Header, writer =>
            {
                writer.WriteString("code", code);
                writer.WriteNumber("execution_count", executionCount);
            }, code.Length + 256);
        }

        if (PageFor(code, CellLanguage.Of(request)) is { } page) return DoneReply([], page);

        using var cell = new RunningCell();
        var output = new JupyterCellOutput(iopub, stdin, request, options, executionCount, cell.Stop);
        lock (gate) current = (cell, output);
        CellResult result;
        List<(string Name, Reply Value)> values = [];
        try
        {
            result = Run(code, CellLanguage.Of(request), output, cell.Stop);
            if (result.Error is { } error) output.Error(error);
            else values = [.. options.Expressions.Select(expression => (expression.Key, Evaluate(expression.Value, cell.Stop)))];
        }
        finally
        {
            lock (gate) current = null;
            cell.End();
            output.End();
        }
        if (options.StoreHistory && output.ResultText is { } text) history.SetResult(executionCount, text);
        if (cell.IsInterrupted || (!result.Succeeded && options.StopOnError)) LeaveOutWhatWaits();
        return result.Error is { } failure ? FailedReply(failure) : DoneReply(values);
    }

    /// <summary>Asks the running cell to stop; nothing happens when none runs.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            if (current is { } running) running.Cell.Interrupt(running.Output, log);
        }
    }

    /// <summary>Help for a cell that is a name and a question mark, as in other kernels; no C# ends so. Null for any other cell.</summary>
    private MimeBundle? PageFor(string code, string language) =>
        language == CellLanguage.Default && Question().Match(code) is { Success: true } asked && asked.Groups["name"].Value is var name
            ? session.GetAwaiter().GetResult().Inspect(name, name.Length)
            : null;

    private CellResult Run(string code, string language, ICellOutput output, CancellationToken stop)
    {
        try
        {
            return session.GetAwaiter().GetResult().ExecuteAsync(code, language, output, stop).GetAwaiter().GetResult();
        }
        catch (Exception failure)
        {
            log.Write($"a cell could not be run: {failure}");
            return new CellResult(new CellError(failure.GetType().FullName ?? failure.GetType().Name, failure.Message, []));
        }
    }

    private Reply Evaluate(string expression, CancellationToken stop)
    {
        var value = new ExpressionOutput();
        CellResult result = Run(expression, CellLanguage.Default, value, stop);
        if (result.Error is { } error) return new Reply("error", error.Write);
        return value.Content is { } content
            ? Reply.Ok(writer => MimeBundleJson.Write(writer, content))
            : Reply.Failed("NoValue", "The expression has no value.");
    }

    private void LeaveOutWhatWaits()
    {
        Thread.Sleep(OnTheWay);
        leftOutThrough = lastNumber();
    }

    /// <param name="page">What the client shows beside the notebook, or null.</param>
    private Reply DoneReply(List<(string Name, Reply Value)> values, MimeBundle? page = null) => Reply.Ok(writer =>
    {
        writer.WriteNumber("execution_count", executionCount);
        writer.WriteStartObject("user_expressions");
        foreach ((string name, Reply value) in values)
        {
            writer.WriteStartObject(name);
            value.Write(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartArray("payload");
        if (page is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("source", "page");
            MimeBundleJson.Write(writer, page);
            writer.WriteNumber("start", 0);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    private Reply FailedReply(CellError error) => new("error", writer =>
    {
        writer.WriteNumber("execution_count", executionCount);
        error.Write(writer);
    });

    [GeneratedRegex(@"^\s*(?<name>[\w.]+)\?\s*$")]
    private static partial Regex Question();
}
