using System.Diagnostics;
using ScratchDet.Kernel.Session;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Asks the client whose cell is running for a line.</summary>
internal sealed class StdinChannel(RouterSocket socket, MessageCodec codec, KernelLog log)
{
    // A client may connect this channel a little after the others.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();

    /// <summary>Waits for the answer, one question at a time.</summary>
    /// <exception cref="InputUnavailableException">The client is not there, or goes before it has answered.</exception>
    /// <exception cref="OperationCanceledException">The cell is interrupted.</exception>
    public string Ask(JupyterMessage request, string prompt, bool isPassword, CancellationToken stop)
    {
        lock (gate)
        {
            DropOldAnswers();
            ZmtpConnection asked = Send(request, prompt, isPassword, stop);
            while (true)
            {
                RoutedMessage? routed = Next(stop);
                stop.ThrowIfCancellationRequested();
                if (routed is null)
                {
                    if (!asked.IsOpen) throw new InputUnavailableException("The client went away without answering the question.");
                }
                else if (Answer(routed, request) is { } value)
                {
                    return value;
                }
            }
        }
    }

    private ZmtpConnection Send(JupyterMessage request, string prompt, bool isPassword, CancellationToken stop)
    {
        ReadOnlyMemory<byte>[] frames = codec.Encode(request.Prefix, "input_request", request.Header, writer =>
        {
            writer.WriteString("prompt", prompt);
            writer.WriteBoolean("password", isPassword);
        });
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (socket.Newest(request.Peer) is { } client)
            {
                client.Send(frames);
                return client;
            }
            if (Stopwatch.GetElapsedTime(begin) > ConnectPatience)
                throw new InputUnavailableException("The client that runs this cell has no input channel open, so that nobody can be asked.");
            stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
            stop.ThrowIfCancellationRequested();
        }
    }

    private RoutedMessage? Next(CancellationToken stop)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(stop);
        look.CancelAfter(LookInterval);
        return socket.Receive(look.Token);
    }

    /// <summary>Clients send the answer without naming the question, so it is known by who sends it.</summary>
    private string? Answer(RoutedMessage routed, JupyterMessage request)
    {
        try
        {
            JupyterMessage message = codec.Decode(routed);
            if (message.Type == "input_reply" && message.Peer.Span.SequenceEqual(request.Peer.Span)) return message.Text("value");
            log.Refuse($"stdin: a message {message.Type} that nobody waits for is dropped");
        }
        catch (Exception wrong) when (wrong is MessageRefusedException or RequestException)
        {
            log.Refuse($"stdin: {wrong.Message}");
        }
        return null;
    }

    private void DropOldAnswers()
    {
        while (socket.TryReceive() is not null)
            log.Refuse("stdin: an answer to an earlier question is dropped");
    }
}
