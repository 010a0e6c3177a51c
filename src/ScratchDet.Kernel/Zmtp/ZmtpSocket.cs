using System.Net;
using System.Net.Sockets;

namespace ScratchDet.Kernel.Zmtp;

/// <summary>
/// A socket of ZeroMQ that waits for connections on one TCP port of this machine, in managed code: ZMTP 3.0 with the
/// NULL mechanism (https://rfc.zeromq.org/spec/23/). It has no protection but the loopback interface, so it binds to
/// nothing else.
/// </summary>
public abstract class ZmtpSocket : IDisposable
{
    private const int StackBytes = 256 << 10;
    private readonly Socket listener;
    private readonly Action<string> log;
    private readonly Lock gate = new();
    private volatile ZmtpConnection[] connections = [];
    private bool isDisposed;
    private uint lastIdentity;

    /// <param name="address">127.0.0.1 or ::1.</param>
    /// <param name="port">0 takes a free one; see <see cref="Port"/>.</param>
    /// <param name="log">Takes one line about a peer that was refused. May be called from any thread.</param>
    /// <exception cref="ArgumentException">The address is not of this machine's loopback.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    private protected ZmtpSocket(ZmtpSocketType type, IPAddress address, int port, ZmtpLimits limits, Action<string> log)
    {
        if (!IPAddress.IsLoopback(address))
            throw new ArgumentException($"{address} can be reached from other machines; only the loopback addresses 127.0.0.1 and ::1 are served", nameof(address));
        (Type, Limits, this.log) = (type, limits, log);
        listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen();
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            throw new IOException($"port {port} of {address} cannot be bound: {failure.Message}", failure);
        }
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    internal ZmtpSocketType Type { get; }

    internal ZmtpLimits Limits { get; }

    /// <summary>Waits until every peer has read what was sent to it, or the time is over.</summary>
    public void Drain(TimeSpan patience)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (Connections.Any(connection => connection.UnreadBytes > 0) && Environment.TickCount64 < end)
            Thread.Sleep(1);
    }

    public virtual void Dispose()
    {
        lock (gate)
        {
            if (isDisposed) return;
            isDisposed = true;
        }
        listener.Dispose();
        foreach (ZmtpConnection connection in Connections) connection.Dispose();
        GC.SuppressFinalize(this);
    }

    internal void Log(string line) => log($"{Type.Name} socket: {line}");

    /// <summary>A name for a peer without one: a zero, so that no peer can claim it, and a number.</summary>
    internal byte[] NextIdentity() => [0, .. BitConverter.GetBytes(Interlocked.Increment(ref lastIdentity))];

    internal virtual void Opened(ZmtpConnection connection)
    {
    }

    /// <summary>A whole message came. Called on the thread of its connection.</summary>
    internal abstract void Received(ZmtpConnection connection, ReadOnlyMemory<byte>[] frames, long bytes);

    /// <summary>A command other than PING came. What this socket does not know it ignores, as the protocol asks.</summary>
    internal virtual void Commanded(ZmtpConnection connection, string name, ReadOnlySpan<byte> content)
    {
    }

    internal virtual void Closed(ZmtpConnection connection)
    {
        lock (gate) connections = Array.FindAll(connections, other => other != connection);
    }

    /// <summary>Begins to take connections; the last line of a constructor.</summary>
    private protected void Start() =>
        new Thread(Accept, StackBytes) { IsBackground = true, Name = $"zmtp accept {Type.Name}" }.Start();

    /// <summary>The connections of this moment; the array is never changed.</summary>
    private protected ZmtpConnection[] Connections => connections;

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = listener.Accept();
                socket.NoDelay = true;
            }
            catch (Exception) when (isDisposed)
            {
                return;
            }
            catch (SocketException failure)
            {
                // Out of descriptors, or a peer that was gone before it was taken: both pass.
                Log($"a connection could not be taken: {failure.Message}");
                Thread.Sleep(50);
                continue;
            }
            Take(socket);
        }
    }

    private void Take(Socket socket)
    {
        var connection = new ZmtpConnection(socket, this);
        bool isTaken;
        lock (gate)
        {
            isTaken = !isDisposed && connections.Length < Limits.Connections;
            if (isTaken) connections = [.. connections, connection];
        }
        if (!isTaken)
        {
            Log($"a connection is refused: there are {Limits.Connections} already");
            connection.Dispose();
            return;
        }
        new Thread(connection.Run, StackBytes) { IsBackground = true, Name = $"zmtp read {Type.Name}" }.Start();
    }
}
