using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>
/// Takes the messages of the shell or of the control channel one after another: says that the kernel is busy, lets the
/// request be handled, answers, and says that it is idle.
/// </summary>
/// <param name="handlers">By message type. A handler returns null for a message without an answer.</param>
internal sealed class RequestChannel(string name, RouterSocket socket, MessageCodec codec, IopubChannel iopub, KernelLog log, IReadOnlyDictionary<string, Func<JupyterMessage, Reply?>> handlers)
{
    /// <summary>Runs until the socket is closed; the body of a thread.</summary>
    public void Run()
    {
        while (socket.Receive() is { } routed)
        {
            JupyterMessage message;
            try
            {
                message = codec.Decode(routed);
            }
            catch (MessageRefusedException refused)
            {
                log.Refuse($"{name}: {refused.Message}");
                continue;
            }
            Handle(message);
        }
    }

    private void Handle(JupyterMessage message)
    {
        iopub.PublishStatus("busy", message.Header);
        Reply? reply = null;
        try
        {
            reply = Answer(message);
            if (reply is not null && message.ReplyType is { } type)
                socket.Answer(message.Routed, codec.Encode(message.Prefix, type, message.Header, reply.Write));
        }
        catch (Exception failure)
        {
            // What an answer holds comes from cells, too: a fault there shall not end the kernel.
            log.Write($"{name}: the answer to {message.Type} could not be written: {failure}");
        }
        finally
        {
            iopub.PublishStatus("idle", message.Header);
        }
        reply?.Afterwards?.Invoke();
    }

    private Reply? Answer(JupyterMessage message)
    {
        if (!handlers.TryGetValue(message.Type, out Func<JupyterMessage, Reply?>? handle))
        {
            log.Refuse($"{name}: a message of the unknown type {message.Type} is not answered");
            return null;
        }
        try
        {
            return handle(message);
        }
        catch (RequestException wrong)
        {
            return Reply.Failed("RequestError", wrong.Message);
        }
        catch (Exception failure)
        {
            log.Write($"{name}: {message.Type} failed: {failure}");
            return Reply.Failed(failure.GetType().FullName ?? failure.GetType().Name, failure.Message);
        }
    }
}
