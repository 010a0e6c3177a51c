using System.Text;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public sealed class PlotlyScriptTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-plotly-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Wrong(string place)
    {
        string file = Path.Combine(folder.FullName, place);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "window.Plotly={}");
        return file;
    }

    [Fact]
    public void Without_the_file_there_is_no_script_and_a_reason()
    {
        PlotlyScript script = PlotlyScript.Find(null, null, folder.FullName);
        Assert.Null(script.File);
        Assert.Null(script.EmbedOnce());
        Assert.Contains(PlotlyScript.FileVariable, script.Reason);
        Assert.Throws<InvalidOperationException>(script.Read);
    }

    [Fact]
    public void It_is_looked_for_as_given_then_in_the_environment_then_above_the_program()
    {
        string above = Wrong(".build/plotly/plotly.min.js");
        string environment = Wrong("environment.js");
        string given = Wrong("given.js");
        string program = Path.Combine(folder.FullName, ".build/bin/x");
        Assert.Equal(given, PlotlyScript.Find(given, environment, program).File);
        Assert.Equal(environment, PlotlyScript.Find(null, environment, program).File);
        Assert.Equal(above, PlotlyScript.Find(null, null, program).File);
    }

    [Fact]
    public void Another_version_is_an_error_that_names_the_file()
    {
        string file = Wrong("plotly.min.js");
        BadInputException error = Assert.Throws<BadInputException>(() => PlotlyScript.Find(file, null, folder.FullName).EmbedOnce());
        Assert.Equal(file, error.File);
        Assert.Contains(PlotlyScript.Version, error.What);
    }

    [Fact]
    public void A_named_file_that_does_not_exist_is_an_error()
    {
        Assert.Throws<BadInputException>(() => PlotlyScript.Find(Path.Combine(folder.FullName, "absent.js"), null, folder.FullName));
        Assert.Throws<BadInputException>(() => PlotlyScript.Find(null, Path.Combine(folder.FullName, "absent.js"), folder.FullName));
    }

    [Fact]
    public void Nothing_in_the_file_can_end_the_script_block() =>
        Assert.Equal("a='<\\/script>';b='\\x3C!--'", PlotlyScript.Guarded(Encoding.UTF8.GetBytes("a='</SCRIPT>';b='<!--'")).Replace("SCRIPT", "script"));

    [Fact]
    public void The_pinned_file_is_embedded_with_its_license()
    {
        string file = Path.Combine(Repository.Root, ".build/plotly/plotly.min.js");
        if (!File.Exists(file)) Assert.Skip($"no {file}: the set-up brings it");
        string html = PlotlyScript.Find(file, null, folder.FullName).EmbedOnce()!;
        Assert.StartsWith("<script>", html);
        Assert.EndsWith("</script>", html);
        Assert.Equal(html.Length - "</script>".Length, html.IndexOf("</script", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("<!--", html);
        Assert.Contains("Licensed under the MIT license", html[..400]);
    }
}
