using System.CommandLine;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Cli.Commands;

/// <summary>`data make-shapes`: coloured shapes with boxes, masks and keypoints.</summary>
internal static class DataMakeShapesCommand
{
    public static Command Create(Terminal terminal)
    {
        var generation = new DataGeneration(defaultSize: 128, SyntheticShapes.SmallestSize, SyntheticShapes.LargestSize);
        var layout = new Option<string>("--layout")
        {
            Description = "voc: boxes alone; coco: boxes, masks and keypoints",
            DefaultValueFactory = _ => "voc",
        };
        layout.AcceptOnlyFromAmong("voc", "coco");
        var command = new ExampleCommand(
            "make-shapes",
            "Make a data set of coloured shapes on textured noise",
            "./scratchdet data make-shapes shapes --images 1000 --size 128 --seed 1 --layout coco");
        generation.AddTo(command);
        command.Options.Add(layout);
        command.Does((parsed, stop) =>
        {
            ShapesLayout chosen = parsed.GetValue(layout) == "coco" ? ShapesLayout.Coco : ShapesLayout.Voc;
            return generation.Run(
                parsed,
                terminal,
                (folder, images, size, seed, progress, stop) => ShapesDataset.Write(
                    folder, images, size, seed, chosen, ImageFiles.Write, progress, stop),
                stop);
        });
        return command;
    }
}
