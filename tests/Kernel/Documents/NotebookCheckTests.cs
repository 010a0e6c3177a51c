using System.Text.Json.Nodes;
using ScratchDet.Kernel.Documents;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Documents;

public sealed class NotebookCheckTests : IDisposable
{
    private const string Dib = "#!markdown\n\n# T\n\n#!csharp\n\n1\n\n#!csharp\n\n2\n";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_executed_notebook_beside_its_source_has_nothing_wrong()
    {
        folder.Write("a.dib", Dib);

        Assert.Empty(NotebookCheck.Run(Save(Executed())));
        Assert.Empty(NotebookCheck.Run(folder.At("a.dib")));
    }

    [Fact]
    public void Cells_that_were_not_executed_once_each_in_order_are_found()
    {
        Assert.Equal("no cell has been executed; execute it with `notebook run`", Only(With(1, cell => cell with { ExecutionCount = null }, With(2, cell => cell with { ExecutionCount = null }))));
        Assert.StartsWith("cell 3: has not been executed;", Only(With(2, cell => cell with { ExecutionCount = null })));
        Assert.StartsWith("cell 2: was executed as number 5, not 1:", Only(With(1, cell => cell with { ExecutionCount = 5 })));
        Assert.Empty(NotebookCheck.Run(Save(With(2, cell => cell with { ExecutionCount = null, Tags = [CellTags.SkipExecution] }))));
    }

    [Fact]
    public void A_stored_error_is_found_unless_the_cell_shall_fail()
    {
        JsonArray Error() => [new JsonObject { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "no", ["traceback"] = new JsonArray() }];

        Assert.StartsWith("cell 2: has stored an error (1);", Only(With(1, cell => cell with { Outputs = Error() })));
        Assert.Empty(NotebookCheck.Run(Save(With(1, cell => cell with { Outputs = Error(), Tags = [CellTags.RaisesException] }))));
        Assert.StartsWith("cell 2: is tagged raises-exception and has stored no error;", Only(With(1, cell => cell with { Tags = [CellTags.RaisesException] })));
    }

    [Theory]
    [InlineData("""{"data": [], "layout": {}}""", false)]
    [InlineData("""{"layout": {}}""", false)]
    [InlineData("""{"data": [{"type": "scatter", "x": [], "y": []}]}""", false)]
    [InlineData("""{"data": [{"x": [1, 2], "y": [null, "NaN"]}]}""", false)]
    [InlineData("""{"data": [{"x": {"dtype": "f8", "bdata": ""}, "y": {"dtype": "f8", "bdata": ""}}]}""", false)]
    [InlineData("""{"data": [{"x": [], "y": []}, {"y": [3]}]}""", true)]
    [InlineData("""{"data": [{"y": {"dtype": "f8", "bdata": "AAAA"}}]}""", true)]
    [InlineData("""{"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}]}""", true)]
    [InlineData("""{"data": [{"type": "bar", "x": ["a"], "y": [2]}]}""", true)]
    public void A_plot_without_points_is_found(string figure, bool hasPoints)
    {
        JsonArray outputs = [new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["application/vnd.plotly.v1+json"] = JsonNode.Parse(figure) } }];

        Assert.Equal(hasPoints ? [] : ["cell 2: shows an empty plot; give the figure data, or remove it"],
            NotebookCheck.Run(Save(With(1, cell => cell with { Outputs = outputs }))).Select(finding => finding.ToString()));
    }

    [Theory]
    [InlineData("#!markdown\n\n# T\n\n#!csharp\n\n1\n\n#!csharp\n\n3\n", "cell 3: is stale: its text differs from a.dib (3);")]
    [InlineData("#!markdown\n\n# T\n\n#!csharp\n\n1\n\n#!csharp\n\n//| tags: x\n2\n", "cell 3: is stale: its tags differ from a.dib (2);")]
    [InlineData("#!markdown\n\n# T\n\n#!csharp\n\n1\n\n#!sql\n\n2\n", "cell 3: is stale: its language differs from a.dib (2);")]
    [InlineData("#!markdown\n\n# T\n\n#!csharp\n\n1\n", "cell 3: is stale: a.dib has no such cell (2);")]
    [InlineData("#!markdown\n\n# T\n\n#!csharp\n\n1\n\n#!csharp\n\n2\n\n#!csharp\n\n3\n", "cell 4: is stale: this cell of a.dib is missing (3);")]
    public void A_notebook_that_is_not_what_its_source_says_is_stale(string dib, string what)
    {
        folder.Write("a.dib", dib);

        Assert.StartsWith(what, Only(Executed()));
    }

    [Fact]
    public void A_cell_that_a_run_put_in_does_not_make_it_stale()
    {
        folder.Write("a.dib", Dib);
        NotebookDocument executed = Executed();
        var injected = new NotebookCell("injected-parameters", CellKind.Code, "csharp", "a = 1;") { Tags = [CellTags.InjectedParameters], ExecutionCount = 2 };

        Assert.Empty(NotebookCheck.Run(Save(executed with { Cells = [executed.Cells[0], executed.Cells[1], injected, executed.Cells[2] with { ExecutionCount = 3 }] })));
    }

    [Fact]
    public void Large_outputs_long_cells_missing_titles_and_pictures_are_found()
    {
        JsonArray large = [new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = new string('x', 200_001) }];

        Assert.Equal("its stored outputs are 200 kB, more than 200 kB; show smaller pictures, fewer points or fewer rows", Only(With(1, cell => cell with { Outputs = large })));
        Assert.Equal("warning: cell 2: has 13 lines, more than 12; split it, or move code into the library", Only(With(1, cell => cell with { Source = string.Join("\n\n", Enumerable.Repeat("x", 13)) })));
        Assert.StartsWith("cell 1: does not begin with a title;", Only(With(0, cell => cell with { Source = "Text" })));
        Assert.StartsWith("cell 1: shows p/none.png, which does not exist;", Only(With(0, cell => cell with { Source = "# T\n\n![x](p/none.png) ![y](https://example.org/y.png)" })));
    }

    [Fact]
    public void What_nbformat_and_our_kernel_need_is_asked_of_the_file_itself()
    {
        string path = folder.Write("a.ipynb", """
            {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
              {"cell_type": "markdown", "metadata": {"polyglot_notebook": {"kernelName": "markdown"}, "dotnet_interactive": {"language": "markdown"}}, "source": "# T", "id": "a", "outputs": []},
              {"cell_type": "code", "source": "1", "id": "a", "outputs": [{"output_type": "stream"}, {"output_type": "x"}, {"output_type": "execute_result", "data": {}, "metadata": {}}], "execution_count": 1}]}
            """);

        Assert.Equal(
            [
                "nbformat_minor: not 5 or later, so cells have no ids",
                "metadata.kernelspec: does not name .net-csharp",
                "cell 1: is markdown and has outputs",
                "cell 2: has the id 'a' of an earlier cell",
                "cell 2: has no metadata",
                "cell 2: output 1 is a stream without name or text",
                "cell 2: output 2 has the unknown output_type 'x'",
                "cell 2: output 3 is a result without data, metadata or execution_count",
            ],
            NotebookCheck.Run(path).Select(finding => $"{finding.Place}: {finding.What}"));
    }

    private static NotebookDocument Executed()
    {
        NotebookDocument document = DibReader.Read(Dib, "a.dib");
        return document with { Cells = [document.Cells[0], document.Cells[1] with { ExecutionCount = 1 }, document.Cells[2] with { ExecutionCount = 2 }] };
    }

    private static NotebookDocument With(int index, Func<NotebookCell, NotebookCell> change, NotebookDocument? document = null)
    {
        NotebookCell[] cells = [.. (document ?? Executed()).Cells];
        cells[index] = change(cells[index]);
        return Executed() with { Cells = cells };
    }

    private string Save(NotebookDocument document)
    {
        document.Save(folder.At("a.ipynb"));
        return folder.At("a.ipynb");
    }

    private string Only(NotebookDocument document) => Assert.Single(NotebookCheck.Run(Save(document))).ToString();
}
