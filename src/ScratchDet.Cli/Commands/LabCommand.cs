using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ScratchDet.Kernel.Jupyter;

namespace ScratchDet.Cli.Commands;

/// <summary>`lab`: Jupyter on notebooks/, on this machine only, with the kernel at hand.</summary>
internal static class LabCommand
{
    private const int UsualPort = 8888;
    private const int TokenBytes = 24;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static Command Create(Terminal terminal)
    {
        var port = new Option<int?>("--port") { Description = $"Port on 127.0.0.1 (default: {UsualPort}, or a free one when it is taken)", HelpName = "P" };
        port.AcceptOnlyFrom(1, 65535);
        var folder = new Option<string?>("--notebooks") { Description = "Folder to open (default: notebooks/ of this checkout)", HelpName = "DIR" };
        var command = new ExampleCommand("lab", "Start Jupyter on notebooks/ with the C# kernel, for this machine only, and print its address; Ctrl-C ends it",
            "./scratchdet lab", "./scratchdet lab --port 9000")
        {
            port, folder,
        };
        command.Does(async (parsed, stop) =>
        {
            string notebooks = Path.GetFullPath(parsed.GetValue(folder) ?? Path.Combine(Repository.Root, "notebooks"));
            if (!Directory.Exists(notebooks)) throw new UsageException($"--notebooks {notebooks}: there is no such folder");
            (string program, bool isLab) = FindJupyter();
            int chosen = ChoosePort(parsed.GetValue(port));
            // Beside the build and not in the user's own folder: `lab` leaves nothing behind that outlives the checkout.
            string shared = KernelSpec.PrefixDataFolder(Path.Combine(Repository.Root, ".build", "jupyter"));
            KernelCommand.InstallInto(shared, terminal);
            string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

            using var server = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task<int> jupyter = ChildProcess.RunAsync(program, Arguments(isLab, notebooks, chosen), notebooks, server.Token, Variables(shared, token));
            string address = $"http://127.0.0.1:{chosen}/{(isLab ? "lab" : "tree")}?token={token}";
            try
            {
                if (await AnswersAsync(chosen, jupyter, stop).ConfigureAwait(false))
                {
                    terminal.Output.WriteLine($"Jupyter: {address}");
                    await terminal.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                }
                else if (!jupyter.IsCompleted)
                {
                    terminal.Note($"error: Jupyter did not answer on port {chosen} within {StartPatience.TotalSeconds:0} s; its own lines are above");
                    return ExitCode.Failed;
                }
                return await jupyter.ConfigureAwait(false) == 0 ? ExitCode.Done : ExitCode.Failed;
            }
            finally
            {
                // Whatever ends this command ends Jupyter, and is not the first to be gone.
                await server.CancelAsync().ConfigureAwait(false);
                await ((Task)jupyter).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        return command;
    }

    private static (string Program, bool IsLab) FindJupyter()
    {
        if (ChildProcess.FindOnPath("jupyter-lab") is { } lab) return (lab, true);
        if (ChildProcess.FindOnPath("jupyter-notebook") is { } notebook) return (notebook, false);
        throw new InvalidOperationException("there is no jupyter-notebook or jupyter-lab on PATH; run `apt-get install jupyter-notebook` or `pip install notebook`");
    }

    private static string[] Arguments(bool isLab, string notebooks, int port)
    {
        // The two generations of the server have different names for one setting.
        string application = isLab ? "ServerApp" : "NotebookApp";
        return
        [
            "--no-browser", "--ip=127.0.0.1", $"--port={port}", $"--{application}.port_retries=0", $"--{application}.open_browser=False",
            .. isLab ? [$"--ServerApp.root_dir={notebooks}"] : (string[])[$"--notebook-dir={notebooks}"],
            // Jupyter refuses to run as root unless told; in containers there is no other user.
            .. Environment.IsPrivilegedProcess ? ["--allow-root"] : (string[])[],
        ];
    }

    private static Dictionary<string, string> Variables(string shared, string token)
    {
        string? path = Environment.GetEnvironmentVariable("JUPYTER_PATH");
        return new Dictionary<string, string>
        {
            ["JUPYTER_PATH"] = string.IsNullOrEmpty(path) ? shared : shared + Path.PathSeparator + path,
            ["JUPYTER_TOKEN"] = token, // not as an argument, which every user of the machine could read
        };
    }

    private static int ChoosePort(int? wanted)
    {
        if (IsFree(wanted ?? UsualPort)) return wanted ?? UsualPort;
        if (wanted is not null) throw new UsageException($"--port {wanted}: something else listens there");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether the server took a connection before it ended or the patience did.</summary>
    private static async Task<bool> AnswersAsync(int port, Task server, CancellationToken stop)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!server.IsCompleted && TimeProvider.System.GetElapsedTime(began) < StartPatience)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, stop).ConfigureAwait(false);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(Poll, stop).ConfigureAwait(false);
            }
        }
        return false;
    }
}
