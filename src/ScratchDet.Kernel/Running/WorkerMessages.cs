using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Running;

/// <summary>What the runner asks of the process that hosts the session: one JSON object a line.</summary>
[JsonDerivedType(typeof(OpenSession), "open")]
[JsonDerivedType(typeof(RunCell), "run")]
[JsonDerivedType(typeof(StopCell), "stop")]
[JsonDerivedType(typeof(CloseSession), "close")]
internal abstract record WorkerRequest;

/// <param name="EndMark">Is written to the raw standard output and error after each cell, so that what libraries printed there can be told apart by cell.</param>
internal sealed record OpenSession(string Folder, string EndMark) : WorkerRequest;

internal sealed record RunCell(int Cell, string Code, string KernelName) : WorkerRequest;

/// <summary>Cancels what the running cell sees as Cell.Stop.</summary>
internal sealed record StopCell : WorkerRequest;

/// <summary>There are no more cells. A pipe that ends without this means that the runner has died.</summary>
internal sealed record CloseSession : WorkerRequest;

/// <summary>What the hosting process tells the runner.</summary>
[JsonDerivedType(typeof(SessionOpened), "opened")]
[JsonDerivedType(typeof(StreamWritten), "stream")]
[JsonDerivedType(typeof(Displayed), "display")]
[JsonDerivedType(typeof(DisplayUpdated), "update")]
[JsonDerivedType(typeof(ResultGiven), "result")]
[JsonDerivedType(typeof(OutputCleared), "clear")]
[JsonDerivedType(typeof(CellEnded), "ended")]
[JsonDerivedType(typeof(SessionFailed), "failed")]
internal abstract record WorkerEvent;

internal sealed record SessionOpened : WorkerEvent;

internal sealed record StreamWritten(int Cell, ConsoleStream Stream, string Text) : WorkerEvent;

internal sealed record Displayed(int Cell, string Id, JsonObject Data) : WorkerEvent;

internal sealed record DisplayUpdated(int Cell, string Id, JsonObject Data) : WorkerEvent;

internal sealed record ResultGiven(int Cell, JsonObject Data) : WorkerEvent;

internal sealed record OutputCleared(int Cell, bool Wait) : WorkerEvent;

internal sealed record CellEnded(int Cell, CellError? Error) : WorkerEvent;

/// <summary>The session itself failed, not the cell.</summary>
internal sealed record SessionFailed(string Message) : WorkerEvent;

internal static class WorkerProtocol
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 256,
    };

    /// <summary>One line of UTF-8, with its end.</summary>
    public static byte[] ToLine<T>(T message)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, Options);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    /// <exception cref="JsonException">Something else wrote into the pipe.</exception>
    public static T FromLine<T>(string line) => JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("null is no message");
}
