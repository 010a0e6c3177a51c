using System.Text;
using System.Text.Json;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Tells every client what the kernel does: its state, and what cells show. May be used from any thread.</summary>
internal sealed class IopubChannel : IDisposable
{
    // A client that reads, however slowly, is waited for before this many bytes are ahead of it ...
    private const long UnreadBytes = 32L << 20;

    // ... unless it stands still for so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MessageCodec codec;
    private readonly PublisherSocket socket;

    /// <exception cref="IOException">The port is taken.</exception>
    public IopubChannel(ConnectionFile connection, ZmtpLimits limits, MessageCodec codec, KernelLog log)
    {
        this.codec = codec;
        // The answer to a subscription tells a client that from here on it misses nothing (Jupyter enhancement proposal 65).
        socket = new PublisherSocket(connection.Address, connection.IopubPort, limits, log.Refuse, topic =>
            Encode("iopub_welcome", default, writer => writer.WriteString("subscription", topic), 256));
    }

    public void Publish(string type, ReadOnlyMemory<byte> parentHeader, Action<Utf8JsonWriter> content, int contentBytes = 256) =>
        socket.Publish(Encode(type, parentHeader, content, contentBytes));

    public void PublishStatus(string state, ReadOnlyMemory<byte> parentHeader) =>
        Publish("status", parentHeader, writer => writer.WriteString("execution_state", state));

    /// <summary>Lets the clients catch up when much has been published; a client that stands still is not waited for long.</summary>
    public void WaitForReaders() => socket.WaitForReaders(UnreadBytes, Patience);

    public void Drain(TimeSpan patience) => socket.Drain(patience);

    public void Dispose() => socket.Dispose();

    private ReadOnlyMemory<byte>[] Encode(string type, ReadOnlyMemory<byte> parentHeader, Action<Utf8JsonWriter> content, int contentBytes) =>
        codec.Encode([Encoding.ASCII.GetBytes($"kernel.{codec.Session}.{type}")], type, parentHeader, content, contentBytes);
}
