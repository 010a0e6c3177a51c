using System.Reflection;
using System.Runtime.InteropServices;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Answers questions about the kernel itself, its history and its comms. There are no comm targets.</summary>
internal sealed class KernelHandlers(ConnectionFile connection, IopubChannel iopub, HistoryLog history)
{
    private const string Implementation = "ScratchDet.Kernel";

    private static readonly string Version =
        typeof(KernelHandlers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public Reply KernelInfo(JupyterMessage request) => Reply.Ok(writer =>
    {
        writer.WriteString("protocol_version", MessageCodec.ProtocolVersion);
        writer.WriteString("implementation", Implementation);
        writer.WriteString("implementation_version", Version);
        writer.WriteString("banner", $"{Implementation} {Version}: C# on {RuntimeInformation.FrameworkDescription}. Long loops that look at Cell.Stop can be interrupted.");
        writer.WriteBoolean("debugger", false);
        writer.WriteStartObject("language_info");
        writer.WriteString("name", "C#");
        writer.WriteString("version", "14.0");
        writer.WriteString("mimetype", "text/x-csharp");
        writer.WriteString("file_extension", ".cs");
        writer.WriteString("pygments_lexer", "csharp");
        writer.WriteString("codemirror_mode", "text/x-csharp");
        writer.WriteEndObject();
        writer.WriteStartArray("help_links");
        writer.WriteEndArray();
    });

    public Reply Connect(JupyterMessage request) => Reply.Ok(writer =>
    {
        writer.WriteNumber("shell_port", connection.ShellPort);
        writer.WriteNumber("iopub_port", connection.IopubPort);
        writer.WriteNumber("stdin_port", connection.StdinPort);
        writer.WriteNumber("control_port", connection.ControlPort);
        writer.WriteNumber("hb_port", connection.HeartbeatPort);
    });

    public Reply History(JupyterMessage request)
    {
        bool withOutput = request.Flag("output", false);
        int? count = request.Number32("n");
        IReadOnlyList<HistoryEntry> entries = request.TextOr("hist_access_type", "tail") switch
        {
            "range" => history.Range(request.Number32("session") ?? 0, request.Number32("start") ?? 1, request.Number32("stop")),
            "tail" => history.Tail(count),
            "search" => history.Search(request.TextOr("pattern", "*"), count, request.Flag("unique", false)),
            var other => throw new RequestException($"history_request: hist_access_type is {other.ReplaceLineEndings(" ")}, not range, tail or search"),
        };
        return Reply.Ok(writer =>
        {
            writer.WriteStartArray("history");
            foreach (HistoryEntry entry in entries)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(HistoryLog.Session);
                writer.WriteNumberValue(entry.Line);
                if (withOutput)
                {
                    writer.WriteStartArray();
                    writer.WriteStringValue(entry.Input);
                    if (entry.Result is { } result) writer.WriteStringValue(result);
                    else writer.WriteNullValue();
                    writer.WriteEndArray();
                }
                else
                {
                    writer.WriteStringValue(entry.Input);
                }
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        });
    }

    public Reply CommInfo(JupyterMessage request) => Reply.Ok(writer => MimeBundleJson.WriteEmpty(writer, "comms"));

    /// <summary>Nothing here can be talked to: the client's end is closed again, as the protocol asks.</summary>
    public Reply? CommOpen(JupyterMessage request)
    {
        string comm = request.Text("comm_id");
        iopub.Publish("comm_close", request.Header, writer =>
        {
            writer.WriteString("comm_id", comm);
            MimeBundleJson.WriteEmpty(writer, "data");
        });
        return null;
    }

    /// <summary>For a comm that is not there: of no consequence.</summary>
    public Reply? Ignore(JupyterMessage request) => null;
}
