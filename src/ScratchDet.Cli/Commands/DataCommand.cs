using System.CommandLine;

namespace ScratchDet.Cli.Commands;

/// <summary>`data`: makes synthetic data sets, and checks any data set.</summary>
internal static class DataCommand
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "data",
        "Make synthetic data sets, check data sets",
        "./scratchdet data make-boards boards --images 1000",
        "./scratchdet data check boards")
    {
        DataMakeShapesCommand.Create(terminal),
        DataMakeBoardsCommand.Create(terminal),
        DataCheckCommand.Create(terminal),
    };
}
