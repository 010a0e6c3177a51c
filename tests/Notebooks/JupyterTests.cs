using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Tests.Cli;
using ScratchDet.Tests.Data;
using ScratchDet.Tests.Torch;

namespace ScratchDet.Tests.Notebooks;

/// <summary>What a reader does: `./scratchdet lab`, a browser, Cell, Run All.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class JupyterTests
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Clicking_through_the_first_notebook_in_Jupyter_draws_its_plots()
    {
        BrowserTools tools = BrowserTools.Require();
        Assert.SkipWhen(ChildProcess.FindOnPath("jupyter-notebook") is null, "there is no jupyter-notebook on PATH");
        Assert.SkipWhen(ChildProcess.FindOnPath("jupyter-lab") is not null, "`lab` opens JupyterLab here; the script clicks through Jupyter Notebook 6");
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, ".build/plotly/plotly.min.js")), "plotly.js is not there: npm did not bring it");
        using var folder = new TemporaryFolder();
        string notebook = WriteNotebooks(folder);

        using CliProcess lab = CliProcess.Start(["lab", "--notebooks", Path.GetDirectoryName(notebook)!]);
        string address = await lab.WaitForOutputAsync(Address(), StartPatience);
        string url = address.Replace("/tree?", "/notebooks/00-start-here.ipynb?");
        JsonObject seen = await tools.RunAsync("jupyter.mjs", [url, "120"]);
        Assert.True(lab.TrySignal(CliProcess.Sigterm));
        await lab.EndAsync();

        Assert.Empty(seen["errors"]!.AsArray());
        Assert.All(seen["prompts"]!.AsArray(), prompt => Assert.Matches(@"\d", (string)prompt!));
        Assert.Equal(2, seen["plots"]!.AsArray().Count); // the curves, and the average precision of each class
        Assert.All(seen["plots"]!.AsArray(), plot => Assert.True((int)plot!["marks"]! > 0));
        Assert.Contains(seen["hover"]!.AsArray(), text => (string)text! != "");
        Assert.True(seen["images"]!.AsArray().Count >= 9); // six to train on, three with what was found
        Assert.All(seen["images"]!.AsArray(), pixels => Assert.True((int)pixels! > 0));
        Assert.Empty(seen["foreign"]!.AsArray());
        // Debian's Jupyter asks for its own ipywidgets extension, which is not installed.
        Assert.DoesNotContain(seen["problems"]!.AsArray(), problem => !OfJupyterItself().IsMatch((string)problem!));
    }

    /// <summary>The notebook at its smallest scale, with what it imports and refers to at the same relative places.</summary>
    private static string WriteNotebooks(TemporaryFolder folder)
    {
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, ".build"), Path.Combine(Repository.Root, ".build"));
        string notebooks = Path.Combine(folder.Path, "notebooks");
        Directory.CreateDirectory(notebooks);
        File.Copy(Path.Combine(WalkThroughFixture.SourceFolder, "setup.dib"), Path.Combine(notebooks, "setup.dib"));
        string stored = File.ReadAllText(Path.Combine(WalkThroughFixture.SourceFolder, "00-start-here.ipynb"));
        const string Minutes = "Scale scale = Scale.Minutes";
        Assert.Contains(Minutes, stored);
        string path = Path.Combine(notebooks, "00-start-here.ipynb");
        File.WriteAllText(path, stored.Replace(Minutes, "Scale scale = Scale.Seconds"));
        return path;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/tree\?token=\w+")]
    private static partial Regex Address();

    [GeneratedRegex("nbextensions|Failed to load resource: the server responded with a status of 404")]
    private static partial Regex OfJupyterItself();
}
