using System.Text.Json;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>The content of an answer.</summary>
/// <param name="Status">ok, error or aborted.</param>
/// <param name="Fields">Writes what else the answer holds, or null.</param>
internal sealed record Reply(string Status, Action<Utf8JsonWriter>? Fields = null)
{
    /// <summary>What happens when the answer and the last state have been sent.</summary>
    public Action? Afterwards { get; init; }

    public static Reply Ok(Action<Utf8JsonWriter>? fields = null) => new("ok", fields);

    public static Reply Failed(string name, string message) => new("error", writer => new CellError(name, message, []).Write(writer));

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("status", Status);
        Fields?.Invoke(writer);
    }
}
