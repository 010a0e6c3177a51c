using System.CommandLine;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Cli.Commands;

/// <summary>`data make-boards`: circuit boards with six kinds of small defects.</summary>
internal static class DataMakeBoardsCommand
{
    public static Command Create(Terminal terminal)
    {
        var generation = new DataGeneration(defaultSize: 320, SyntheticBoards.SmallestSize, SyntheticBoards.LargestSize);
        var command = new ExampleCommand(
            "make-boards",
            "Make a data set of circuit boards with six kinds of small defects, in VOC layout",
            "./scratchdet data make-boards boards --images 1500 --size 320 --seed 1");
        generation.AddTo(command);
        command.Does((parsed, stop) => generation.Run(
            parsed,
            terminal,
            (folder, images, size, seed, progress, stop) => BoardsDataset.Write(
                folder, images, size, seed, ImageFiles.Write, progress, stop),
            stop));
        return command;
    }
}
