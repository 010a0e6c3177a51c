using System.Text.Json.Nodes;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Session;

public class DisplayTests
{
    private const string Formatting = "using Microsoft.DotNet.Interactive.Formatting;";

    [Fact]
    public async Task A_display_can_be_updated_in_place_also_from_a_later_cell()
    {
        using var notebook = new TestNotebook();

        RecordedCell first = await notebook.RunAll("var shown = display(1); var other = 2.Display(); shown.Update(10);");
        await notebook.RunAll("shown.Update(new[] { 1, 2 });");

        Assert.Equal(["display display-1 1", "display display-2 2", "update display-1 10", "update display-1 [ 1, 2 ]"], first.Events);
    }

    [Fact]
    public async Task Values_other_than_texts_have_html_and_always_plain_text()
    {
        using var notebook = new TestNotebook();

        RecordedCell number = await notebook.RunAll("5");
        RecordedCell text = await notebook.RunAll("\"a < b\"");

        Assert.Equal([MimeBundle.PlainText, MimeBundle.Html], number.ResultContent!.Forms.Select(form => form.Key));
        Assert.Contains("<pre>5</pre>", number.Form(MimeBundle.Html));
        Assert.Equal([MimeBundle.PlainText], text.ResultContent!.Forms.Select(form => form.Key));
        Assert.Equal("a < b", text.Value);
    }

    [Fact]
    public async Task Records_and_tables_look_as_users_know_them()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("record Run(string Name, double Map);");

        RecordedCell record = await notebook.RunAll("new Run(\"first\", 0.5)");
        RecordedCell table = await notebook.RunAll("new[] { new Run(\"first\", 0.5), new Run(\"second\", 0.75) }");
        RecordedCell dictionary = await notebook.RunAll("new Dictionary<string, int> { [\"steps\"] = 100 }");

        Assert.Contains("class=\"dni-treeview\"", record.Form(MimeBundle.Html));
        Assert.Contains("<td>Map</td>", record.Form(MimeBundle.Html));
        Assert.Contains("Name: first", record.Value);
        Assert.Contains("<th><i>index</i></th>", table.Form(MimeBundle.Html));
        Assert.Contains("second", table.Form(MimeBundle.Html));
        Assert.Contains("<th><i>key</i></th>", dictionary.Form(MimeBundle.Html));
    }

    [Fact]
    public async Task The_forms_of_a_display_can_be_chosen()
    {
        using var notebook = new TestNotebook();

        RecordedCell plain = await notebook.RunAll("5.Display(\"text/plain\");");
        RecordedCell json = await notebook.RunAll("new { a = 1 }.Display(\"application/json\");");

        Assert.Equal([MimeBundle.PlainText], plain.OnlyShown.Forms.Select(form => form.Key));
        JsonObject content = Assert.IsType<JsonObject>(json.OnlyShown.Find("application/json"));
        Assert.Equal(1, (int)content["a"]!);
    }

    [Fact]
    public async Task Texts_in_a_form_of_their_own_are_shown_as_they_are()
    {
        using var notebook = new TestNotebook();

        RecordedCell html = await notebook.RunAll("HTML(\"<b>bold</b>\")");
        RecordedCell raw = await notebook.RunAll("var shown = \"<i>x</i>\".DisplayAs(\"text/html\"); shown.Update(\"<i>y</i>\");");
        RecordedCell json = await notebook.RunAll("\"{\\\"data\\\": []}\".DisplayAs(\"application/vnd.plotly.v1+json\");");
        RecordedCell script = await notebook.RunAll("Javascript(\"go()\"); CSS(\"p{}\");");

        Assert.Equal("<b>bold</b>", html.Form(MimeBundle.Html));
        Assert.Equal(["<i>x</i>", "<i>y</i>"], raw.Shown.Select(one => one.Content.Find(MimeBundle.Html)!.ToString()));
        Assert.IsType<JsonObject>(json.OnlyShown.Find(MimeBundle.Plotly));
        Assert.Equal(["<script>go()</script>", "<style>p{}</style>"], script.Shown.Select(one => one.Content.Find(MimeBundle.Html)!.ToString()));
    }

    [Fact]
    public async Task The_formatters_of_the_notebook_are_honoured()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll(Formatting, "record Shy(int X);", "Formatter.Register<Shy>(value => $\"<u>{value.X}</u>\", \"text/html\");");

        Assert.Equal("<u>4</u>", (await notebook.RunAll("new Shy(4)")).Form(MimeBundle.Html));
        Assert.Contains("<td><u>4</u></td>", (await notebook.RunAll("new[] { new Shy(4) }")).Form(MimeBundle.Html));
        Assert.Contains("X: 4", (await notebook.RunAll("new Shy(4).ToDisplayString(\"text/plain\")")).Value);
    }

    [Fact]
    public async Task Our_own_types_give_all_their_forms_and_show_within_others()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll(
            "using ScratchDet.Notebook;",
            "class Face : IDisplayable { public MimeBundle ToMimeBundle() => new MimeBundle(\":-)\").With(MimeBundle.Html, \"<b>☺</b>\").With(\"image/x\", \"data\"); }",
            "record Page(string Title, Face Face);");

        RecordedCell alone = await notebook.RunAll("new Face()");
        RecordedCell list = await notebook.RunAll("new List<object> { new Face(), 1 }");
        RecordedCell property = await notebook.RunAll("new Page(\"t\", new Face())");
        RecordedCell picture = await notebook.RunAll(
            "class Tall : IDisplayable { public MimeBundle ToMimeBundle() => new MimeBundle(\"svg\").With(MimeBundle.Svg, \"<svg/>\"); }", "new[] { new Tall() }");

        Assert.Equal(["text/plain", "text/html", "image/x"], alone.ResultContent!.Forms.Select(form => form.Key));
        Assert.Contains("<td><b>☺</b></td>", list.Form(MimeBundle.Html));
        Assert.Contains("<td>Face</td><td><b>☺</b></td>", property.Form(MimeBundle.Html));
        Assert.Contains("Face: :-)", property.Value);
        Assert.Contains("<td><svg/></td>", picture.Form(MimeBundle.Html));
    }

    [Fact]
    public async Task A_query_is_computed_once_for_all_its_forms()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("Enumerable.Range(0, 3).Select(x => { Console.Write(x); return x * x; })");

        Assert.Equal("012", cell.Output);
        Assert.Equal("[ 0, 1, 4 ]", cell.Value);
    }

    [Fact]
    public async Task An_endless_sequence_is_shown_by_its_beginning()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("IEnumerable<int> Count() { for (int i = 0; ; i++) yield return i; }\nCount()");

        Assert.Contains("19", cell.Value);
        Assert.DoesNotContain("30", cell.Value);
    }

    [Fact]
    public async Task A_live_display_that_ends_a_cell_is_not_shown_twice()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("using ScratchDet.Notebook;", "Cell.Show(new MimeBundle(\"once\"))");

        Assert.Equal(["display display-1 once"], cell.Events);
    }

    [Fact]
    public void Other_kernels_find_the_forms_of_our_types_by_convention()
    {
        string html = Microsoft.DotNet.Interactive.Formatting.Formatter.ToDisplayString(new Convention(), MimeBundle.Html);

        Assert.Equal("<em>by convention</em>", html);
    }

    [Fact]
    public void Each_of_our_types_names_its_source_for_other_kernels()
    {
        Type[] shown = [.. typeof(IDisplayable).Assembly.GetTypes().Where(type => type is { IsClass: true, IsPublic: true } && type.IsAssignableTo(typeof(IDisplayable)))];
        Assert.NotEmpty(shown);

        Assert.All(shown, type => Assert.True(type.IsDefined(typeof(TypeFormatterSourceAttribute), inherit: true), type.Name));
    }

    // Not IDisplayable for the formatter's registrations of this process, but for the source that the attribute names.
    [TypeFormatterSource(typeof(WrappingSource))]
    private sealed class Convention
    {
        public Shown Content { get; } = new();

        internal sealed class Shown : IDisplayable
        {
            public MimeBundle ToMimeBundle() => new MimeBundle("text").With(MimeBundle.Html, "<em>by convention</em>");
        }
    }

    private sealed class WrappingSource
    {
        public IEnumerable<object> CreateTypeFormatters() => new DisplayableFormatterSource().CreateTypeFormatters().Select(inner => (object)new Wrapping((DisplayableFormatter)inner));
    }

    private sealed class Wrapping(DisplayableFormatter inner)
    {
        public string MimeType => inner.MimeType;

        public bool Format(object instance, TextWriter writer) => inner.Format(((Convention)instance).Content, writer);
    }
}
