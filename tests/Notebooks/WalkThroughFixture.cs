using ScratchDet.Tests.Cli;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Notebooks;

/// <summary>Every notebook of the kit, executed once from its text at the smallest scale, with its page.</summary>
public sealed class WalkThroughFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public static string[] Names { get; } =
        [.. Directory.GetFiles(SourceFolder, "*.dib").Select(file => Path.GetFileNameWithoutExtension(file)!).Where(name => name != "setup").Order(StringComparer.Ordinal)];

    public static string SourceFolder => Path.Combine(Repository.Root, "notebooks");

    internal Dictionary<string, CommandLine> Results { get; } = [];

    public string Executed(string name) => Path.Combine(folder.Path, name + ".ipynb");

    public string Page(string name) => Path.Combine(folder.Path, name + ".html");

    public async ValueTask InitializeAsync()
    {
        foreach (string name in Names)
        {
            string text = await File.ReadAllTextAsync(Path.Combine(SourceFolder, name + ".dib"));
            string[] parameters =
            [
                .. text.Contains("Scale scale =") ? ["--param", "scale=Seconds"] : (string[])[],
                .. text.Contains("int steps =") ? ["--param", "steps=6"] : (string[])[],
                .. text.Contains("string runsFolder =") ? ["--param", $"runsFolder={folder.Path}/runs"] : (string[])[],
                .. text.Contains("string dataFolder =") ? ["--param", $"dataFolder={folder.Path}/runs/data"] : (string[])[],
            ];
            Results[name] = await CommandLine.RunAsync(["notebook", "run", Path.Combine(SourceFolder, name + ".dib"), "--out", folder.Path, "--html", "--timeout", "300", .. parameters]);
        }
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
