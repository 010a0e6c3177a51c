using System.Buffers.Binary;
using System.Text;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>The bytes that open a connection: the greeting of 64 bytes, then a READY command from either side (ZMTP 3.0, NULL mechanism).</summary>
internal static class ZmtpHandshake
{
    public const int GreetingBytes = 64;
    public const int MostIdentityBytes = 255;
    private const int MajorVersionAt = 10;
    private const int MechanismAt = 12;
    private const int MechanismBytes = 20;
    private const byte MajorVersion = 3;
    private const string SocketTypeProperty = "Socket-Type";
    private const string IdentityProperty = "Identity";

    private static ReadOnlySpan<byte> Mechanism => "NULL"u8;

    /// <summary>Ours: version 3.0, mechanism NULL, as server 0.</summary>
    public static byte[] Greeting { get; } = MakeGreeting();

    /// <exception cref="ZmtpException">Not a greeting, an older version, or another mechanism than NULL.</exception>
    public static void CheckGreeting(ReadOnlySpan<byte> greeting)
    {
        // 0xFF, eight bytes that no longer mean anything, and a byte with the lowest bit set.
        if (greeting[0] != 0xFF || (greeting[9] & 1) == 0)
            throw new ZmtpException("what it sent first is not a greeting of ZMTP 3");
        if (greeting[MajorVersionAt] < MajorVersion)
            throw new ZmtpException($"it speaks ZMTP {greeting[MajorVersionAt]}; only 3.0 and later are understood");
        ReadOnlySpan<byte> mechanism = greeting.Slice(MechanismAt, MechanismBytes).TrimEnd((byte)0);
        if (!mechanism.SequenceEqual(Mechanism))
            throw new ZmtpException("it asks for another security mechanism than NULL");
    }

    /// <summary>Our READY command, as a frame.</summary>
    public static byte[] Ready(string socketType)
    {
        using var body = new MemoryStream();
        WriteShort(body, "READY");
        WriteProperty(body, SocketTypeProperty, socketType);
        WriteProperty(body, IdentityProperty, "");
        return CommandFrame(body);
    }

    /// <summary>An ERROR command, as a frame.</summary>
    public static byte[] Error(string reason)
    {
        using var body = new MemoryStream();
        WriteShort(body, "ERROR");
        WriteShort(body, reason);
        return CommandFrame(body);
    }

    /// <summary>Reads a peer's READY.</summary>
    /// <exception cref="ZmtpException">It is malformed.</exception>
    public static (string SocketType, byte[] Identity) ParseReady(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> name = TakeShort(ref body);
        if (name.SequenceEqual("ERROR"u8))
            throw new ZmtpException($"it refuses the connection: {Encoding.ASCII.GetString(TakeShort(ref body))}");
        if (!name.SequenceEqual("READY"u8))
            throw new ZmtpException("its first command is not READY");
        string socketType = "";
        byte[] identity = [];
        while (body.Length > 0)
        {
            string property = Encoding.ASCII.GetString(TakeShort(ref body));
            ReadOnlySpan<byte> value = TakeLong(ref body);
            if (property.Equals(SocketTypeProperty, StringComparison.OrdinalIgnoreCase)) socketType = Encoding.ASCII.GetString(value);
            else if (property.Equals(IdentityProperty, StringComparison.OrdinalIgnoreCase)) identity = value.ToArray();
        }
        if (identity.Length > MostIdentityBytes || identity is [0, ..])
            throw new ZmtpException("its identity is longer than 255 bytes or begins with a zero");
        return (socketType, identity);
    }

    private static byte[] MakeGreeting()
    {
        var greeting = new byte[GreetingBytes];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[MajorVersionAt] = MajorVersion;
        Mechanism.CopyTo(greeting.AsSpan(MechanismAt));
        return greeting;
    }

    private static byte[] CommandFrame(MemoryStream body) => [4, (byte)body.Length, .. body.ToArray()];

    private static void WriteShort(MemoryStream body, string text)
    {
        body.WriteByte((byte)text.Length);
        body.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void WriteProperty(MemoryStream body, string name, string value)
    {
        WriteShort(body, name);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        body.Write(length);
        body.Write(Encoding.ASCII.GetBytes(value));
    }

    private static ReadOnlySpan<byte> TakeShort(ref ReadOnlySpan<byte> body) =>
        body.Length > 0 ? Take(ref body, 1, body[0]) : throw Malformed();

    private static ReadOnlySpan<byte> TakeLong(ref ReadOnlySpan<byte> body) =>
        body.Length >= sizeof(int) ? Take(ref body, sizeof(int), BinaryPrimitives.ReadUInt32BigEndian(body)) : throw Malformed();

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> body, int prefix, uint length)
    {
        if (length > (uint)(body.Length - prefix)) throw Malformed();
        ReadOnlySpan<byte> taken = body.Slice(prefix, (int)length);
        body = body[(prefix + (int)length)..];
        return taken;
    }

    private static ZmtpException Malformed() => new("a command of its handshake is cut short");
}
