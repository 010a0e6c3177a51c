using System.Text;
using ScratchDet.Kernel.Jupyter;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Tests.Kernel.Jupyter;

/// <summary>Messages as frames; the signatures were made with Python's hmac over the same parts.</summary>
public class MessageCodecTests
{
    private const string Key = "a0436f6c-1916-498b-8eb9-e81ab9368e84";
    private const string Header = """{"msg_id":"1","msg_type":"kernel_info_request"}""";
    private const string Content = """{"x":[1,2]}""";
    private const string Signature = "7c43e6a69d6cc79fe55f54dee973d9f4074af6b142e889f4f32eff7ef51f14af";

    [Fact]
    public void A_rightly_signed_message_is_read()
    {
        JupyterMessage message = new MessageCodec(Key, "s", TimeProvider.System).Decode(Routed("ada", "router", "<IDS|MSG>", Signature, Header, "{}", "{}", Content, "a buffer"));

        Assert.Equal(("kernel_info_request", "1", "kernel_info_reply", 7L), (message.Type, message.Id, message.ReplyType, message.Number));
        Assert.Equal("ada", Text(message.Peer));
        Assert.Equal(["router"], message.Prefix.Select(Text));
        Assert.Equal(Header, Text(message.Header));
        Assert.Equal(2, message.Content.GetProperty("x").GetArrayLength());
    }

    [Theory]
    [InlineData("7c43e6a69d6cc79fe55f54dee973d9f4074af6b142e889f4f32eff7ef51f14ae")]
    [InlineData("7c43e6a69d6cc79fe55f54dee973d9f4074af6b142e889f4f32eff7ef51f14")]
    [InlineData("7c43e6a69d6cc79fe55f54dee973d9f4074af6b142e889f4f32eff7ef51f14af00")]
    [InlineData("no signature at all, but a long text that does not even fit the place of one")]
    [InlineData("")]
    public void A_wrong_signature_is_refused(string signature) =>
        AssertRefused("wrong signature", new MessageCodec(Key, "s", TimeProvider.System), "ada", "<IDS|MSG>", signature, Header, "{}", "{}", Content);

    [Theory]
    [InlineData(0, """{"msg_id":"2","msg_type":"kernel_info_request"}""")]
    [InlineData(1, """{"a":1}""")]
    [InlineData(2, """{"a":1}""")]
    [InlineData(3, """{"x":[1,3]}""")]
    public void Every_part_is_signed(int part, string changed)
    {
        string[] parts = [Header, "{}", "{}", Content];
        parts[part] = changed;
        AssertRefused("wrong signature", new MessageCodec(Key, "s", TimeProvider.System), ["ada", "<IDS|MSG>", Signature, .. parts]);
    }

    [Fact]
    public void A_replayed_message_is_refused()
    {
        var codec = new MessageCodec(Key, "s", TimeProvider.System);
        string[] frames = ["ada", "<IDS|MSG>", Signature, Header, "{}", "{}", Content];
        codec.Decode(Routed(frames));

        AssertRefused("came before", codec, frames);
    }

    [Fact]
    public void Without_a_key_nothing_is_verified_or_signed()
    {
        var codec = new MessageCodec("", "s", TimeProvider.System);
        string[] frames = ["ada", "<IDS|MSG>", "", Header, "{}", "{}", Content];

        Assert.Equal("1", codec.Decode(Routed(frames)).Id);
        Assert.Equal("1", codec.Decode(Routed(frames)).Id);
        Assert.Equal("", Text(codec.Encode([], "status", default, _ => { })[1]));
    }

    [Theory]
    [InlineData("without delimiter")]
    [InlineData("without delimiter", "no", "delimiter")]
    [InlineData("without delimiter", "<IDS|MSG>", "", "{}", "{}", "{}")]
    [InlineData("not JSON", "<IDS|MSG>", "", """{"msg_id":"1" """, "{}", "{}", "{}")]
    [InlineData("not a JSON object", "<IDS|MSG>", "", Header, "{}", "{}", "[1]")]
    [InlineData("not a JSON object", "<IDS|MSG>", "", Header, "{}", "3", "{}")]
    [InlineData("not a JSON object", "<IDS|MSG>", "", Header, "null", "{}", "{}")]
    [InlineData("without msg_type", "<IDS|MSG>", "", """{"msg_id":"1"}""", "{}", "{}", "{}")]
    [InlineData("without msg_id", "<IDS|MSG>", "", """{"msg_type":"x","msg_id":3}""", "{}", "{}", "{}")]
    public void A_malformed_message_is_refused(string why, params string[] frames) =>
        AssertRefused(why, new MessageCodec("", "s", TimeProvider.System), ["ada", .. frames]);

    [Fact]
    public void Json_nested_without_end_is_refused()
    {
        string deep = "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        AssertRefused("not JSON", new MessageCodec("", "s", TimeProvider.System), "ada", "<IDS|MSG>", "", Header, "{}", "{}", deep);
    }

    [Fact]
    public void What_is_written_can_be_read_and_holds_the_request_s_header()
    {
        var codec = new MessageCodec(Key, "session", TimeProvider.System);
        ReadOnlyMemory<byte>[] frames = codec.Encode(["router"u8.ToArray()], "status", Encoding.UTF8.GetBytes(Header), writer => writer.WriteString("execution_state", "busy"));

        Assert.Equal(Header, Text(frames[4]));
        JupyterMessage message = new MessageCodec(Key, "other", TimeProvider.System).Decode(new RoutedMessage("k"u8.ToArray(), frames, 1));
        Assert.Equal(("status", "session_1", "busy"), (message.Type, message.Id, message.Text("execution_state")));
        Assert.Contains("\"session\":\"session\"", Text(message.Header), StringComparison.Ordinal);
        Assert.Contains("\"version\":\"5.3\"", Text(message.Header), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_unicode_is_written_all_the_same()
    {
        var codec = new MessageCodec("", "s", TimeProvider.System);
        ReadOnlyMemory<byte>[] frames = codec.Encode([], "stream", default, writer => writer.WriteString("text", "half \uD83D of \u0000 <b>ä😀</b>"));

        JupyterMessage message = codec.Decode(new RoutedMessage("k"u8.ToArray(), frames, 1));
        Assert.Equal("half \uFFFD of \u0000 <b>ä😀</b>", message.Text("text"));
    }

    private static void AssertRefused(string why, MessageCodec codec, params string[] frames) =>
        Assert.Contains(why, Assert.Throws<MessageRefusedException>(() => codec.Decode(Routed(frames))).Message, StringComparison.Ordinal);

    private static RoutedMessage Routed(params string[] frames) =>
        new(Encoding.UTF8.GetBytes(frames[0]), [.. frames.Skip(1).Select(frame => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(frame))], 7);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
