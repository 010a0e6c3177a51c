using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Tests.Kernel.Documents;

public sealed class DibTests
{
    private const string Text = """
        #!meta

        {
         "authors": "us",
         "kernelInfo": {
          "defaultKernelName": "csharp",
          "items": [
           {
            "aliases": [
             "c#",
             "cs"
            ],
            "languageName": "csharp",
            "name": "csharp"
           },
           {
            "aliases": [
             "md"
            ],
            "languageName": "markdown",
            "name": "markdown"
           }
          ]
         }
        }

        #!markdown

        # Title

        Text.

        #!csharp

        //| tags: parameters, skip-execution
        int steps = 100;

        #!csharp

        #!time
        #!import setup.dib
        var a = "#!markdown";

        """;

    [Fact]
    public void Cells_are_split_at_languages_alone_on_a_line()
    {
        NotebookDocument document = DibReader.Read("a\n#!md\n\n# T\n#!C#\n#!time\nb #!sql\n #!sql\n#!sql --name x\n#!SQL \nc\n", "a.dib");

        Assert.Equal([("csharp", "a"), ("markdown", "# T"), ("csharp", "#!time\nb #!sql\n #!sql\n#!sql --name x"), ("sql", "c")],
            document.Cells.Select(cell => (cell.KernelName, cell.Source)));
        Assert.Equal(CellKind.Markdown, document.Cells[1].Kind);
    }

    [Fact]
    public void The_text_that_we_write_is_the_text_that_we_read()
    {
        Assert.Equal(Text, DibWriter.ToText(DibReader.Read(Text, "a.dib")));
    }

    [Fact]
    public void Tags_stand_in_a_comment_and_are_no_part_of_the_source()
    {
        NotebookDocument document = DibReader.Read(
            Text + "\n#!sql\n\n--| tags: a\nselect 1\n\n#!markdown\n\n<!--| tags: b,c -->\n\nx\n\n#!csharp\n\n//|tags:d\n\n#!csharp\n\n// | tags: no\n", "a.dib");

        Assert.Equal(["", "parameters skip-execution", "", "a", "b c", "d", ""], document.Cells.Select(cell => string.Join(' ', cell.Tags)));
        Assert.Equal(["int steps = 100;", "select 1", "x", ""], new[] { 1, 3, 4, 5 }.Select(index => document.Cells[index].Source));
    }

    [Fact]
    public void A_kernel_that_only_the_files_own_metadata_name_opens_cells()
    {
        NotebookDocument document = DibReader.Read("""
            #!meta
            {"kernelInfo": {"defaultKernelName": "cypher", "items": [{"name": "cypher", "aliases": ["cy"]}]}}
            #!cy
            match
            #!other
            """, "a.dib");

        Assert.Equal(("cypher", "match\n#!other"), (Assert.Single(document.Cells).KernelName, document.Cells[0].Source));
    }

    [Fact]
    public void A_text_that_would_open_a_cell_is_escaped()
    {
        var document = new NotebookDocument([new NotebookCell("a", CellKind.Markdown, "markdown", "Write\n#!csharp\n\\#!sql\n#!time\n#!meta\nin it")], []);
        string text = DibWriter.ToText(document);

        Assert.Contains("\n\\#!csharp\n\\\\#!sql\n#!time\n\\#!meta\n", text);
        Assert.Equal(document.Cells[0].Source, Assert.Single(DibReader.Read(text, "a.dib").Cells).Source);
    }

    [Fact]
    public void Dib_to_ipynb_to_dib_keeps_every_source_language_and_tag()
    {
        Gen<string> line = Gen.OneOf(
            Gen.Elements("var a = 1;", "", "  indented", "#!sql", "#!time", "#!markdown", "\\#!csharp", "// é 漢 😀", "\"\\u0007\"", "#!meta", "$x^2$"),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get.ReplaceLineEndings(" ").Trim()));
        Gen<NotebookCell> cell =
            from name in Gen.Elements("csharp", "markdown", "sql", "html", "mermaid", "value")
            from lines in Gen.ListOf(line)
            from tags in Gen.SubListOf("parameters", "raises-exception", "mine")
            select new NotebookCell("", CellLanguages.KindOf(name), name, "a\n" + string.Join('\n', lines) + "\nz") { Tags = [.. tags] };
        Prop.ForAll(Gen.ListOf(cell).ToArbitrary(), cells =>
        {
            NotebookDocument dib = DibReader.Read(DibWriter.ToText(new NotebookDocument([.. cells], [])), "a.dib");
            NotebookDocument ipynb = IpynbReader.Read(IpynbWriter.ToText(dib), "a.ipynb");
            NotebookDocument back = DibReader.Read(DibWriter.ToText(ipynb), "a.dib");
            return Facts(dib).SequenceEqual(Facts(back)) && Facts(dib).SequenceEqual(Facts(ipynb)) && DibWriter.ToText(dib) == DibWriter.ToText(ipynb)
                && Sources(dib).SequenceEqual(cells.Select(one => one.Source.ReplaceLineEndings("\n")));
        }).QuickCheckThrowOnFailure();

        static IEnumerable<string> Facts(NotebookDocument document) =>
            document.Cells.Select(one => $"{one.Id}|{one.KernelName}|{one.Kind}|{string.Join(',', one.Tags)}|{one.Source}");
        static IEnumerable<string> Sources(NotebookDocument document) => document.Cells.Select(one => one.Source);
    }
}
