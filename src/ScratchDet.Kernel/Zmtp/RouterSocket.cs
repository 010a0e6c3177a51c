using System.Net;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>Takes messages of any number of peers, each with the peer's identity, and answers them.</summary>
public sealed class RouterSocket : ZmtpSocket
{
    // Clients of one Jupyter session have one name, so a name may have several connections; the newest stands last.
    private readonly Dictionary<string, List<ZmtpConnection>> peers = [];
    private readonly Queue<Arrival> arrivals = [];
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim arrived = new();
    private long lastNumber;
    private bool isClosed;

    public RouterSocket(IPAddress address, int port, ZmtpLimits limits, Action<string> log)
        : base(ZmtpSocketType.Router, address, port, limits, log) => Start();

    /// <summary>The number of the newest message that has come, counted from 1.</summary>
    public long LastNumber
    {
        get
        {
            lock (gate) return lastNumber;
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>Null when the socket is closed, or <paramref name="stop"/> asks to give up.</returns>
    public RoutedMessage? Receive(CancellationToken stop = default)
    {
        while (true)
        {
            lock (gate)
            {
                if (isClosed || stop.IsCancellationRequested) return null;
                if (TryReceive() is { } message) return message;
                arrived.Reset();
            }
            try
            {
                arrived.Wait(stop);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>The next message if one is there.</summary>
    public RoutedMessage? TryReceive()
    {
        lock (gate)
        {
            if (!arrivals.TryDequeue(out Arrival next)) return null;
            next.Connection.Release(next.Bytes);
            return next.Message;
        }
    }

    /// <summary>Sends an answer to the connection that a message came by; to the newest one of that name when it is closed.</summary>
    /// <returns>False when no peer of this name is connected.</returns>
    public bool Answer(RoutedMessage message, ReadOnlyMemory<byte>[] frames)
    {
        ZmtpConnection? target = message.Source is { IsOpen: true } source ? source : Newest(message.Identity);
        target?.Send(frames);
        return target is not null;
    }

    /// <summary>The newest connection of a peer, or null when none of this name is there.</summary>
    internal ZmtpConnection? Newest(ReadOnlyMemory<byte> identity)
    {
        lock (gate) return peers.TryGetValue(KeyOf(identity.Span), out List<ZmtpConnection>? named) ? named[^1] : null;
    }

    public override void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            arrived.Set();
        }
        base.Dispose();
    }

    internal override void Opened(ZmtpConnection connection)
    {
        lock (gate)
        {
            string key = KeyOf(connection.Identity);
            if (peers.TryGetValue(key, out List<ZmtpConnection>? named)) named.Add(connection);
            else peers[key] = [connection];
        }
    }

    internal override void Received(ZmtpConnection connection, ReadOnlyMemory<byte>[] frames, long bytes)
    {
        lock (gate)
        {
            arrivals.Enqueue(new Arrival(new RoutedMessage(connection.Identity, frames, ++lastNumber) { Source = connection }, connection, bytes));
            arrived.Set();
        }
    }

    internal override void Closed(ZmtpConnection connection)
    {
        lock (gate)
        {
            string key = KeyOf(connection.Identity);
            if (peers.TryGetValue(key, out List<ZmtpConnection>? named) && named.Remove(connection) && named.Count == 0) peers.Remove(key);
        }
        base.Closed(connection);
    }

    private static string KeyOf(ReadOnlySpan<byte> identity) => System.Text.Encoding.Latin1.GetString(identity);

    private readonly record struct Arrival(RoutedMessage Message, ZmtpConnection Connection, long Bytes);
}

/// <param name="Identity">Of the peer that sent it; the answer goes there.</param>
/// <param name="Number">Its place among all messages of the socket, from 1.</param>
public sealed record RoutedMessage(ReadOnlyMemory<byte> Identity, ReadOnlyMemory<byte>[] Frames, long Number)
{
    internal ZmtpConnection? Source { get; init; }
}
