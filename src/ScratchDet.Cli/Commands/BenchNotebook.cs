using System.Diagnostics;
using System.Text.Json;

namespace ScratchDet.Cli.Commands;

/// <summary>
/// `bench notebook`: the kernel as Jupyter sees it, driven by jupyter_client: start, latency, throughput, memory. The peer
/// is ipykernel with Python code that does the same.
/// </summary>
internal static class BenchNotebook
{
    private const string Script = "src/ScratchDet.Cli/Commands/BenchNotebook.py";
    private const int Rounds = 3;
    private const int Executions = 200;
    private const int MemoryCells = 1000;

    public static BenchSuite Suite { get; } = new("notebook", "The Jupyter kernel: start to first result, empty cell, executions, memory; the peer is ipykernel", MeasureAsync);

    private static async Task<IReadOnlyList<BenchRow>> MeasureAsync(Terminal terminal, bool withPeer, CancellationToken stop)
    {
        string python = BenchPrograms.FindPython("import jupyter_client")
            ?? throw new InvalidOperationException("no python3 here has jupyter_client, which drives the kernel; run `apt-get install python3-jupyter-client python3-ipykernel`");
        string? peerVersion = withPeer ? ChildProcess.FirstLine(python, ["-c", "import ipykernel; print(ipykernel.__version__)"], BenchPrograms.LookPatience) : null;
        if (withPeer && peerVersion is null) terminal.Note("ipykernel is not installed: its columns stay empty (`apt-get install python3-ipykernel`)");
        string folder = Directory.CreateTempSubdirectory("scratchdet-bench-").FullName;
        try
        {
            KernelCommand.InstallInto(folder, terminal);
            terminal.Note($"{Rounds} rounds of {Executions} empty cells and {Executions} executions, then {MemoryCells} cells ...");
            using JsonDocument samples = JsonDocument.Parse(await RunAsync(python, folder, peerVersion is not null, stop).ConfigureAwait(false));
            return Rows(samples.RootElement, peerVersion);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string python, string folder, bool withPeer, CancellationToken stop)
    {
        var start = new ProcessStartInfo(python,
            [Path.Combine(Repository.Root, Script), $"{Rounds}", $"{Executions}", $"{MemoryCells}", ScratchDet.Kernel.Jupyter.KernelSpec.Name, .. withPeer ? (string[])["python3"] : []])
        {
            WorkingDirectory = folder,
        };
        start.Environment["JUPYTER_DATA_DIR"] = folder;
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime");
        start.Environment["IPYTHONDIR"] = Path.Combine(folder, "ipython");
        return await BenchPrograms.OutputAsync(start, stop).ConfigureAwait(false);
    }

    private static List<BenchRow> Rows(JsonElement samples, string? peerVersion)
    {
        JsonElement ours = samples.GetProperty(ScratchDet.Kernel.Jupyter.KernelSpec.Name);
        JsonElement? peer = peerVersion is null ? null : samples.GetProperty("python3");
        string ourSettings = $".net-csharp, .NET {Environment.Version}";
        string peerSettings = $"ipykernel {peerVersion}";
        return
        [
            Times("kernel start to first result", "first_result_s"),
            Times("empty cell, request to reply (median of a round)", "empty_cell_s"),
            Times($"{Executions} executions, one after another", "executions_s"),
            BenchRow.OfBytes($"resident memory after {MemoryCells} cells", ours.GetProperty("memory_bytes").GetInt64(), peer?.GetProperty("memory_bytes").GetInt64(), ourSettings, peerSettings),
        ];

        BenchRow Times(string workload, string name) => BenchRow.OfTimes(workload, Numbers(ours, name), peer is { } element ? Numbers(element, name) : null, ourSettings, peerSettings);

        static double[] Numbers(JsonElement kernel, string name) => [.. kernel.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
    }
}
