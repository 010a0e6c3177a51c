using System.Text.Json.Nodes;
using ScratchDet.Kernel.Documents;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Documents;

public sealed class IpynbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Source_is_read_as_a_text_and_as_a_list_of_lines()
    {
        NotebookDocument document = Load("""
            {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [
              {"cell_type": "code", "metadata": {}, "source": "var a = 1;\r\na\n", "outputs": [], "execution_count": 3},
              {"cell_type": "markdown", "metadata": {}, "source": ["# One\n", "two"]}]}
            """);

        Assert.Equal(["var a = 1;\na", "# One\ntwo"], document.Cells.Select(cell => cell.Source));
        Assert.Equal([CellKind.Code, CellKind.Markdown], document.Cells.Select(cell => cell.Kind));
        Assert.Equal([3, null], document.Cells.Select(cell => cell.ExecutionCount));
    }

    [Fact]
    public void A_cells_language_is_polyglots_then_interactives_then_the_notebooks()
    {
        NotebookDocument document = Load("""
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {"polyglot_notebook": {"kernelInfo": {"defaultKernelName": "html"}}}, "cells": [
              {"cell_type": "code", "id": "a", "metadata": {"dotnet_interactive": {"language": "html"}, "polyglot_notebook": {"kernelName": "sql"}}, "source": "1"},
              {"cell_type": "code", "id": "b", "metadata": {"dotnet_interactive": {"language": "C#"}}, "source": "#!sql\n2"},
              {"cell_type": "code", "id": "c", "metadata": {}, "source": "3"},
              {"cell_type": "markdown", "id": "d", "metadata": {}, "source": "4"},
              {"cell_type": "raw", "id": "e", "metadata": {}, "source": "5"}]}
            """);

        Assert.Equal(["sql", "csharp", "html", "markdown", "raw"], document.Cells.Select(cell => cell.KernelName));
        Assert.Equal("#!sql\n2", document.Cells[1].Source);
    }

    [Fact]
    public void Unknown_metadata_tags_and_attachments_survive()
    {
        NotebookDocument document = Load("""
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {"authors": [{"name": "Ada"}], "polyglot_notebook": {"mine": 1}}, "cells": [
              {"cell_type": "markdown", "id": "a", "metadata": {"tags": ["hide"], "slide": {"type": "x"}, "polyglot_notebook": {"kernelName": "markdown", "other": 2}},
               "source": "![p](attachment:p.png)", "attachments": {"p.png": {"image/png": "aGk="}}}]}
            """);
        JsonObject written = JsonNode.Parse(IpynbWriter.ToText(document))!.AsObject();

        JsonNode cell = written["cells"]![0]!;
        Assert.Equal(["hide"], document.Cells[0].Tags);
        Assert.Equal("""["hide"]""", cell["metadata"]!["tags"]!.ToJsonString());
        Assert.Equal("x", (string?)cell["metadata"]!["slide"]!["type"]);
        Assert.Equal(2, (int)cell["metadata"]!["polyglot_notebook"]!["other"]!);
        Assert.Equal("aGk=", (string?)cell["attachments"]!["p.png"]!["image/png"]);
        Assert.Equal("Ada", (string?)written["metadata"]!["authors"]![0]!["name"]);
        Assert.Equal(1, (int)written["metadata"]!["polyglot_notebook"]!["mine"]!);
    }

    [Fact]
    public void Every_notebook_is_written_with_our_kernel_and_the_language_of_each_cell()
    {
        JsonNode written = JsonNode.Parse(IpynbWriter.ToText(DibReader.Read("#!markdown\n\n# A\n\n#!csharp\n\n1\n\n#!sql\n\nselect 1\n", "a.dib")))!;

        Assert.Equal("""{"display_name":".NET (C#)","language":"C#","name":".net-csharp"}""", written["metadata"]!["kernelspec"]!.ToJsonString());
        Assert.Equal(["csharp", "markdown", "sql"], written["metadata"]!["polyglot_notebook"]!["kernelInfo"]!["items"]!.AsArray().Select(item => (string?)item!["name"]));
        Assert.Equal(["markdown", "csharp", "sql"], written["cells"]!.AsArray().Select(cell => (string?)cell!["metadata"]!["polyglot_notebook"]!["kernelName"]));
        Assert.Equal(["markdown", "csharp", "sql"], written["cells"]!.AsArray().Select(cell => (string?)cell!["metadata"]!["dotnet_interactive"]!["language"]));
        Assert.Equal("C#", (string?)written["metadata"]!["language_info"]!["name"]);
    }

    [Fact]
    public void Ids_follow_the_text_are_unique_and_those_of_the_file_are_kept()
    {
        NotebookDocument first = DibReader.Read("#!csharp\n\n1\n\n#!csharp\n\n2\n\n#!csharp\n\n1\n", "a.dib");
        NotebookDocument second = DibReader.Read("#!csharp\n\n0\n\n#!csharp\n\n1\n\n#!csharp\n\n2\n\n#!csharp\n\n1\n", "a.dib");
        Assert.Equal(3, first.Cells.Select(cell => cell.Id).Distinct().Count());
        Assert.Equal(first.Cells.Select(cell => cell.Id), second.Cells.Skip(1).Select(cell => cell.Id));

        NotebookDocument given = Load("""
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
              {"cell_type": "code", "id": "mine", "metadata": {}, "source": "1"},
              {"cell_type": "code", "id": "mine", "metadata": {}, "source": "1"},
              {"cell_type": "code", "id": "not allowed", "metadata": {}, "source": "1"}]}
            """);
        Assert.Equal(["mine", first.Cells[0].Id, first.Cells[2].Id], given.Cells.Select(cell => cell.Id));
    }

    [Fact]
    public void Jupyter_finds_the_file_valid_and_writes_the_same_bytes()
    {
        string path = folder.At("a.ipynb");
        var outputs = new JsonArray(
            new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "one\ntwo \"quoted\" \\ \u001b[31mred\u001b[0m é 漢 😀\u007f\n" },
            new JsonObject
            {
                ["output_type"] = "display_data",
                ["metadata"] = new JsonObject(),
                ["data"] = new JsonObject
                {
                    ["text/plain"] = "a\nb",
                    ["application/vnd.plotly.v1+json"] = JsonNode.Parse("""{"layout": {}, "data": [{"y": [1, 2.5, -3, null, true], "x": []}], "ﬀ": 1, "😀": 2}"""),
                },
            },
            new JsonObject { ["output_type"] = "error", ["ename"] = "System.Exception", ["evalue"] = "no", ["traceback"] = new JsonArray("at <cell>:1") });
        NotebookDocument document = DibReader.Read("#!markdown\n\n# A & <b>\n\n#!csharp\n\n//| tags: raises-exception\nvar s = \"\\t\";\ns\n", "a.dib");
        NotebookDocument executed = document with { Cells = [document.Cells[0], document.Cells[1] with { Outputs = outputs, ExecutionCount = 1 }] };
        executed.Save(path);

        const string script = """
            import sys, nbformat
            book = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)
            nbformat.validate(book)
            nbformat.write(book, sys.argv[2], version=nbformat.NO_CONVERT)
            """;
        DebianPython.RunOrSkip(script, path, folder.At("b.ipynb"));
        Assert.Equal(File.ReadAllText(path), File.ReadAllText(folder.At("b.ipynb")));
    }

    [Fact]
    public void What_was_written_reads_the_same()
    {
        NotebookDocument first = DibReader.Read("#!markdown\n\n# A\n\n#!csharp\n\n1\n\n2\n\n#!html\n\n<b>x</b>\n", "a.dib");
        first.Save(folder.At("a.ipynb"));
        NotebookDocument second = NotebookDocument.Load(folder.At("a.ipynb"));

        Assert.Equal(first.Cells.Select(cell => (cell.Id, cell.Kind, cell.KernelName, cell.Source)), second.Cells.Select(cell => (cell.Id, cell.Kind, cell.KernelName, cell.Source)));
        Assert.Equal(IpynbWriter.ToText(first), IpynbWriter.ToText(second));
    }

    private NotebookDocument Load(string json) => NotebookDocument.Load(folder.Write("a.ipynb", json));
}
