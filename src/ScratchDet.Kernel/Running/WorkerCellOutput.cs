using System.Text;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Running;

/// <summary>Sends a cell's outputs to the runner as they come, so that those of a cell that crashes are not lost.</summary>
internal sealed class WorkerCellOutput(int cell, WorkerAnswers answers) : ICellOutput
{
    /// <summary>A form of an output beyond this is replaced by a text that says so; no stored notebook could hold it.</summary>
    internal const int LargestForm = 16_000_000;

    private const int LongestMessage = 1 << 16;

    public void Write(ConsoleStream stream, string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = Math.Min(LongestMessage, text.Length - start);
            if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1])) length--; // a pair stays together
            answers.Send(new StreamWritten(cell, stream, text.Substring(start, length)));
            start += length;
        }
    }

    public void Display(string displayId, MimeBundle content) => answers.Send(new Displayed(cell, displayId, Bounded(content)));

    public void Update(string displayId, MimeBundle content) => answers.Send(new DisplayUpdated(cell, displayId, Bounded(content)));

    public void Result(MimeBundle content) => answers.Send(new ResultGiven(cell, Bounded(content)));

    public void Clear(bool wait) => answers.Send(new OutputCleared(cell, wait));

    public string ReadInput(string prompt, bool isPassword) => throw new InputUnavailableException(
        $"the cell asks for input{(prompt.Length == 0 ? "" : $" ('{prompt.Trim()}')")}, and nobody can answer in a headless run; give the value with --param and a cell tagged parameters");

    private static JsonObject Bounded(MimeBundle content)
    {
        JsonObject data = content.ToJson();
        foreach ((string mimeType, JsonNode? form) in data.ToArray())
        {
            if (SizeOf(form) is var size && size <= LargestForm) continue;
            string note = FormattableString.Invariant($"[an output of {size / 1e6:0} MB as {mimeType} was left out: more than {LargestForm / 1e6:0} MB]");
            if (mimeType == MimeBundle.PlainText || content.Text.Length > LargestForm) data[MimeBundle.PlainText] = note;
            if (mimeType != MimeBundle.PlainText) data.Remove(mimeType);
        }
        return data;
    }

    private static long SizeOf(JsonNode? form) => form switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text.Length,
        null => 0,
        _ => Encoding.UTF8.GetByteCount(form.ToJsonString()),
    };
}
