using System.Buffers.Binary;
using System.Net.Sockets;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>
/// What waits to be written to one peer. A thread of its own writes it, so that a peer that does not read holds up nobody;
/// small frames that wait together leave in one packet.
/// </summary>
internal sealed class OutboundQueue(Socket socket, long mostBytes, Action<Exception> failed)
{
    private const int BufferBytes = 64 << 10;
    private const int CopiedBytes = 16 << 10;
    private const int LongestHeader = 9;
    private const int FrameCost = 64;
    private const int StackBytes = 256 << 10;

    private readonly Queue<Message> waiting = [];
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim arrived = new();
    private Thread? writer;
    private long bytes;
    private bool isClosed;

    /// <summary>Bytes that are not written yet.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Puts a message behind the others, without waiting.</summary>
    /// <returns>False when too much waits already; the message is not taken.</returns>
    public bool TryAdd(ReadOnlyMemory<byte>[] frames, bool isCommand = false)
    {
        long size = 0;
        foreach (ReadOnlyMemory<byte> frame in frames) size += frame.Length + FrameCost;
        lock (gate)
        {
            if (isClosed) return true; // nobody is there to read it
            if (bytes > 0 && bytes + size > mostBytes) return false;
            waiting.Enqueue(new Message(frames, isCommand, size));
            Interlocked.Add(ref bytes, size);
            if (writer is null)
            {
                writer = new Thread(Write, StackBytes) { IsBackground = true, Name = "zmtp write" };
                writer.Start();
            }
            arrived.Set();
            return true;
        }
    }

    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            waiting.Clear();
            arrived.Set();
        }
    }

    private void Write()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        int used = 0;
        try
        {
            while (Take() is { } message)
            {
                for (int index = 0; index < message.Frames.Length; index++)
                {
                    ReadOnlySpan<byte> body = message.Frames[index].Span;
                    if (used + LongestHeader > BufferBytes) Flush(buffer, ref used);
                    used += WriteHeader(buffer.AsSpan(used), body.Length, index + 1 < message.Frames.Length, message.IsCommand);
                    if (body.Length > BufferBytes - used) Flush(buffer, ref used);
                    if (body.Length > CopiedBytes)
                    {
                        Flush(buffer, ref used);
                        Send(body);
                    }
                    else
                    {
                        body.CopyTo(buffer.AsSpan(used));
                        used += body.Length;
                    }
                }
                if (IsLast()) Flush(buffer, ref used);
                Interlocked.Add(ref bytes, -message.Bytes);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            failed(failure);
        }
    }

    private Message? Take()
    {
        while (true)
        {
            lock (gate)
            {
                if (isClosed) return null;
                if (waiting.TryDequeue(out Message message)) return message;
                arrived.Reset();
            }
            arrived.Wait();
        }
    }

    private bool IsLast()
    {
        lock (gate) return waiting.Count == 0;
    }

    private static int WriteHeader(Span<byte> target, int length, bool more, bool isCommand)
    {
        int flags = (more ? 1 : 0) | (isCommand ? 4 : 0);
        if (length <= byte.MaxValue)
        {
            (target[0], target[1]) = ((byte)flags, (byte)length);
            return 2;
        }
        target[0] = (byte)(flags | 2);
        BinaryPrimitives.WriteInt64BigEndian(target[1..], length);
        return LongestHeader;
    }

    private void Flush(byte[] buffer, ref int used)
    {
        Send(buffer.AsSpan(0, used));
        used = 0;
    }

    private void Send(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0) data = data[socket.Send(data)..];
    }

    private readonly record struct Message(ReadOnlyMemory<byte>[] Frames, bool IsCommand, long Bytes);
}
