using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

public class ImportTests
{
    private const string Dib = "#!meta\n\n{\"kernelInfo\":{\"defaultKernelName\":\"csharp\",\"items\":[]}}\n\n";

    private const string Ipynb = """
        {"cells": [
          {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Title"]},
          {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": null, "outputs": [], "source": ["var fromIpynb = 1;\n", "fromIpynb"]},
          {"cell_type": "code", "id": "c", "metadata": {"tags": ["skip-execution"]}, "execution_count": null, "outputs": [], "source": ["throw new Exception();"]}
         ],
         "metadata": {"kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"}, "language_info": {"name": "C#"}},
         "nbformat": 4, "nbformat_minor": 5}
        """;

    [Fact]
    public async Task Notebooks_and_scripts_of_each_kind_run_in_the_session()
    {
        using var notebook = new TestNotebook();
        notebook.Write("a.ipynb", Ipynb);
        notebook.Write("b.dib", Dib + "#!markdown\n\n# Title\n\n#!csharp\n\nvar fromDib = 2;\n\n#!html\n\n<b>shown</b>\n");
        notebook.Write("c.csx", "var fromCsx = 3;\nConsole.Write(\"csx\");");
        notebook.Write("d.cs", "class FromCs { public int Value => 4; }");

        RecordedCell imports = await notebook.RunAll("#!import a.ipynb\n#!import \"b.dib\"\n#!import c.csx\n#!import d.cs\nfromIpynb + fromDib + fromCsx + new FromCs().Value");

        Assert.Equal("10", imports.Value);
        Assert.Equal("csx", imports.Output);
        Assert.Equal(["1"], imports.Shown.Select(one => one.Content.Text).Take(1));
        Assert.Contains(imports.Shown, one => one.Content.Find("text/html")!.ToString().Contains("<b>shown</b>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paths_of_an_imported_file_start_at_its_folder()
    {
        using var notebook = new TestNotebook();
        notebook.Write("sub/outer.dib", Dib + "#!csharp\n\n#!import inner.csx\n#load \"loaded.csx\"\nint outer = inner + loaded;\n");
        notebook.Write("sub/inner.csx", "int inner = 5;");
        notebook.Write("sub/loaded.csx", "int loaded = 1;");

        Assert.Equal("6", (await notebook.RunAll("#!import sub/outer.dib\nouter")).Value);
    }

    [Theory]
    [InlineData("bad.dib", Dib + "#!csharp\n\nint fine = 1;\n\n#!csharp\n\nint wrong = \"a\";\n", CellError.Compilation, "bad.dib, cell 2: (1,13): error CS0029", "in bad.dib, cell 2")]
    [InlineData("bad.csx", "int fine = 1;\nthrow new Exception(\"thrown\");", "System.Exception", "bad.csx: thrown", "at bad.csx, line 2")]
    [InlineData("bad.cs", "class A { int x = \"a\"; }", CellError.Compilation, "bad.cs: bad.cs(1,19): error CS0029", "in bad.cs")]
    [InlineData("bad.ipynb", "not a notebook", "MagicError", "#!import bad.ipynb: ", null)]
    [InlineData("bad.txt", "text", "MagicError", "files of this kind cannot be imported", null)]
    public async Task A_failing_import_fails_the_cell_and_names_file_and_cell(string name, string content, string errorName, string message, string? frame)
    {
        using var notebook = new TestNotebook();
        notebook.Write(name, content);

        RecordedCell cell = await notebook.Run($"#!import {name}\nConsole.Write(\"went on\");");

        Assert.Equal(errorName, cell.Error?.Name);
        Assert.Contains(message, cell.Error?.Message);
        if (frame is not null) Assert.Contains(cell.Error!.Traceback, line => line.Contains(frame, StringComparison.Ordinal));
        Assert.Empty(cell.Output);
    }

    [Fact]
    public async Task A_missing_file_and_a_circle_are_explained()
    {
        using var notebook = new TestNotebook();
        notebook.Write("a.csx", "#!import b.csx");
        notebook.Write("b.csx", "#!import a.csx");

        Assert.StartsWith("#!import none.dib: there is no file ", (await notebook.Fail("#!import none.dib")).Message);
        Assert.Contains("the file imports itself: a.csx imports b.csx imports a.csx", (await notebook.Fail("#!import a.csx")).Message);
        Assert.Contains("needs the name of a file", (await notebook.Fail("#!import")).Message);
    }

    [Fact]
    public async Task What_an_import_did_before_it_failed_stays()
    {
        using var notebook = new TestNotebook();
        notebook.Write("half.dib", Dib + "#!csharp\n\nint done = 1;\n\n#!csharp\n\nthrow new Exception();\n");

        await notebook.Fail("#!import half.dib");

        Assert.Equal("1", (await notebook.RunAll("done")).Value);
    }
}
