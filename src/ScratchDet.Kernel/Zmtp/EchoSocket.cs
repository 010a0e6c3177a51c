using System.Net;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>Sends back what it gets: the heartbeat of a kernel.</summary>
public sealed class EchoSocket : ZmtpSocket
{
    private const int MostBytes = 64 << 10;

    public EchoSocket(IPAddress address, int port, ZmtpLimits limits, Action<string> log)
        : base(ZmtpSocketType.Echo, address, port, limits with { FrameBytes = MostBytes, MessageBytes = MostBytes, QueuedBytesPerPeer = 16 * MostBytes }, log) => Start();

    internal override void Received(ZmtpConnection connection, ReadOnlyMemory<byte>[] frames, long bytes)
    {
        connection.Send(frames);
        connection.Release(bytes);
    }
}
