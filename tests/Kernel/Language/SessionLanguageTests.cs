using ScratchDet.Kernel.Session;
using ScratchDet.Tests.Kernel.Polyglot;

namespace ScratchDet.Tests.Kernel.Language;

/// <summary>Through the session, with the references and imports that its cells have.</summary>
public class SessionLanguageTests
{
    [Fact]
    public async Task A_session_completes_and_explains_what_its_cells_have_declared()
    {
        using var session = new NotebookSession(Path.GetTempPath());
        Assert.Contains("WriteLine", session.Complete("Console.Wri", 11).Items.Select(item => item.Text));
        var output = new RecordingOutput();
        CellResult result = await session.ExecuteAsync("using ScratchDet.Kernel.Polyglot; var table = new SqlTable([\"a\"], []);", "csharp", output, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        Assert.Contains("Columns", session.Complete("table.", 6).Items.Select(item => item.Text));
        Assert.StartsWith("(variable) SqlTable table\n\nThe result of a #!sql cell", session.Inspect("table", 5)?.Text);
        Assert.Contains("display", session.Complete("disp", 4).Items.Select(item => item.Text));
        Assert.Equal(CodeStatus.Incomplete, session.StatusOf("if (true) {"));
        Assert.Equal(CodeStatus.Complete, session.StatusOf("1"));
    }
}
