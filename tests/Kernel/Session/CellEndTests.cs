using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Session;

public class CellEndTests
{
    private static string Reference => $"#r \"{typeof(Cell).Assembly.Location}\"\nusing ScratchDet.Notebook;\n";

    [Fact]
    public async Task What_changes_in_place_shows_its_last_state_when_the_cell_fails()
    {
        using var notebook = new TestNotebook();
        RecordedCell cell = await notebook.Run(Reference + """
            var plot = new LivePlot("Loss");
            for (int step = 1; step <= 200; step++) plot.Draw(step, "Loss", step == 200 ? 4321 : 1);
            throw new InvalidOperationException("stopped here");
            """);

        Assert.Equal("stopped here", cell.Error!.Message);
        Assert.Single(cell.Shown.Select(shown => shown.Id).Distinct());
        Assert.Contains("4321", cell.Shown[^1].Content.Text);
        Assert.NotNull(cell.Shown[^1].Content.Find(MimeBundle.Plotly));
    }

    [Fact]
    public async Task The_next_cell_has_a_display_of_its_own()
    {
        using var notebook = new TestNotebook();
        RecordedCell first = await notebook.RunAll(Reference + "var bar = new ProgressBar(\"work\", 4); bar.Advance();");
        RecordedCell second = await notebook.RunAll("bar.Advance(3);");

        Assert.Equal("work [#####...............] 1/4", first.Shown[^1].Content.Text);
        Assert.Equal("work [####################] 4/4", second.Shown[^1].Content.Text);
        Assert.NotEqual(first.Shown[0].Id, second.Shown[0].Id);
    }

    [Fact]
    public async Task Values_of_the_kit_show_themselves()
    {
        using var notebook = new TestNotebook();
        RecordedCell cell = await notebook.RunAll(Reference + "new TextTable([\"a\", \"b\"], [[\"1\", \"2\"], [\"3\", \"4\"]])");

        Assert.Equal("a  b\n-  -\n1  2\n3  4", cell.Value);
        Assert.Contains("onclick", cell.Form(MimeBundle.Html));
    }
}
