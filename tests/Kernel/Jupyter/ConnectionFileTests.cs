using System.Net;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Jupyter;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class ConnectionFileTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void The_file_that_Jupyter_writes_is_read()
    {
        File.WriteAllText(file, Good().ToJsonString());
        Assert.Equal(new ConnectionFile(IPAddress.Loopback, 5001, 5002, 5003, 5004, 5005, "secret"), ConnectionFile.Read(file));
    }

    [Theory]
    [InlineData("ip", "\"localhost\"", "127.0.0.1")]
    [InlineData("ip", "\"::1\"", "::1")]
    public void Other_names_of_the_loopback_are_taken(string field, string value, string address)
    {
        Write(field, value);
        Assert.Equal(IPAddress.Parse(address), ConnectionFile.Read(file).Address);
    }

    [Theory]
    [InlineData("ip", "\"0.0.0.0\"", "can be reached from other machines")]
    [InlineData("ip", "\"192.168.0.7\"", "can be reached from other machines")]
    [InlineData("ip", "\"*\"", "is not an address")]
    [InlineData("ip", "7", "it is not a text")]
    [InlineData("transport", "\"ipc\"", "only tcp")]
    [InlineData("signature_scheme", "\"hmac-md5\"", "only hmac-sha256")]
    [InlineData("key", "null", "it is not a text")]
    [InlineData("key", null, "the field is missing")]
    [InlineData("shell_port", null, "the field is missing")]
    [InlineData("shell_port", "0", "not a port from 1 to 65535")]
    [InlineData("iopub_port", "65536", "not a port from 1 to 65535")]
    [InlineData("stdin_port", "\"5003\"", "not a port from 1 to 65535")]
    [InlineData("control_port", "5.5", "not a port from 1 to 65535")]
    [InlineData("hb_port", "-1", "not a port from 1 to 65535")]
    [InlineData("hb_port", "5001", "port 5001 is given twice")]
    public void A_field_that_cannot_be_used_is_named(string field, string? value, string what)
    {
        Write(field, value);
        var bad = Assert.Throws<BadInputException>(() => ConnectionFile.Read(file));
        Assert.Equal((file, field), (bad.File, bad.Place));
        Assert.Contains(what, bad.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{\"ip\": ", "not JSON")]
    [InlineData("[1]", "not an object")]
    public void A_file_of_another_kind_is_refused(string text, string what)
    {
        File.WriteAllText(file, text);
        Assert.Contains(what, Assert.Throws<BadInputException>(() => ConnectionFile.Read(file)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_bad_input() =>
        Assert.Contains("cannot be read", Assert.Throws<BadInputException>(() => ConnectionFile.Read(file + ".missing")).What, StringComparison.Ordinal);

    private void Write(string field, string? value)
    {
        JsonObject json = Good();
        if (value is null) json.Remove(field);
        else json[field] = JsonNode.Parse(value);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static JsonObject Good() => new()
    {
        ["shell_port"] = 5001,
        ["iopub_port"] = 5002,
        ["stdin_port"] = 5003,
        ["control_port"] = 5004,
        ["hb_port"] = 5005,
        ["ip"] = "127.0.0.1",
        ["key"] = "secret",
        ["transport"] = "tcp",
        ["signature_scheme"] = "hmac-sha256",
        ["kernel_name"] = ".net-csharp",
    };
}
