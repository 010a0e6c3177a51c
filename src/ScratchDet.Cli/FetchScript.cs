using System.CommandLine;
using System.Globalization;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Cli;

/// <summary>What the scripts in data-scripts/ that fetch have in common: where to, from where, the progress, the exit codes of the tool.</summary>
public sealed class FetchScript
{
    private readonly Option<string> folder = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the data set; what is there and whole is kept",
        Required = true,
    };

    private readonly Option<string?> mirror = new("--mirror")
    {
        HelpName = "URL",
        Description = "A folder on the web that serves the publisher's files under their names; they are checked as the publisher's are",
    };

    private readonly Option<bool> keepArchives = new("--keep-archives") { Description = "Leave the downloaded archives, beside the data set" };

    private readonly ExampleCommand command;

    /// <param name="name">Of the script's file: "fetch-voc.cs".</param>
    /// <param name="examples">What follows the script's name.</param>
    public FetchScript(string name, string description, params IReadOnlyList<string> examples)
    {
        string script = $"data-scripts/{name}";
        command = new(script, description, [.. examples.Select(example => $"dotnet run {script} -- {example}")]) { folder, mirror, keepArchives };
    }

    /// <summary>Adds an option of this script alone.</summary>
    public FetchScript With(Option option)
    {
        command.Options.Add(option);
        return this;
    }

    /// <summary>Parses, fetches, and prints what is there then.</summary>
    /// <param name="fetch">Gets the parsed line for the options of the script itself.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Func<ParseResult, FetchRequest, CancellationToken, Task<IReadOnlyList<FetchedSet>>> fetch)
    {
        using var interruption = new Interruption();
        return await RunAsync(arguments, Terminal.ForProcess(), fetch, interruption.Stop).ConfigureAwait(false);
    }

    internal Task<int> RunAsync(
        IReadOnlyList<string> arguments, Terminal terminal, Func<ParseResult, FetchRequest, CancellationToken, Task<IReadOnlyList<FetchedSet>>> fetch, CancellationToken stop)
    {
        command.Does(async (parsed, stopped) =>
        {
            IReadOnlyList<FetchedSet> sets;
            using (var display = new FetchDisplay(terminal))
            {
                var request = new FetchRequest(parsed.GetRequiredValue(folder))
                {
                    Mirror = parsed.GetValue(mirror),
                    KeepArchives = parsed.GetValue(keepArchives),
                    Progress = display,
                    Note = terminal.Note,
                };
                sets = await fetch(parsed, request, stopped).ConfigureAwait(false);
            }
            foreach (FetchedSet set in sets) terminal.Output.WriteLine(Describe(set));
            return ExitCode.Done;
        });
        return CommandRunner.RunAsync(CommandRunner.WithCommonOptions(command), arguments, terminal, stop);
    }

    private static string Describe(FetchedSet set) => string.Create(
        CultureInfo.InvariantCulture,
        $"{set.Folder}: {set.Name}{(set.Images > 0 ? $", {set.Images} images" : "")}{(set.Objects > 0 ? $", {set.Objects} objects" : "")}; {(set.WasThere ? "was there already" : "fetched")}");
}

/// <summary>Shows what a fetch reports, megabytes of files and numbers of images, one piece of work after the other.</summary>
internal sealed class FetchDisplay(Terminal terminal) : IProgress<FetchProgress>, IDisposable
{
    private const long Megabyte = 1_000_000;

    private readonly IProgressDisplay display = terminal.Progress();
    private readonly Lock gate = new();
    private string shown = "";

    public void Report(FetchProgress value)
    {
        long unit = value.IsBytes ? Megabyte : 1;
        lock (gate)
        {
            if (shown != value.Work) display.Start(value.IsBytes ? value.Work + ", MB" : value.Work, Math.Max(1, value.Total / unit));
            shown = value.Work;
            display.Report(value.Done / unit);
        }
    }

    public void Dispose() => display.Dispose();
}
