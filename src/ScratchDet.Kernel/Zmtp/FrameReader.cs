using System.Buffers.Binary;
using System.Net.Sockets;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>Cuts the bytes of a connection into frames. Blocks; used by one thread.</summary>
internal sealed class FrameReader(Socket socket, ZmtpLimits limits)
{
    private const byte MoreFlag = 1;
    private const byte LongFlag = 2;
    private const byte CommandFlag = 4;
    private const int BufferBytes = 16 << 10;

    // A larger frame is believed only as its bytes come: a size alone reserves no more than this.
    private const int TrustedBytes = 1 << 20;

    private readonly byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;

    /// <summary>The next frame; null when the peer closed the connection between two frames.</summary>
    /// <exception cref="ZmtpException">The frame is malformed, too long, or cut short.</exception>
    public Frame? Read()
    {
        if (start == end && !Fill()) return null;
        byte flags = buffer[start++];
        if ((flags & ~(MoreFlag | LongFlag | CommandFlag)) != 0)
            throw new ZmtpException($"a frame has flags 0x{flags:x2}, which mean nothing");
        bool isCommand = (flags & CommandFlag) != 0;
        if (isCommand && (flags & MoreFlag) != 0)
            throw new ZmtpException("a command says that more follows");
        ulong length = (flags & LongFlag) != 0 ? ReadLength() : ReadByte();
        if (length > (ulong)limits.FrameBytes)
            throw new ZmtpException($"a frame of {length} bytes; at most {limits.FrameBytes} are taken");
        return new Frame(ReadBody((int)length), (flags & MoreFlag) != 0, isCommand);
    }

    /// <summary>Fills the whole of <paramref name="target"/>.</summary>
    /// <exception cref="ZmtpException">The peer closed the connection before.</exception>
    public void ReadExactly(Span<byte> target)
    {
        int buffered = Math.Min(target.Length, end - start);
        buffer.AsSpan(start, buffered).CopyTo(target);
        start += buffered;
        target = target[buffered..];
        while (target.Length >= BufferBytes)
        {
            int got = socket.Receive(target);
            if (got == 0) throw CutShort();
            target = target[got..];
        }
        while (target.Length > 0)
        {
            if (!Fill()) throw CutShort();
            int taken = Math.Min(target.Length, end);
            buffer.AsSpan(0, taken).CopyTo(target);
            start = taken;
            target = target[taken..];
        }
    }

    private ReadOnlyMemory<byte> ReadBody(int length)
    {
        if (length == 0) return ReadOnlyMemory<byte>.Empty;
        byte[] body = GC.AllocateUninitializedArray<byte>(Math.Min(length, TrustedBytes));
        int done = 0;
        while (true)
        {
            ReadExactly(body.AsSpan(done));
            done = body.Length;
            if (done == length) return body;
            Array.Resize(ref body, (int)Math.Min(length, 2L * done));
        }
    }

    private byte ReadByte()
    {
        if (start == end && !Fill()) throw CutShort();
        return buffer[start++];
    }

    private ulong ReadLength()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private bool Fill()
    {
        (start, end) = (0, socket.Receive(buffer));
        return end > 0;
    }

    private static ZmtpException CutShort() => new("it ended in the middle of a frame");
}

/// <param name="More">Another frame of the same message follows.</param>
internal readonly record struct Frame(ReadOnlyMemory<byte> Body, bool More, bool IsCommand);
