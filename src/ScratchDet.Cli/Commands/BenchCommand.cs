using System.CommandLine;
using System.Globalization;
using ScratchDet.Cli.Machine;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`bench`: measures what the kit claims. A new suite is its file and a line here.</summary>
internal static class BenchCommand
{
    private static IReadOnlyList<BenchSuite> Suites { get; } = [BenchMetrics.Suite, BenchNotebook.Suite];

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand("bench", "Measure how fast things are on this machine, with --peer beside what others use", "./scratchdet bench notebook --peer", "./scratchdet bench all --json");
        foreach (BenchSuite suite in Suites) command.Subcommands.Add(CreateSuite(terminal, suite.Name, suite.Description, [suite]));
        command.Subcommands.Add(BenchMetrics.CreateWorker(terminal));
        command.Subcommands.Add(CreateSuite(terminal, "all", "Every suite, one after another", Suites));
        return command;
    }

    private static ExampleCommand CreateSuite(Terminal terminal, string name, string description, IReadOnlyList<BenchSuite> suites)
    {
        var peer = new Option<bool>("--peer") { Description = "Also measure the peer, in turns with ours; a ratio above 1 means that ours is faster" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand(name, description, $"./scratchdet bench {name} --peer --json") { peer, json };
        command.Does(async (parsed, stop) =>
        {
            List<BenchRow> rows = [];
            foreach (BenchSuite suite in suites)
                rows.AddRange(await suite.MeasureAsync(terminal, parsed.GetValue(peer), stop).ConfigureAwait(false));
            if (parsed.GetValue(json)) terminal.WriteJson(new { machine = MachineFacts.Read(), rows });
            else terminal.Output.Write(Table(rows).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static TextTable Table(IReadOnlyList<BenchRow> rows) => new(
        ["workload", "ours", "peer", "ratio", "range"],
        [.. rows.Select(row => (IReadOnlyList<string>)[
            row.Workload,
            Shown(row.OursMedianS, row.OursBytes),
            Shown(row.PeerMedianS, row.PeerBytes),
            row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "-",
            row.RatioRange is [var low, var high] ? string.Create(CultureInfo.InvariantCulture, $"{low:0.00}-{high:0.00}") : "-"])]);

    private static string Shown(double? seconds, long? bytes) => (seconds, bytes) switch
    {
        ({ } value, _) when value < 1 => string.Create(CultureInfo.InvariantCulture, $"{1000 * value:0.00} ms"),
        ({ } value, _) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} s"),
        (_, { } value) => string.Create(CultureInfo.InvariantCulture, $"{value / (double)(1 << 20):0} MiB"),
        _ => "-",
    };
}
