using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Documents;
using ScratchDet.Tests.Cli;
using ScratchDet.Tests.Torch;

namespace ScratchDet.Tests.Notebooks;

/// <summary>The kit's own notebooks: they run, they are not stale, and their pages look as they should in a browser.</summary>
[Collection(nameof(AloneCollection))]
public sealed class WalkThroughTests(WalkThroughFixture notebooks) : IClassFixture<WalkThroughFixture>
{
    private const int StoredBytes = 200_000;

    public static TheoryData<string> Names => [.. WalkThroughFixture.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_notebook_runs_from_top_to_bottom(string name)
    {
        CommandLine run = notebooks.Results[name];

        Assert.True(run.Code == 0, run.Error);
        Assert.DoesNotContain(Findings(notebooks.Executed(name)), finding => finding.IsError);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_stored_notebook_is_the_one_of_the_text_and_is_small(string name)
    {
        string stored = Path.Combine(WalkThroughFixture.SourceFolder, name + ".ipynb");

        Assert.True(File.Exists(stored), $"{stored} is not there: ./scratchdet notebook run notebooks/{name}.dib");
        Assert.DoesNotContain(Findings(stored), finding => finding.IsError);
        Assert.True(new FileInfo(stored).Length < StoredBytes, $"{new FileInfo(stored).Length} bytes");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stored_notebook_shows_what_its_cells_say_it_does(string name)
    {
        NotebookDocument executed = NotebookDocument.Load(notebooks.Executed(name));
        NotebookDocument stored = NotebookDocument.Load(Path.Combine(WalkThroughFixture.SourceFolder, name + ".ipynb"));

        // The scale differs and with it the numbers; which kinds of output a cell has does not.
        Assert.Equal(Kinds(executed), Kinds(stored));
    }

    [Fact]
    public async Task Pages_draw_their_plots_and_pictures_without_a_network()
    {
        BrowserTools tools = BrowserTools.Require();
        JsonObject pages = await tools.RunAsync("pages.mjs", [.. WalkThroughFixture.Names.Select(notebooks.Page)]);

        Assert.All(WalkThroughFixture.Names, name =>
        {
            JsonNode page = pages[notebooks.Page(name)]!;
            Assert.Empty(page["problems"]!.AsArray());
            Assert.Empty(page["requests"]!.AsArray());
            int plots = PlotCount(notebooks.Executed(name));
            Assert.Equal(plots, page["plots"]!.AsArray().Count);
            Assert.All(page["plots"]!.AsArray(), plot => Assert.True((int)plot!["marks"]! > 0));
            if (plots > 0) Assert.Contains(page["plots"]!.AsArray(), plot => (string)plot!["hover"]! != "");
            Assert.All(page["images"]!.AsArray(), pixels => Assert.True((int)pixels! > 0));
            Assert.True(page["plots"]!.AsArray().Count + page["images"]!.AsArray().Count > 0);
        });
    }

    private static IReadOnlyList<NotebookFinding> Findings(string file) => NotebookCheck.Run(file);

    /// <summary>Figures in the HTML of all outputs, those within views included.</summary>
    private static int PlotCount(string file) => NotebookDocument.Load(file).Cells.Sum(cell =>
        cell.Outputs.Sum(output => Html(output).Split(" data-figure=").Length - 1));

    private static string Html(JsonNode? output) => output!["data"]?[ScratchDet.Notebook.MimeBundle.Html] switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        { } text => (string?)text ?? "",
        null => "",
    };

    private static string[] Kinds(NotebookDocument document) =>
    [
        .. document.Cells.Where(cell => cell.Kind == CellKind.Code && !cell.Tags.Contains("injected-parameters")).Select(cell =>
            $"{cell.Source.Split('\n')[0]}: {string.Join("; ", cell.Outputs.Select(KindOf))}"),
    ];

    // Which forms a picture has depends on its size.
    private static string KindOf(JsonNode? output) => (string)output!["output_type"]! switch
    {
        "stream" => $"stream {output["name"]}",
        var type => $"{type} {JsonSerializer.Serialize(output["data"]?[ScratchDet.Notebook.MimeBundle.Plotly] is null ? "" : "plot")}",
    };
}
