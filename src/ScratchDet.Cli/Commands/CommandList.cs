using System.CommandLine;

namespace ScratchDet.Cli.Commands;

/// <summary>Every command of the tool, in the order of its help. A new command is its file and a line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<Func<Terminal, Command>> All { get; } =
    [
        DemoCommand.Create,
        TestCommand.Create,
        LabCommand.Create,
        NotebookCommand.Create,
        KernelCommand.Create,
        BenchCommand.Create,
        DoctorCommand.Create,
        DataCommand.Create,
        StudiesCommand.Create,
        TrainCommand.Create,
        EvalCommand.Create,
        PredictCommand.Create,
        RunsCommand.Create,
        ModelsCommand.Create,
        ParityCommand.Create,
        WeightsCommand.Create,
        MetricsCommand.Create,
    ];
}
