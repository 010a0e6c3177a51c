namespace ScratchDet.Kernel.Zmtp;

/// <summary>What a socket takes from its peers before it closes the connection. No peer can make it hold more memory than these say.</summary>
public sealed record ZmtpLimits
{
    /// <summary>One frame, in bytes.</summary>
    public long FrameBytes { get; init; } = 256L << 20;

    /// <summary>All frames of one message together, in bytes.</summary>
    public long MessageBytes { get; init; } = 256L << 20;

    public int PartsPerMessage { get; init; } = 1024;

    /// <summary>From the connection to the end of the handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    public int Connections { get; init; } = 128;

    /// <summary>
    /// Bytes that wait for one peer to read them. A peer with more is disconnected: it can connect again, and nobody
    /// else waits for it. One message alone may be larger.
    /// </summary>
    public long QueuedBytesPerPeer { get; init; } = 128L << 20;

    /// <summary>Bytes of one peer that wait for the kernel. Its connection is not read meanwhile, so that TCP holds it back.</summary>
    public long ReceivedBytesPerPeer { get; init; } = 64L << 20;

    /// <summary>Topics that one subscriber may name.</summary>
    public int SubscriptionsPerPeer { get; init; } = 256;
}
