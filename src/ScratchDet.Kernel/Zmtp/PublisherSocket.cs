using System.Diagnostics;
using System.Net;
using System.Text;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>
/// Sends every message to the peers that subscribed to the beginning of its first frame. Never waits for a peer: one that
/// does not read is disconnected when more than <see cref="ZmtpLimits.QueuedBytesPerPeer"/> waits for it.
/// </summary>
public sealed class PublisherSocket : ZmtpSocket
{
    private const int MostSubscriptionBytes = 64 << 10;
    private readonly Func<string, ReadOnlyMemory<byte>[]?> welcome;

    /// <param name="welcome">Given a topic, what the one who has just subscribed to it gets first, or null for nothing.</param>
    public PublisherSocket(IPAddress address, int port, ZmtpLimits limits, Action<string> log, Func<string, ReadOnlyMemory<byte>[]?> welcome)
        : base(ZmtpSocketType.Publisher, address, port, Narrowed(limits), log)
    {
        this.welcome = welcome;
        Start();
    }

    public void Publish(ReadOnlyMemory<byte>[] frames)
    {
        ReadOnlySpan<byte> topic = frames[0].Span;
        Span<char> text = topic.Length <= 256 ? stackalloc char[topic.Length] : new char[topic.Length];
        Encoding.Latin1.GetChars(topic, text);
        foreach (ZmtpConnection connection in Connections)
            if (Matches(connection, text)) connection.Send(frames);
    }

    /// <summary>
    /// Waits until no peer has more than <paramref name="bytes"/> unread. One that stays above that for all of
    /// <paramref name="patience"/> is not waited for again before it has read everything.
    /// </summary>
    public void WaitForReaders(long bytes, TimeSpan patience)
    {
        foreach (ZmtpConnection connection in Connections)
        {
            if (connection.IsStalled && connection.UnreadBytes == 0) connection.IsStalled = false;
            if (connection.IsStalled) continue;
            long begin = Stopwatch.GetTimestamp();
            while (connection.IsOpen && connection.UnreadBytes > bytes && !connection.IsStalled)
            {
                Thread.Sleep(1);
                connection.IsStalled = Stopwatch.GetElapsedTime(begin) > patience;
            }
        }
    }

    /// <summary>A frame 0x01 or 0x00 and the topic: subscribe, unsubscribe (ZMTP 3.0).</summary>
    internal override void Received(ZmtpConnection connection, ReadOnlyMemory<byte>[] frames, long bytes)
    {
        connection.Release(bytes);
        ReadOnlySpan<byte> frame = frames[0].Span;
        if (frames.Length == 1 && frame is [0 or 1, ..]) Subscribe(connection, frame[1..], frame[0] == 1);
    }

    /// <summary>The same as commands (ZMTP 3.1).</summary>
    internal override void Commanded(ZmtpConnection connection, string name, ReadOnlySpan<byte> content)
    {
        if (name is "SUBSCRIBE" or "CANCEL") Subscribe(connection, content, name == "SUBSCRIBE");
    }

    private void Subscribe(ZmtpConnection connection, ReadOnlySpan<byte> topicBytes, bool isAdded)
    {
        string topic = Encoding.Latin1.GetString(topicBytes);
        // Before the topic counts, so that it comes before everything else on it.
        if (isAdded && welcome(topic) is { } message) connection.Send(message);
        lock (connection.Topics)
        {
            int count = connection.Topics.GetValueOrDefault(topic) + (isAdded ? 1 : -1);
            if (count <= 0) connection.Topics.Remove(topic);
            else connection.Topics[topic] = count;
            if (connection.Topics.Count > Limits.SubscriptionsPerPeer)
                throw new ZmtpException($"it subscribes to more than {Limits.SubscriptionsPerPeer} topics");
        }
    }

    private static bool Matches(ZmtpConnection connection, ReadOnlySpan<char> topic)
    {
        lock (connection.Topics)
        {
            foreach (string subscribed in connection.Topics.Keys)
                if (topic.StartsWith(subscribed, StringComparison.Ordinal)) return true;
        }
        return false;
    }

    /// <summary>Subscribers have nothing long to say.</summary>
    private static ZmtpLimits Narrowed(ZmtpLimits limits) => limits with
    {
        FrameBytes = Math.Min(limits.FrameBytes, MostSubscriptionBytes),
        MessageBytes = Math.Min(limits.MessageBytes, MostSubscriptionBytes),
    };
}
