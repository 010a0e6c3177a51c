using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Cli.Commands;

/// <summary>What the commands that make data sets have in common: how many, how large, which seed, and the progress.</summary>
internal sealed class DataGeneration
{
    private readonly Argument<string> folder = new("DIR") { Description = "Folder to make; it appears when it is whole" };
    private readonly Option<int> images;
    private readonly Option<int> size;
    private readonly Option<ulong> seed;

    public DataGeneration(int defaultSize, int smallestSize, int largestSize)
    {
        images = new Option<int>("--images")
        {
            HelpName = "N",
            Description = "Number of images; 70% are for training, 15% for validation, 15% for the test",
            DefaultValueFactory = _ => 1000,
        };
        images.AcceptOnlyFrom(1);
        size = new Option<int>("--size")
        {
            HelpName = "S",
            Description = $"Width and height in pixels, {smallestSize} to {largestSize}",
            DefaultValueFactory = _ => defaultSize,
        };
        size.AcceptOnlyFrom(smallestSize, largestSize);
        seed = new Option<ulong>("--seed")
        {
            HelpName = "K",
            Description = "The same seed gives the same bytes",
            DefaultValueFactory = _ => 0,
        };
    }

    /// <summary>Makes a data set.</summary>
    public delegate GeneratedDataset Maker(
        string folder, int images, int size, ulong seed, Action<int, int> progress, CancellationToken stop);

    public void AddTo(Command command)
    {
        command.Arguments.Add(folder);
        command.Options.Add(images);
        command.Options.Add(size);
        command.Options.Add(seed);
    }

    public int Run(ParseResult parsed, Terminal terminal, Maker make, CancellationToken stop)
    {
        int imageCount = parsed.GetValue(images);
        var watch = Stopwatch.StartNew();
        GeneratedDataset dataset;
        using (IProgressDisplay progress = terminal.Progress())
        {
            progress.Start("images", imageCount);
            dataset = make(
                parsed.GetRequiredValue(folder), imageCount, parsed.GetValue(size), parsed.GetValue(seed),
                (done, _) => progress.Report(done, imagesPerSecond: done / watch.Elapsed.TotalSeconds), stop);
        }
        string how = dataset.AlreadyComplete
            ? "was complete already"
            : string.Create(CultureInfo.InvariantCulture, $"made in {watch.Elapsed.TotalSeconds:0.0} s");
        terminal.Output.WriteLine($"{dataset.Directory}: {dataset.Images} images, {dataset.Objects} objects; {how}");
        return ExitCode.Done;
    }
}
