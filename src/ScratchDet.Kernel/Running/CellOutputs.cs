using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Running;

/// <param name="TextPerCell">Characters of console text that are stored of one cell.</param>
/// <param name="DisplaysPerCell">Displays and results that are stored of one cell.</param>
/// <param name="DisplayBytesPerCell">Their size together.</param>
public sealed record OutputLimits(int TextPerCell = 1_000_000, int DisplaysPerCell = 500, long DisplayBytesPerCell = 32_000_000);

/// <summary>
/// What the cells of one run have shown, as a file stores it: text of a stream in one piece up to the next display, of an
/// updated display its last state, nothing of this machine's folders, and never more than the limits allow.
/// </summary>
internal sealed class RunOutputs(OutputLimits limits, RelativePaths paths)
{
    private readonly Dictionary<string, List<DataOutput>> displays = [];

    public CellOutputs ForCell() => new(limits, paths, displays);

    /// <summary>Replaces the content of a display wherever it stands; one that was cleared or left out is nowhere.</summary>
    public void Update(string displayId, JsonObject data)
    {
        foreach (DataOutput display in displays.GetValueOrDefault(displayId, []))
            display.Data = data;
    }
}

/// <summary>A display or a result; its content may still change.</summary>
/// <param name="displayId">Null for a result.</param>
internal sealed class DataOutput(JsonObject data, string? displayId)
{
    public JsonObject Data { get; set; } = data;

    public string? DisplayId => displayId;

    public bool IsResult => displayId is null;
}

/// <summary>The outputs of one cell.</summary>
internal sealed class CellOutputs(OutputLimits limits, RelativePaths paths, Dictionary<string, List<DataOutput>> displays)
{
    private const int LeastTextOfSegment = 8_000;

    private readonly List<object> entries = [];
    private bool clearsWithNext;
    private int displayCount;
    private long displayBytes;
    private int leftOut;
    private CellError? error;

    public void Write(ConsoleStream stream, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        ClearIfAsked();
        // Console streams come through pipes of their own, so their order among each other is chance: the stored order is not.
        if (entries is not [.., TextSegment segment])
        {
            int used = entries.OfType<TextSegment>().Sum(one => one.Length);
            entries.Add(segment = new TextSegment(Math.Max(LeastTextOfSegment, limits.TextPerCell - used)));
        }
        segment.Write(stream, text);
    }

    public void Display(string displayId, JsonObject data)
    {
        if (Add(data, displayId) is not { } output) return;
        if (!displays.TryGetValue(displayId, out List<DataOutput>? shown)) displays[displayId] = shown = [];
        shown.Add(output);
    }

    public void Result(JsonObject data) => Add(data, displayId: null);

    public void Clear(bool wait)
    {
        clearsWithNext = wait;
        if (!wait) Clear();
    }

    public void Fail(CellError failure) => error = failure;

    /// <summary>As nbformat stores them.</summary>
    public JsonArray ToJson(int executionCount)
    {
        var outputs = new JsonArray();
        foreach (object entry in entries)
        {
            if (entry is TextSegment segment) segment.AddTo(outputs, paths);
            else outputs.Add(ToJson((DataOutput)entry, executionCount));
        }
        if (leftOut > 0)
            outputs.Add(StreamOutput("stderr", string.Create(CultureInfo.InvariantCulture, $"[{leftOut:N0} more outputs of this cell were left out]\n")));
        if (error is not null) outputs.Add(ToJson(error));
        return outputs;
    }

    private DataOutput? Add(JsonObject data, string? displayId)
    {
        ClearIfAsked();
        long size = Encoding.UTF8.GetByteCount(data.ToJsonString());
        if (displayCount == limits.DisplaysPerCell || displayBytes + size > limits.DisplayBytesPerCell)
        {
            leftOut++;
            return null;
        }
        displayCount++;
        displayBytes += size;
        var output = new DataOutput(data, displayId);
        entries.Add(output);
        return output;
    }

    private void ClearIfAsked()
    {
        if (clearsWithNext) Clear();
        clearsWithNext = false;
    }

    /// <summary>What is cleared counts no longer: a cell that redraws itself for hours has room for its last state.</summary>
    private void Clear()
    {
        foreach (DataOutput output in entries.OfType<DataOutput>())
        {
            if (output.DisplayId is not { } id || !displays.TryGetValue(id, out List<DataOutput>? shown)) continue;
            shown.Remove(output);
            if (shown.Count == 0) displays.Remove(id);
        }
        entries.Clear();
        (displayCount, displayBytes, leftOut) = (0, 0, 0);
    }

    private JsonObject ToJson(DataOutput output, int executionCount)
    {
        var data = (JsonObject)output.Data.DeepClone();
        foreach ((string mimeType, JsonNode? form) in data.ToArray())
        {
            // The formatting library ends its lines as Windows does.
            if (mimeType.StartsWith("text/", StringComparison.Ordinal) && form is JsonValue value && value.TryGetValue(out string? text) && text.Contains('\r'))
                data[mimeType] = text.ReplaceLineEndings("\n");
        }
        paths.CleanData(data);
        var json = new JsonObject
        {
            ["output_type"] = output.IsResult ? "execute_result" : "display_data",
            ["data"] = data,
            ["metadata"] = new JsonObject(),
        };
        if (output.IsResult) json["execution_count"] = executionCount;
        return json;
    }

    private JsonObject ToJson(CellError failure) => new()
    {
        ["output_type"] = "error",
        ["ename"] = failure.Name,
        ["evalue"] = paths.Clean(failure.Message),
        // What a reader sees of an error is its traceback alone, so the message stands there too.
        ["traceback"] = new JsonArray([.. failure.Traceback.Prepend($"{failure.Name}: {failure.Message}").Select(line => (JsonNode)paths.Clean(line))]),
    };

    private static JsonObject StreamOutput(string name, string text) => new()
    {
        ["output_type"] = "stream",
        ["name"] = name,
        ["text"] = text,
    };

    /// <summary>Text between two displays: standard output, then standard error.</summary>
    private sealed class TextSegment(int limit)
    {
        private readonly BoundedText output = new(limit);
        private readonly BoundedText errors = new(limit);

        public int Length => output.Length + errors.Length;

        public void Write(ConsoleStream stream, ReadOnlySpan<char> text) => (stream == ConsoleStream.Output ? output : errors).Append(text);

        public void AddTo(JsonArray outputs, RelativePaths paths)
        {
            if (output.Length > 0) outputs.Add(StreamOutput("stdout", paths.Clean(WithoutOverwritten(output.ToString()))));
            if (errors.Length > 0) outputs.Add(StreamOutput("stderr", paths.Clean(WithoutOverwritten(errors.ToString()))));
        }
    }

    /// <summary>A progress bar writes its line again and again behind a carriage return; the last one counts.</summary>
    internal static string WithoutOverwritten(string text)
    {
        if (!text.Contains('\r')) return text;
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].TrimEnd('\r');
            lines[index] = line[(line.LastIndexOf('\r') + 1)..];
        }
        return string.Join('\n', lines);
    }
}
