using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Session;

public class MagicTests
{
    [Fact]
    public async Task Chooser_lines_split_a_cell_into_languages()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("var x = 1;\n#!html\n<b>bold</b>\n#!csharp\nConsole.Write(x);\nx + 1");

        Assert.Equal("<b>bold</b>", cell.OnlyShown.Find(MimeBundle.Html)!.ToString().Trim());
        Assert.Equal(("1", "2"), (cell.Output, cell.Value));
    }

    [Theory]
    [InlineData("#!cs")]
    [InlineData("#!C#")]
    public async Task A_language_may_be_chosen_by_the_names_that_dib_files_have_for_it(string chooser)
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll($"#!md\n# Title\n{chooser}\n1 + 1");

        Assert.Contains("Title</h1>", cell.OnlyShown.Find(MimeBundle.Html)!.ToString());
        Assert.Equal("2", cell.Value);
    }

    [Fact]
    public async Task A_cell_of_another_language_goes_to_it()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.Run("<i>slanted</i>", "html");

        Assert.Null(cell.Error);
        Assert.Contains("<i>slanted</i>", cell.OnlyShown.Find(MimeBundle.Html)!.ToString());
    }

    [Fact]
    public async Task A_language_that_there_is_none_of_is_named_with_those_that_there_are()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("let x = 1", "fsharp");

        Assert.Equal("MagicError", error.Name);
        Assert.StartsWith("there is no language 'fsharp' here; there are csharp, html", error.Message);
    }

    [Fact]
    public async Task Errors_after_a_chooser_line_name_the_lines_of_the_cell()
    {
        using var notebook = new TestNotebook();

        CellError compile = await notebook.Fail("#!markdown\n# Title\n#!csharp\n\nint x = \"a\";");
        CellError runtime = await notebook.Fail("#!time\n\nthrow new Exception();");

        Assert.StartsWith("(5,9): error CS0029", compile.Message);
        Assert.Equal(["   at line 3: throw new Exception();"], runtime.Traceback);
    }

    [Fact]
    public async Task A_magic_within_a_text_or_a_comment_is_none()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("var text = \"\"\"\n#!unknown\n\"\"\";\n/*\n#!neither\n*/\ntext");

        Assert.Equal("#!unknown", cell.Value);
    }

    [Theory]
    [InlineData("#!tiem", "#!tiem is unknown; did you mean #!time? #!lsmagic lists all")]
    [InlineData("#!WHOZ", "#!WHOZ is unknown; did you mean #!who or #!whos? #!lsmagic lists all")]
    [InlineData("#!connect mssql", "#!connect is unknown; #!lsmagic lists the magics and languages that there are")]
    public async Task An_unknown_magic_is_named_with_similar_ones(string code, string expected)
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail(code);

        Assert.Equal(("MagicError", expected), (error.Name, error.Message));
    }

    [Fact]
    public async Task Time_says_how_long_the_rest_took()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("#!time\nawait Task.Delay(30);\n1");

        Assert.Equal("1", cell.Value);
        Assert.Matches(@"^Wall time: (\d+\.\d ms|\d+\.\d\d s)$", cell.OnlyShown.Text);
    }

    [Fact]
    public async Task Who_and_whos_tell_the_variables()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("int count = 3; string name = null; var boxes = new List<double[]> { new double[4] };", "count = 5; class Broken { public override string ToString() => throw new Exception(\"no\"); } var broken = new Broken();");

        RecordedCell who = await notebook.RunAll("#!who");
        RecordedCell whos = await notebook.RunAll("#!whos");

        Assert.Contains("boxes", who.OnlyShown.Text);
        string[][] rows = [.. whos.OnlyShown.Text.Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Where(row => row.Length == 3)];
        Assert.Contains(rows, row => row is ["count", "int", "5"]);
        Assert.Contains(rows, row => row is ["name", "string", "<null>"]);
        Assert.Contains(rows, row => row is ["boxes", "List<double[]>", "1 elements"]);
        Assert.Contains(rows, row => row is ["broken", "Broken", "<Exception: no>"]);
        Assert.Contains("<table", whos.OnlyShown.Find(MimeBundle.Html)!.ToString());
    }

    [Fact]
    public async Task Lsmagic_and_about_tell_about_the_kernel()
    {
        using var notebook = new TestNotebook();

        string magics = (await notebook.RunAll("#!lsmagic")).OnlyShown.Text;
        string about = (await notebook.RunAll("#!about")).OnlyShown.Text;

        Assert.All((string[])["#!time", "#!import", "#!sql", "#r \"nuget:"], magic => Assert.Contains(magic, magics));
        Assert.Contains("ScratchDet.Kernel", about);
        Assert.Contains(".NET 1", about);
    }

    [Theory]
    [InlineData("--name n --value 5", "n + 1", "6")]
    [InlineData("--name n --value 5000000000", "n.GetType().Name", "Int64")]
    [InlineData("--name n --value 0.5", "n * 2", "1")]
    [InlineData("--name n --value true", "!n", "False")]
    [InlineData("--name=n --value=\"two words\"", "n.Length", "9")]
    [InlineData("--name n --value 05-2026", "n.Length", "7")]
    [InlineData("--name n --value null", "n is null", "True")]
    public async Task Set_declares_a_variable_of_the_values_type(string arguments, string code, string expected)
    {
        using var notebook = new TestNotebook();

        Assert.Equal(expected, (await notebook.RunAll($"#!set {arguments}\n{code}")).Value);
    }

    [Fact]
    public async Task Values_go_between_languages()
    {
        using var notebook = new TestNotebook();

        await notebook.RunAll("#!value --name words\none two");
        RecordedCell set = await notebook.RunAll("#!set --name mine --value @value:words\nmine.Trim()");
        RecordedCell shared = await notebook.RunAll("#!share --from value words --as again\nagain.Trim()");
        RecordedCell back = await notebook.RunAll("var list = new List<int> { 1, 2, 3 };", "#!value --name x\n0\n#!set --name taken --value @csharp:list\n#!csharp\n#!share --from value taken\ntaken.ToString().Count(letter => letter == ',')");

        Assert.Equal("one two", set.Value);
        Assert.Equal("one two", shared.Value);
        Assert.Equal("2", back.Value);
    }

    [Fact]
    public async Task Values_of_types_that_cells_declare_keep_them()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("record Box(double Width);", "var box = new Box(2); var anonymous = new { X = 1 };");

        Assert.Equal("2", (await notebook.RunAll("#!set --name copy --value @box\ncopy.Width")).Value);
        Assert.Equal("{ X = 1 }", (await notebook.RunAll("#!set --name other --value @csharp:anonymous\nother.ToString()")).Value);
    }

    [Theory]
    [InlineData("#!set --name x", "#!set needs --value")]
    [InlineData("#!set --name x --value", "#!set needs a value after --value")]
    [InlineData("#!set --name class --value 1", "'class' cannot be the name of a C# variable")]
    [InlineData("#!set --name x --value \"open", "has a quote that does not end")]
    [InlineData("#!set --colour red", "has no option --colour")]
    [InlineData("#!set --name x --value @none:y", "knows no language 'none'")]
    [InlineData("#!set --name x --value @csharp:nothing", "C# has no variable 'nothing'; it has none yet")]
    [InlineData("#!share --from csharp", "needs the name of one variable")]
    [InlineData("#!share table --from pascal", "there is no language 'pascal' here")]
    public async Task Values_that_cannot_be_had_are_explained(string code, string expected)
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail(code);

        Assert.Equal("MagicError", error.Name);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_wrong_cell_of_another_language_says_so()
    {
        using var notebook = new TestNotebook();

        Assert.Equal("LanguageError", (await notebook.Fail("#!share --from value nothing")).Name);
    }
}
