using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using ScratchDet.Kernel.Jupyter;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`kernel install` and `kernel start`: C# for Jupyter.</summary>
internal static class KernelCommand
{
    private const string MallocVariable = "GLIBC_TUNABLES";
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PythonPatience = TimeSpan.FromSeconds(20);

    public static Command Create(Terminal terminal) =>
        new ExampleCommand("kernel", "The Jupyter kernel .net-csharp: C# notebooks in Jupyter, JupyterLab and VS Code", "./scratchdet kernel install")
        {
            Install(terminal), Start(terminal),
        };

    private static ExampleCommand Install(Terminal terminal)
    {
        var user = new Option<bool>("--user") { Description = "For this user (the default)" };
        var prefix = new Option<string?>("--prefix") { Description = "Below DIR/share/jupyter, such as a virtual environment", HelpName = "DIR" };
        var systemPrefix = new Option<bool>("--sys-prefix") { Description = "Below the prefix of the python3 on PATH" };
        var command = new ExampleCommand(
            "install",
            "Tell Jupyter of the kernel; it runs this checkout's build",
            "./scratchdet kernel install",
            "./scratchdet kernel install --prefix .venv")
        {
            user, prefix, systemPrefix,
        };
        command.Does((parsed, _) =>
        {
            bool[] places = [parsed.GetValue(user), parsed.GetValue(prefix) is not null, parsed.GetValue(systemPrefix)];
            if (places.Count(isGiven => isGiven) > 1) throw new UsageException("give one of --user, --prefix and --sys-prefix");
            string dataFolder = parsed.GetValue(systemPrefix) ? KernelSpec.PrefixDataFolder(PythonPrefix())
                : parsed.GetValue(prefix) is { } folder ? KernelSpec.PrefixDataFolder(folder)
                : KernelSpec.UserDataFolder();
            string installed = InstallInto(dataFolder, terminal);
            terminal.Output.WriteLine($"the kernel {KernelSpec.Name} is in {installed}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Writes the kernelspec of this checkout below one of Jupyter's data folders.</summary>
    /// <returns>The kernelspec's folder.</returns>
    internal static string InstallInto(string dataFolder, Terminal terminal)
    {
        var plotly = PlotlyScript.Find();
        if (plotly.File is null) terminal.Note($"charts will show their still pictures only: {plotly.Reason}");
        return KernelSpec.Install(dataFolder, Arguments(), Variables(), plotly.File);
    }

    private static ExampleCommand Start(Terminal terminal)
    {
        var file = new Argument<string>("CONNECTION_FILE") { Description = "The file that Jupyter writes: ports and key" };
        var command = new ExampleCommand(
            "start",
            "Run the kernel in this folder until a client shuts it down; Jupyter calls this",
            "./scratchdet kernel start connection.json")
        {
            file,
        };
        command.Does((parsed, _) =>
        {
            var connection = ConnectionFile.Read(parsed.GetRequiredValue(file));
            // The session takes the console for its cells; lines about the kernel go to the terminal itself.
            using var log = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
            string folder = Environment.CurrentDirectory;
            Task<NotebookSession> session = Task.Run(() => new NotebookSession(folder));
            using var kernel = new JupyterKernel(connection, session, log);
            // Ctrl-C means the running cell, not the kernel; the tool's own token would end with it.
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                kernel.Interrupt();
            });
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                kernel.Stop();
            });
            kernel.Run();
            Exit();
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Ends the process though a cell may still run: its threads, or what it has left to do at the end, must not keep it.</summary>
    private static void Exit()
    {
        new Thread(() =>
        {
            Thread.Sleep(ExitPatience);
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "exit" }.Start();
        Environment.Exit(ExitCode.Done);
    }

    /// <summary>The build itself, not the entry script: that would look at every source file at each start.</summary>
    private static string[] Arguments() => [ChildProcess.DotnetProgram, ThisTool.File, "kernel", "start", "{connection_file}"];

    /// <summary>What the entry script sets for large tensors.</summary>
    private static Dictionary<string, string> Variables()
    {
        Dictionary<string, string> variables = [];
        if (Environment.GetEnvironmentVariable(MallocVariable) is { Length: > 0 } malloc) variables[MallocVariable] = malloc;
        return variables;
    }

    private static string PythonPrefix() =>
        ChildProcess.FirstLine("python3", ["-c", "import sys; print(sys.prefix)"], PythonPatience)
        ?? throw new UsageException("--sys-prefix: no python3 on PATH says what its prefix is; use --prefix");
}
