using System.Text;
using ScratchDet.Kernel.Documents;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Documents;

public sealed class BadNotebookTests : IDisposable
{
    private const string Head = "\"nbformat\": 4, \"nbformat_minor\": 5";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", null, "the file is empty")]
    [InlineData("# not a notebook", "line 1, column 1", "not JSON: '#' is an invalid start of a value")]
    [InlineData("{\n \"é\": 1,,\n}", "line 2, column 9", "not JSON")]
    [InlineData("{\"nbformat\": 4, \"nbformat\": 4}", null, "not JSON: Duplicate property 'nbformat'")]
    [InlineData("{\"nbformat\": 4, \"cells\": [", "line 1", "not JSON")]
    [InlineData("[1]", null, "the JSON is not an object")]
    [InlineData("{}", "nbformat", "missing")]
    [InlineData("{\"nbformat\": \"4\"}", "nbformat", "not a whole number")]
    [InlineData("{\"nbformat\": 5}", "nbformat", "version 5, which is newer than this program")]
    [InlineData("{" + Head + "}", "cells", "missing")]
    [InlineData("{" + Head + ", \"cells\": {}}", "cells", "not a list")]
    [InlineData("{" + Head + ", \"metadata\": 1, \"cells\": []}", "metadata", "not an object")]
    [InlineData("{" + Head + ", \"cells\": [7]}", "cell 1", "not an object")]
    [InlineData("{" + Head + ", \"cells\": [{}]}", "cell 1", "no cell_type")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"heading\"}]}", "cell 1", "cell_type 'heading' is none of code, markdown, raw")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"raw\", \"source\": \"\"}, {\"cell_type\": \"code\"}]}", "cell 2", "no source")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"code\", \"source\": 1}]}", "cell 1", "its source is neither a text nor a list of lines")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}", "cell 1", "a line of its source is not a text")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": []}]}", "cell 1", "its metadata is not an object")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": {\"tags\": \"a\"}}]}", "cell 1", "its tags are not a list")]
    [InlineData("{" + Head + ", \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": [1]}]}", "cell 1", "an output of it is not an object")]
    public void A_file_that_is_no_notebook_is_named_with_the_place(string text, string? place, string what)
    {
        string path = folder.Write("a.ipynb", text);

        BadInputException wrong = Assert.Throws<BadInputException>(() => NotebookDocument.Load(path));

        Assert.StartsWith(path + ": ", wrong.Message);
        Assert.StartsWith(what, wrong.What);
        if (place is null) Assert.Null(wrong.Place);
        else Assert.StartsWith(place, wrong.Place);
    }

    [Fact]
    public void Nbformat_3_names_the_command_that_converts_it()
    {
        string path = folder.Write("old.ipynb", """{"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": []}]}""");

        BadInputException wrong = Assert.Throws<BadInputException>(() => NotebookDocument.Load(path));

        Assert.EndsWith("nbformat: version 3, which kernels of today cannot run; convert it with `jupyter nbconvert --to notebook --nbformat 4 --inplace old.ipynb`", wrong.Message);
    }

    [Fact]
    public void Another_kernel_is_named_with_the_one_that_is_known()
    {
        string path = folder.Write("a.ipynb", "{" + Head + """, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "cells": []}""");

        BadInputException wrong = Assert.Throws<BadInputException>(() => NotebookDocument.Load(path));

        Assert.Contains("the kernel 'python3' is not known here; known is .net-csharp", wrong.Message);
    }

    [Fact]
    public void A_wrong_meta_of_a_dib_is_named_with_its_line()
    {
        BadInputException wrong = Assert.Throws<BadInputException>(() => DibReader.Read("#!csharp\n\n1\n\n#!meta\n\n{\"a\": }\n", "a.dib"));

        Assert.Equal("line 7, column 7", wrong.Place);
        Assert.Contains("what follows #!meta is wrong: not JSON", wrong.What);
    }

    [Fact]
    public void Nesting_without_end_is_refused_and_not_followed()
    {
        string path = folder.Write("a.ipynb", "{\"a\":" + new string('[', 100_000));

        Assert.Contains("not JSON", Assert.Throws<BadInputException>(() => NotebookDocument.Load(path)).Message);
    }

    [Fact]
    public void Files_that_cannot_be_read_are_named()
    {
        string binary = folder.Write("b.ipynb", [(byte)'{', 0xFF, 0xFE]);

        Assert.Contains("byte 1: not UTF-8 text", Assert.Throws<BadInputException>(() => NotebookDocument.Load(binary)).Message);
        Assert.Contains("the file does not exist", Assert.Throws<BadInputException>(() => NotebookDocument.Load(folder.At("none.dib"))).Message);
        Assert.Contains("the file does not exist", Assert.Throws<BadInputException>(() => NotebookDocument.Load(folder.At("none", "a.dib"))).Message);
        Assert.Contains("the ending '.txt' is none of a notebook", Assert.Throws<BadInputException>(() => NotebookDocument.Load(folder.Write("a.txt", "x"))).Message);
        Directory.CreateDirectory(folder.At("c.ipynb"));
        Assert.Contains("this is a folder", Assert.Throws<BadInputException>(() => NotebookDocument.Load(folder.At("c.ipynb"))).Message);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        string path = folder.Write("a.dib", [.. Encoding.UTF8.Preamble, .. "#!markdown\n\nx\n"u8]);

        Assert.Equal("x", Assert.Single(NotebookDocument.Load(path).Cells).Source);
    }
}
