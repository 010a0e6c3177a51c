using System.Net;
using System.Text.Json;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Where a kernel is to listen, and the key that its messages are signed with: the file that Jupyter hands to a kernel.</summary>
/// <param name="Address">One of the loopback addresses.</param>
/// <param name="Key">Empty: messages are not signed.</param>
public sealed record ConnectionFile(IPAddress Address, int ShellPort, int IopubPort, int StdinPort, int ControlPort, int HeartbeatPort, string Key)
{
    private const long MostBytes = 1 << 20;
    private const string SignatureScheme = "hmac-sha256";
    private const string WhatToDo = "start the kernel through Jupyter, which writes this file, or put the field right";

    /// <exception cref="BadInputException">The file is missing, is not JSON, or one of its fields cannot be used; names the field.</exception>
    public static ConnectionFile Read(string path)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MostBytes)
                throw new BadInputException(path, null, $"{file.Length} bytes are too many for a connection file", "give the file that Jupyter wrote");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, $"it cannot be read ({failure.Message})", "give the connection file that Jupyter wrote", failure);
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return Read(path, document.RootElement);
        }
        catch (JsonException wrong)
        {
            throw new BadInputException(path, $"line {wrong.LineNumber + 1}", "it is not JSON", "give the connection file that Jupyter wrote", wrong);
        }
    }

    private static ConnectionFile Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new BadInputException(path, null, $"it holds a JSON {root.ValueKind.ToString().ToLowerInvariant()}, not an object", "give the connection file that Jupyter wrote");
        if (Text("transport") is var transport && transport != "tcp")
            throw Bad("transport", $"the transport {transport} is not served, only tcp");
        if (Text("signature_scheme") is var scheme && scheme != SignatureScheme)
            throw Bad("signature_scheme", $"the scheme {scheme} is not known, only {SignatureScheme}");
        var connection = new ConnectionFile(AddressOf(Text("ip")), Port("shell_port"), Port("iopub_port"), Port("stdin_port"), Port("control_port"), Port("hb_port"), Text("key"));
        HashSet<int> ports = [connection.ShellPort];
        foreach ((string name, int port) in new[] { ("iopub_port", connection.IopubPort), ("stdin_port", connection.StdinPort), ("control_port", connection.ControlPort), ("hb_port", connection.HeartbeatPort) })
            if (!ports.Add(port)) throw Bad(name, $"port {port} is given twice");
        return connection;

        BadInputException Bad(string field, string what) => new(path, field, what, WhatToDo);

        JsonElement Field(string name) => root.TryGetProperty(name, out JsonElement value) ? value : throw Bad(name, "the field is missing");

        string Text(string name) => Field(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Bad(name, "it is not a text");

        int Port(string name) => Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int port) && port is > 0 and <= 65535
            ? port
            : throw Bad(name, "it is not a port from 1 to 65535");

        IPAddress AddressOf(string text)
        {
            if (text == "localhost") return IPAddress.Loopback;
            if (!IPAddress.TryParse(text, out IPAddress? address)) throw Bad("ip", $"{text} is not an address");
            return IPAddress.IsLoopback(address)
                ? address
                : throw Bad("ip", $"{text} can be reached from other machines, and messages are not encrypted; only 127.0.0.1 and ::1 are served");
        }
    }
}
