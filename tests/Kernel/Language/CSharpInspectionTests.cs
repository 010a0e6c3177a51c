using ScratchDet.Kernel.Language;
using ScratchDet.Notebook;
using static ScratchDet.Tests.Kernel.Language.Cells;

namespace ScratchDet.Tests.Kernel.Language;

public class CSharpInspectionTests
{
    private const string Kit = "using ScratchDet.Runs;\nusing ScratchDet.Experiments;\nusing ScratchDet.Boxes;";

    [Fact]
    public void A_method_of_the_kit_has_its_signature_and_its_documentation()
    {
        const string Expected = """
            RunFolder RunStore.Find(string text)

            The run that a person means: its folder, its path in the store, or a part of the path that only it has.

            Throws:
              SpecException: None, or several; the message lists some.
            """;
        string[] cells = [Kit, "var store = RunStore.Open(\"runs\");"];
        foreach (string text in new[] { "store.Fi$$nd(\"x\")", "store.Find$$", "store.$$Find(\"x\")", "store.Find($$", "store.Find(\"x\"$$)", "store.Find(\"x$$\")" })
            Assert.Equal(Expected, Inspect(text, cells)?.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Parameters_and_results_are_told()
    {
        string text = Inspect("Seeds.Deri$$ve(1, \"init\")", "using ScratchDet;")!;
        Assert.Contains("Seeds.Derive(", text);
        text = Inspect("Twice$$", "/// <summary>Doubles.</summary>\n/// <param name=\"x\">What\n/// is doubled, <c>x</c>.</param>\n/// <returns>It, <see cref=\"int\"/>.</returns>\nint Twice(int x) => 2 * x;")!;
        Assert.Equal("int Twice(int x)\n\nDoubles.\n\nParameters:\n  x: What is doubled, x.\n\nReturns: It, int.", text);
    }

    [Fact]
    public void A_property_of_a_positional_record_is_documented_as_its_parameter()
    {
        Assert.Equal("double StepRecord.LearningRate { get; init; }\n\nThe rate that the optimizer used in this step.", Inspect("step.Learn$$ingRate", Kit, "StepRecord step = null;"));
        string made = Inspect("new StepRecord($$", Kit)!;
        Assert.StartsWith("StepRecord.StepRecord(long Step, double Loss,", made);
        Assert.Contains("One line of steps.jsonl", made);
        Assert.Contains("  LearningRate: The rate", made);
    }

    [Theory]
    [InlineData("int nu$$mber = 1;", "(variable) int number")]
    [InlineData("nu$$mber", "(variable) int number")]
    [InlineData("{ const int Local = 3; var y = Loc$$al; }", "(variable) int Local = 3")]
    [InlineData("foreach (var w$$ord in words) { }", "(variable) string word")]
    [InlineData("words.Select(w => w$$.Length)", "(parameter) string w")]
    [InlineData("void F(double ra$$te) { }", "(parameter) double rate")]
    [InlineData("var x = number + $$1;", null)]
    [InlineData("// num$$ber", null)]
    [InlineData("$$", null)]
    [InlineData("missing$$", null)]
    public void Variables_show_their_type(string text, string? expected) =>
        Assert.Equal(expected, Inspect(text, "int number = 1; var words = new List<string>();")?.Split('\n')[0]);

    [Fact]
    public void Types_namespaces_enumeration_values_and_constructors_are_named_in_full()
    {
        Assert.StartsWith("enum ScratchDet.Experiments.Scale", Inspect("Sca$$le s;", Kit));
        Assert.StartsWith("Scale.Paper = ", Inspect("Scale.Pa$$per", Kit));
        Assert.StartsWith("class ScratchDet.Runs.RunStore", Inspect("RunSt$$ore.Open(\"a\")", Kit));
        Assert.Equal("namespace ScratchDet.Runs", Inspect("using ScratchDet.Ru$$ns;"));
        Assert.StartsWith("readonly struct System.Int32", Inspect("in$$t x = 1;"));
        Assert.StartsWith("class System.Collections.Generic.List<int>", Inspect("va$$r x = new List<int>();"));
        Assert.StartsWith("List<int>.List()\nList<int>.List(int capacity)", Inspect("var x = new List<int>($$)")?.ReplaceLineEndings("\n"));
        Assert.StartsWith("List<int>.List()", Inspect("List<int> x = n$$ew();"));
    }

    [Fact]
    public void Overloads_follow_the_one_that_is_meant()
    {
        string[] lines = Inspect("Math.Ma$$x(1.0, 2.0)")!.Split('\n');
        Assert.Equal("double Math.Max(double val1, double val2)", lines[0]);
        Assert.StartsWith("+ ", lines[10]);
        Assert.Contains("IEnumerable<string>.Where", Inspect("words.Whe$$re(w => w.Length > 1)", "var words = new List<string>();")!.Split('\n')[0]);
    }

    [Fact]
    public void A_delegate_shows_how_it_is_called() =>
        Assert.Equal("double Func<int, double>.Invoke(int arg)", Inspect("f($$", "Func<int, double> f = x => x;")?.Split('\n')[0]);

    [Fact]
    public void The_framework_is_documented_where_an_sdk_is_installed()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../../packs/Microsoft.NETCore.App.Ref"));
        if (!Directory.Exists(root)) Assert.Skip("no SDK beside the runtime");
        string text = Inspect("\"a\".Subst$$ring(1)")!;
        Assert.StartsWith("string string.Substring(int startIndex)", text);
        Assert.Contains("Parameters:\n  startIndex: ", text);
        Assert.Contains("\n  ArgumentOutOfRangeException: ", text);
    }

    [Fact]
    public void Html_is_escaped_and_commands_are_told_too()
    {
        MimeBundle shown = CSharpInspection.Inspect(After("var words = new List<string>();"), "words", 2)!;
        Assert.Contains("List&lt;string&gt;", shown.Find(MimeBundle.Html)!.GetValue<string>());
        Assert.Equal("#!time\n\nMeasures how long the rest of the cell takes", Inspect("#!ti$$me"));
        Assert.Null(Inspect("#!html\nCon$$sole"));
        Assert.Null(Inspect("#!nothing$$"));
    }
}
