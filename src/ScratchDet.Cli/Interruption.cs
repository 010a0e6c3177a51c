using System.Runtime.InteropServices;

namespace ScratchDet.Cli;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancelled token, so that a command can put its work away. The second signal ends the
/// process at once.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    public Interruption()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Stop => source.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        // Never back to false: a command may have taken the signal for itself.
        signal.Cancel |= !source.IsCancellationRequested;
        source.Cancel();
    }
}
