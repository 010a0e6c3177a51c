using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>
/// One peer of a socket: shakes hands, then reads messages until it goes or breaks the rules.
/// </summary>
/// <remarks>
/// A connection has threads of its own instead of tasks: a cell may hold every thread of the pool, and heartbeat and
/// interrupt have to pass just then. A kernel has a dozen peers, so threads are cheap here.
/// </remarks>
internal sealed class ZmtpConnection : IDisposable
{
    private const int MostPingContextBytes = 16;

    // What a frame costs besides its bytes, so that empty ones are not free.
    private const int FrameCost = 64;

    private readonly Socket socket;
    private readonly ZmtpSocket owner;
    private readonly FrameReader reader;
    private readonly OutboundQueue outbound;
    private readonly long openedAt = Stopwatch.GetTimestamp();
    private readonly Lock receivedGate = new();
    private readonly ManualResetEventSlim received = new();
    private long receivedBytes;
    private int isClosed;

    public ZmtpConnection(Socket socket, ZmtpSocket owner)
    {
        this.socket = socket;
        this.owner = owner;
        reader = new FrameReader(socket, owner.Limits);
        outbound = new OutboundQueue(socket, owner.Limits.QueuedBytesPerPeer, _ => Dispose());
    }

    /// <summary>What the peer calls itself, or what we call it when it says nothing.</summary>
    public byte[] Identity { get; private set; } = [];

    public bool IsOpen => Volatile.Read(ref isClosed) == 0;

    /// <summary>Bytes that the peer has not read yet.</summary>
    public long UnreadBytes => outbound.Bytes;

    /// <summary>A publisher no longer waits for this one; see <see cref="PublisherSocket.WaitForReaders"/>.</summary>
    public bool IsStalled { get; set; }

    /// <summary>The topics that a subscriber named, with how often.</summary>
    public Dictionary<string, int> Topics { get; } = [];

    /// <summary>Puts a message into the peer's queue; closes the connection when the peer has left too much unread.</summary>
    public void Send(ReadOnlyMemory<byte>[] frames)
    {
        if (outbound.TryAdd(frames) || !IsOpen) return;
        owner.Log($"a client left {outbound.Bytes} bytes unread and is disconnected");
        Dispose();
    }

    /// <summary>Says that the kernel has dealt with a message of this peer.</summary>
    public void Release(long bytes)
    {
        lock (receivedGate)
        {
            receivedBytes -= bytes;
            received.Set();
        }
    }

    /// <summary>The thread of this connection.</summary>
    public void Run()
    {
        try
        {
            ShakeHands();
            owner.Opened(this);
            // Closed by another thread just before it was known by its name.
            if (!IsOpen) owner.Closed(this);
            ReadMessages();
        }
        catch (ZmtpException wrong)
        {
            owner.Log($"a connection is closed: {wrong.Message}");
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The peer is gone, or we closed the connection ourselves: either way there is nobody to talk to.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isClosed, 1) != 0) return;
        outbound.Close();
        socket.Dispose();
        lock (receivedGate) received.Set();
        owner.Closed(this);
    }

    private void ShakeHands()
    {
        try
        {
            LimitHandshake();
            socket.Send(ZmtpHandshake.Greeting);
            Span<byte> greeting = stackalloc byte[ZmtpHandshake.GreetingBytes];
            // Byte by byte at first: what is no greeting is known before all of it has come.
            for (int index = 0; index < greeting.Length; index++)
            {
                LimitHandshake();
                reader.ReadExactly(greeting.Slice(index, 1));
                if (index == 0 && greeting[0] != 0xFF) ZmtpHandshake.CheckGreeting(greeting);
            }
            ZmtpHandshake.CheckGreeting(greeting);
            socket.Send(ZmtpHandshake.Ready(owner.Type.Name));
            LimitHandshake();
            if (reader.Read() is not { IsCommand: true } ready) throw new ZmtpException("its first frame is not the command READY");
            (string socketType, byte[] identity) = ZmtpHandshake.ParseReady(ready.Body.Span);
            if (!owner.Type.Peers.Contains(socketType))
            {
                socket.Send(ZmtpHandshake.Error("Invalid socket type"));
                throw new ZmtpException($"a {(socketType.Length == 0 ? "nameless" : Printable(socketType))} socket cannot talk to a {owner.Type.Name} socket");
            }
            Identity = identity.Length > 0 ? identity : owner.NextIdentity();
            socket.ReceiveTimeout = 0;
        }
        catch (SocketException late) when (late.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new ZmtpException($"no handshake within {owner.Limits.Handshake.TotalSeconds:0.#} s");
        }
    }

    /// <summary>What is left of the handshake's time limits the next read.</summary>
    private void LimitHandshake()
    {
        TimeSpan left = owner.Limits.Handshake - Stopwatch.GetElapsedTime(openedAt);
        if (left <= TimeSpan.Zero) throw new SocketException((int)SocketError.TimedOut);
        socket.ReceiveTimeout = Math.Max(1, (int)left.TotalMilliseconds);
    }

    private void ReadMessages()
    {
        List<ReadOnlyMemory<byte>> frames = [];
        long bytes = 0;
        while (reader.Read() is { } frame)
        {
            if (frame.IsCommand)
            {
                Obey(frame.Body);
                continue;
            }
            bytes += frame.Body.Length + FrameCost;
            if (frames.Count == owner.Limits.PartsPerMessage)
                throw new ZmtpException($"a message of more than {owner.Limits.PartsPerMessage} parts");
            if (bytes > owner.Limits.MessageBytes)
                throw new ZmtpException($"a message of more than {owner.Limits.MessageBytes} bytes");
            frames.Add(frame.Body);
            if (frame.More) continue;
            WaitForRoom(bytes);
            owner.Received(this, [.. frames], bytes);
            frames.Clear();
            bytes = 0;
        }
        if (frames.Count > 0) throw new ZmtpException("it ended in the middle of a message");
    }

    private void Obey(ReadOnlyMemory<byte> command)
    {
        ReadOnlySpan<byte> body = command.Span;
        if (body.Length == 0 || body[0] > body.Length - 1) throw new ZmtpException("a command is cut short");
        string name = Encoding.ASCII.GetString(body.Slice(1, body[0]));
        ReadOnlyMemory<byte> content = command[(1 + body[0])..];
        if (name != "PING")
        {
            owner.Commanded(this, name, content.Span);
            return;
        }
        // Two bytes of time to live, then what the answer repeats (ZMTP 3.1).
        if (content.Length is < 2 or > 2 + MostPingContextBytes) throw new ZmtpException("a PING has the wrong length");
        byte[] pong = [4, .. "PONG"u8, .. content.Span[2..]];
        if (!outbound.TryAdd([pong], isCommand: true)) throw new ZmtpException("it pings and does not read");
    }

    /// <summary>Holds this peer back while the kernel has much of it to deal with.</summary>
    private void WaitForRoom(long bytes)
    {
        while (true)
        {
            lock (receivedGate)
            {
                if (receivedBytes == 0 || receivedBytes + bytes <= owner.Limits.ReceivedBytesPerPeer)
                {
                    receivedBytes += bytes;
                    return;
                }
                if (!IsOpen) throw new ObjectDisposedException(nameof(ZmtpConnection));
                received.Reset();
            }
            received.Wait();
        }
    }

    private static string Printable(string text) => string.Concat(text.Take(20).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '?'));
}
