using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Answers an editor's questions about code: what may stand here, what is this, is it whole.</summary>
internal sealed class CodeHandlers(Task<NotebookSession> session)
{
    private const int IndentLetters = 4;

    private NotebookSession Session => session.GetAwaiter().GetResult();

    public Reply Complete(JupyterMessage request)
    {
        (string code, int cursor) = CodeAndCursor(request);
        CompletionList list = Session.Complete(code, cursor);
        int start = CursorPositions.ToCodePoints(code, list.Start);
        int end = CursorPositions.ToCodePoints(code, list.End);
        return Reply.Ok(writer =>
        {
            writer.WriteStartArray("matches");
            foreach (CompletionItem item in list.Items) writer.WriteStringValue(item.Text);
            writer.WriteEndArray();
            writer.WriteNumber("cursor_start", start);
            writer.WriteNumber("cursor_end", end);
            writer.WriteStartObject("metadata");
            // The key under which clients look for what kind of thing each match is.
            writer.WriteStartArray("_jupyter_types_experimental");
            foreach (CompletionItem item in list.Items)
            {
                writer.WriteStartObject();
                writer.WriteString("text", item.Text);
                writer.WriteString("type", item.Kind.ToLowerInvariant());
                writer.WriteNumber("start", start);
                writer.WriteNumber("end", end);
                if (item.Signature is { } signature) writer.WriteString("signature", signature);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public Reply Inspect(JupyterMessage request)
    {
        (string code, int cursor) = CodeAndCursor(request);
        MimeBundle? found = Session.Inspect(code, cursor);
        return Reply.Ok(writer =>
        {
            writer.WriteBoolean("found", found is not null);
            if (found is not null)
            {
                MimeBundleJson.Write(writer, found);
                return;
            }
            MimeBundleJson.WriteEmpty(writer, "data");
            MimeBundleJson.WriteEmpty(writer, "metadata");
        });
    }

    public Reply IsComplete(JupyterMessage request)
    {
        string code = request.Text("code");
        // The states of this answer stand where others have ok and error.
        return Session.StatusOf(code) switch
        {
            CodeStatus.Complete => new Reply("complete"),
            CodeStatus.Invalid => new Reply("invalid"),
            _ => new Reply("incomplete", writer => writer.WriteString("indent", Indent(code))),
        };
    }

    /// <summary>What the next line begins with: as the last one, and further in after an opening brace.</summary>
    private static string Indent(string code)
    {
        string last = code.TrimEnd('\n', '\r', ' ', '\t');
        last = last[(last.LastIndexOf('\n') + 1)..];
        string indent = last[..(last.Length - last.TrimStart(' ', '\t').Length)];
        return last.EndsWith('{') || last.EndsWith('(') ? indent + new string(' ', IndentLetters) : indent;
    }

    private static (string Code, int Cursor) CodeAndCursor(JupyterMessage request)
    {
        string code = request.Text("code");
        return (code, CursorPositions.ToUtf16(code, request.Number32("cursor_pos") ?? code.Length));
    }
}
