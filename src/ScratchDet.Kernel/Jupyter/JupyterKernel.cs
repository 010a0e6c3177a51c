using System.Globalization;
using ScratchDet.Kernel.Session;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>
/// A kernel of Jupyter (messaging protocol 5.3): its five sockets, and a notebook session behind them. The shell channel
/// runs cells in order; the control channel has a thread of its own, so that a running cell can be interrupted.
/// </summary>
public sealed class JupyterKernel : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly KernelLog log;
    private readonly MessageCodec codec;
    private readonly IopubChannel iopub;
    private readonly RouterSocket shell;
    private readonly RouterSocket control;
    private readonly RouterSocket stdin;
    private readonly ExecuteHandler executor;
    private readonly RequestChannel shellRequests;
    private readonly RequestChannel controlRequests;
    private readonly CancellationTokenSource stopped = new();
    private readonly List<IDisposable> bound = [];

    /// <summary>Binds the sockets; <see cref="Run"/> answers.</summary>
    /// <param name="session">May still be on its way: what needs no session is answered meanwhile.</param>
    /// <param name="log">Takes lines about refused messages and failures; not the console, which the session takes for its cells.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, Task<NotebookSession> session, TextWriter log, ZmtpLimits? limits = null)
    {
        limits ??= new ZmtpLimits();
        this.log = new KernelLog(log);
        codec = new MessageCodec(connection.Key, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), TimeProvider.System);
        try
        {
            iopub = Bind(new IopubChannel(connection, limits, codec, this.log));
            shell = Bind(new RouterSocket(connection.Address, connection.ShellPort, limits, this.log.Refuse));
            control = Bind(new RouterSocket(connection.Address, connection.ControlPort, limits, this.log.Refuse));
            stdin = Bind(new RouterSocket(connection.Address, connection.StdinPort, limits, this.log.Refuse));
            Bind(new EchoSocket(connection.Address, connection.HeartbeatPort, limits, this.log.Refuse));
        }
        catch
        {
            Dispose();
            throw;
        }

        var history = new HistoryLog();
        var kernel = new KernelHandlers(connection, iopub, history);
        var code = new CodeHandlers(session);
        executor = new ExecuteHandler(session, iopub, new StdinChannel(stdin, codec, this.log), history, this.log, () => shell.LastNumber);
        // What needs no cell to end may be asked on either channel.
        var onBoth = new Dictionary<string, Func<JupyterMessage, Reply?>>
        {
            ["kernel_info_request"] = kernel.KernelInfo,
            ["connect_request"] = kernel.Connect,
            ["history_request"] = kernel.History,
            ["comm_info_request"] = kernel.CommInfo,
            ["complete_request"] = code.Complete,
            ["inspect_request"] = code.Inspect,
            ["is_complete_request"] = code.IsComplete,
            ["interrupt_request"] = InterruptRequested,
            ["shutdown_request"] = ShutdownRequested,
        };
        controlRequests = new RequestChannel("control", control, codec, iopub, this.log, onBoth);
        shellRequests = new RequestChannel("shell", shell, codec, iopub, this.log, new Dictionary<string, Func<JupyterMessage, Reply?>>(onBoth)
        {
            ["execute_request"] = executor.Execute,
            ["comm_open"] = kernel.CommOpen,
            ["comm_msg"] = kernel.Ignore,
            ["comm_close"] = kernel.Ignore,
        });
    }

    /// <summary>Answers until a client, <see cref="Stop"/> or the end of Jupyter shuts the kernel down. Returns also while a cell runs.</summary>
    public void Run()
    {
        iopub.PublishStatus("starting", default);
        new Thread(shellRequests.Run) { IsBackground = true, Name = "shell" }.Start();
        new Thread(controlRequests.Run) { IsBackground = true, Name = "control" }.Start();
        ParentWatch.Start(() =>
        {
            log.Write("Jupyter has ended; the kernel ends, too");
            Stop();
        }, stopped.Token);
        stopped.Token.WaitHandle.WaitOne();
        foreach (ZmtpSocket socket in new ZmtpSocket[] { shell, control }) socket.Drain(Farewell);
        iopub.Drain(Farewell);
    }

    /// <summary>Asks the running cell to stop. May be called from any thread, so from a signal's.</summary>
    public void Interrupt() => executor.Interrupt();

    /// <summary>Lets <see cref="Run"/> return. May be called from any thread.</summary>
    public void Stop() => stopped.Cancel();

    public void Dispose()
    {
        foreach (IDisposable socket in bound) socket.Dispose();
    }

    private T Bind<T>(T socket)
        where T : IDisposable
    {
        bound.Add(socket);
        return socket;
    }

    private Reply InterruptRequested(JupyterMessage request)
    {
        Interrupt();
        return Reply.Ok();
    }

    private Reply ShutdownRequested(JupyterMessage request)
    {
        bool restart = request.Flag("restart", false);
        // Other clients of this kernel learn it this way.
        iopub.Publish("shutdown_reply", request.Header, writer =>
        {
            writer.WriteString("status", "ok");
            writer.WriteBoolean("restart", restart);
        });
        return Reply.Ok(writer => writer.WriteBoolean("restart", restart)) with { Afterwards = Stop };
    }
}
