using System.CommandLine;
using System.Diagnostics;
using ScratchDet.Data;
using ScratchDet.Data.Coco;

namespace ScratchDet.Cli.Commands;

/// <summary>`data check`: every image opens, every box is sane, splits share nothing.</summary>
internal static class DataCheckCommand
{
    private static readonly string[] ImageEndings = [".jpg", ".jpeg", ".png"];

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A VOC folder or devkit, or a COCO folder" };
        var layout = new Option<string?>("--layout") { Description = "The data set's layout; told by its folders when left out" };
        layout.AcceptOnlyFromAmong("voc", "coco");
        var command = new ExampleCommand(
            "check",
            "Open every image and hold every box and split against the rules; lists what is wrong, exit code 3",
            "./scratchdet data check VOCdevkit",
            "./scratchdet data check coco --layout coco")
        {
            folder,
            layout,
        };
        command.Does((parsed, stop) => Check(terminal, parsed.GetRequiredValue(folder), parsed.GetValue(layout), stop));
        return command;
    }

    private static int Check(Terminal terminal, string folder, string? layout, CancellationToken stop)
    {
        if (!Directory.Exists(folder))
            throw new BadInputException(folder, null, "the folder does not exist", "give the folder of a data set");
        layout ??= Directory.Exists(Path.Combine(folder, "annotations")) ? "coco" : "voc";
        int images = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Count(file => ImageEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));

        IReadOnlyList<Finding> findings;
        using (IProgressDisplay progress = terminal.Progress())
        {
            progress.Start("images", images);
            var count = new ImageCount(progress);
            findings = layout == "coco"
                ? CocoCheck.Run(folder, ImageFiles.Decode, count, stop)
                : DatasetCheck.Voc(folder, ImageFiles.Decode, classNames: null, count, stop);
        }
        foreach (Finding finding in findings)
            terminal.Output.WriteLine(finding);
        if (findings.Count > 0)
        {
            throw new BadInputException(
                folder, null, $"{findings.Count} {(findings.Count == 1 ? "fault" : "faults")} in the data set", "put right what is listed on standard output");
        }
        terminal.Output.WriteLine($"{folder}: {images} images, nothing wrong");
        return ExitCode.Done;
    }

    /// <summary>Hands counts on at once, from whatever thread; <see cref="Progress{T}"/> would post them and lose the last.</summary>
    private sealed class ImageCount(IProgressDisplay progress) : IProgress<int>
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();

        public void Report(int value) => progress.Report(value, imagesPerSecond: value / watch.Elapsed.TotalSeconds);
    }
}
