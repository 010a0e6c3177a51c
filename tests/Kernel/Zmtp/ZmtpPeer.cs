using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ScratchDet.Tests.Kernel.Zmtp;

/// <summary>A client that writes its bytes itself, so that it can also break the rules.</summary>
internal sealed class ZmtpPeer : IDisposable
{
    public const byte More = 1;
    public const byte Long = 2;
    public const byte Command = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket socket;

    public ZmtpPeer(int port)
    {
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
            NoDelay = true,
        };
        socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>A peer that has shaken hands.</summary>
    public static ZmtpPeer Connect(int port, string socketType, string identity = "")
    {
        var peer = new ZmtpPeer(port);
        peer.Send(Greeting());
        peer.Receive(64);
        peer.SendFrame(Command, Ready(socketType, Encoding.Latin1.GetBytes(identity)));
        (byte flags, byte[] body) = peer.ReceiveFrame();
        Assert.Equal(Command, flags);
        Assert.Equal("\u0005READY", Encoding.Latin1.GetString(body, 0, 6));
        return peer;
    }

    public static byte[] Greeting(byte major = 3, byte minor = 0, string mechanism = "NULL")
    {
        var greeting = new byte[64];
        (greeting[0], greeting[9], greeting[10], greeting[11]) = (0xFF, 0x7F, major, minor);
        Encoding.ASCII.GetBytes(mechanism, greeting.AsSpan(12));
        return greeting;
    }

    public static byte[] Ready(string socketType, byte[] identity) =>
    [
        5, .. "READY"u8,
        11, .. "Socket-Type"u8, 0, 0, 0, (byte)socketType.Length, .. Encoding.ASCII.GetBytes(socketType),
        8, .. "Identity"u8, 0, 0, 0, (byte)identity.Length, .. identity,
    ];

    public void Send(params byte[] bytes) => socket.Send(bytes);

    public void SendFrame(byte flags, ReadOnlySpan<byte> body)
    {
        if (body.Length <= 255)
        {
            socket.Send([flags, (byte)body.Length, .. body]);
            return;
        }
        SendLongHeader(flags, body.Length);
        while (body.Length > 0) body = body[socket.Send(body)..];
    }

    /// <summary>The head of a long frame, without its body.</summary>
    public void SendLongHeader(byte flags, long length)
    {
        var header = new byte[9];
        header[0] = (byte)(flags | Long);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(1), length);
        socket.Send(header);
    }

    public void SendMessage(params IReadOnlyList<byte[]> parts)
    {
        for (int index = 0; index < parts.Count; index++)
            SendFrame(index + 1 < parts.Count ? More : (byte)0, parts[index]);
    }

    public byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int got = socket.Receive(bytes, done, count - done, SocketFlags.None);
            Assert.True(got > 0, "the kernel closed the connection");
            done += got;
        }
        return bytes;
    }

    public (byte Flags, byte[] Body) ReceiveFrame()
    {
        byte flags = Receive(1)[0];
        long length = (flags & Long) != 0 ? BinaryPrimitives.ReadInt64BigEndian(Receive(8)) : Receive(1)[0];
        return ((byte)(flags & ~Long), Receive((int)length));
    }

    public List<byte[]> ReceiveMessage()
    {
        List<byte[]> parts = [];
        while (true)
        {
            (byte flags, byte[] body) = ReceiveFrame();
            parts.Add(body);
            if ((flags & More) == 0) return parts;
        }
    }

    /// <summary>Whether the other side closes the connection within the patience of a test.</summary>
    public bool IsClosed()
    {
        var rest = new byte[1 << 16];
        try
        {
            while (true)
                if (socket.Receive(rest) == 0) return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
        }
    }

    public void Dispose() => socket.Dispose();
}
