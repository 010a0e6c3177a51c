using System.Text.Json;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>A message from a client, its signature verified.</summary>
/// <param name="Routed">What it was read from.</param>
/// <param name="Prefix">The frames before the delimiter; the answer begins with them.</param>
/// <param name="Header">The JSON as it came: the parent header of everything that answers it.</param>
internal sealed record JupyterMessage(
    RoutedMessage Routed,
    ReadOnlyMemory<byte>[] Prefix,
    ReadOnlyMemory<byte> Header,
    string Type,
    string Id,
    JsonElement Metadata,
    JsonElement Content)
{
    private const string RequestEnding = "_request";

    /// <summary>The name of the peer, which is the same on every channel of a client.</summary>
    public ReadOnlyMemory<byte> Peer => Routed.Identity;

    /// <summary>Its place among the messages of its channel.</summary>
    public long Number => Routed.Number;

    /// <summary><c>execute_reply</c> for an <c>execute_request</c>; null for what has no answer.</summary>
    public string? ReplyType => Type.EndsWith(RequestEnding, StringComparison.Ordinal) ? Type[..^RequestEnding.Length] + "_reply" : null;

    /// <exception cref="RequestException">The field is missing or not a text.</exception>
    public string Text(string field) => Content.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new RequestException($"{Type}: the field {field} is missing or not a text");

    public string TextOr(string field, string otherwise) => Has(field) ? Text(field) : otherwise;

    /// <exception cref="RequestException">The field is there and is neither true nor false.</exception>
    public bool Flag(string field, bool otherwise)
    {
        if (!Has(field)) return otherwise;
        return Content.GetProperty(field).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new RequestException($"{Type}: the field {field} is neither true nor false"),
        };
    }

    /// <exception cref="RequestException">The field is there and is not a whole number.</exception>
    public int? Number32(string field)
    {
        if (!Has(field)) return null;
        JsonElement value = Content.GetProperty(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw new RequestException($"{Type}: the field {field} is not a whole number");
    }

    private bool Has(string field) => Content.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
}

/// <summary>A request asks for something that cannot be; the message goes back to the client.</summary>
internal sealed class RequestException(string message) : Exception(message);

/// <summary>A message is malformed, badly signed or a replay; it is dropped.</summary>
internal sealed class MessageRefusedException(string message) : Exception(message);
