using System.Diagnostics;
using ScratchDet.Kernel.Session;
using static ScratchDet.Tests.Kernel.Language.Cells;

namespace ScratchDet.Tests.Kernel.Language;

public class CSharpCompletionTests
{
    private const string Kit = "using ScratchDet.Runs;\nusing ScratchDet.Experiments;\nusing ScratchDet.Boxes;\nusing ScratchDet.Evaluation;";

    [Fact]
    public void Members_of_a_kit_type_are_those_of_the_instance()
    {
        string[] offered = Offered("store.$$", Kit, "var store = RunStore.Open(\"runs\");");
        Assert.Contains("Runs", offered);
        Assert.Contains("Root", offered);
        Assert.DoesNotContain("Open2", offered);
        Assert.DoesNotContain("clock", offered);
        Assert.All(offered, text => Assert.Matches(@"^@?\w+$", text));
        // What every object has comes last.
        Assert.Equal(["Equals", "GetHashCode", "GetType", "ToString"], offered[^4..].Order());
    }

    [Fact]
    public void A_name_of_a_type_offers_what_is_static()
    {
        string[] offered = Offered("RunStore.$$", Kit);
        Assert.Contains("Open", offered);
        Assert.DoesNotContain("Runs", offered);
        Assert.Equal(["Minutes", "Paper", "Seconds"], Offered("Scale.$$", Kit));
        Assert.Contains("WriteLine", Offered("Console.Wri$$"));
    }

    [Fact]
    public void Overloads_are_one_entry_that_counts_them()
    {
        CompletionItem item = Assert.Single(Complete(After(), "Console.WriteL$$").Items);
        Assert.Equal(("WriteLine", "method"), (item.Text, item.Kind));
        Assert.Matches(@"^void WriteLine\(\) \(\+ \d+ overloads\)$", item.Signature);
        Assert.Equal("IReadOnlyList<RunFolder> Runs(string? study = null)", Signature("store.$$", "Runs", Kit, "var store = RunStore.Open(\"runs\");"));
    }

    [Fact]
    public void Linq_is_offered_on_sequences_and_its_lambdas_know_their_elements()
    {
        string cell = "var words = new List<string> { \"a\" }; int[] numbers = { 1, 2 };";
        Assert.Contains("Where", Offered("words.$$", cell));
        Assert.Contains("Sum", Offered("numbers.$$", cell));
        Assert.DoesNotContain("Where", Offered("1.0.$$", cell));
        Assert.Contains("IEnumerable<string> Where<string>(Func<string, bool> predicate)", Signature("words.$$", "Where", cell));
        Assert.Contains("Substring", Offered("words.Select(w => w.$$)", cell));
        Assert.Contains("Length", Offered("words.Select(w => w.$$", cell));
        Assert.Contains("Key", Offered("words.GroupBy(w => w.Length).OrderBy(g => g.$$)", cell));
    }

    [Fact]
    public void Variables_of_this_cell_and_of_earlier_ones_come_first()
    {
        string[] offered = Offered("double loss = 1;\n{ int lost = 2; lo$$ }\nint losing = 3;", "var lossByName = new Dictionary<string, double>();", "double LossOf(int step) => step;");
        Assert.Equal(["loss", "lossByName", "lost", "lock", "long"], offered[..5]);
        Assert.Contains("LossOf", offered);
        Assert.DoesNotContain("losing", offered);
        Assert.Equal("(local)", $"({Complete(After("int x1 = 1;"), "x1$$").Items[0].Kind})");
        Assert.Equal("Dictionary<string, double> lossByName", Signature("lossB$$", "lossByName", "var lossByName = new Dictionary<string, double>();"));
    }

    [Fact]
    public void A_variable_that_an_earlier_cell_replaced_has_its_last_type()
    {
        Assert.Equal("string value", Signature("val$$", "value", "int value = 1;", "string value = \"a\";"));
        Assert.Contains("Substring", Offered("value.$$", "int value = 1;", "string value = \"a\";"));
    }

    [Fact]
    public void Types_are_offered_for_letters_and_not_for_nothing()
    {
        Assert.Contains("RunStore", Offered("RunS$$", Kit));
        Assert.Contains("Dictionary", Offered("var d = Dict$$"));
        string[] untyped = Offered("$$", "int mine = 1;");
        Assert.Equal("mine", untyped[0]);
        Assert.DoesNotContain("Console", untyped);
        Assert.Contains("foreach", untyped);
    }

    [Fact]
    public void After_new_there_are_types_that_can_be_made_and_the_wanted_one_first()
    {
        Assert.Equal("List<int>", Offered("List<int> x = new $$")[0]);
        string[] offered = Offered("var x = new S$$", Kit);
        Assert.Contains("StringBuilder", offered);
        Assert.DoesNotContain("string", offered);
        Assert.DoesNotContain("IStepped", Offered("var x = new I$$", Kit));
        Assert.Contains("StringBuilder", Offered("var x = new System.Text.Str$$"));
    }

    [Fact]
    public void After_using_there_are_namespaces_and_after_using_static_types()
    {
        Assert.Equal(["ScratchDet"], Offered("using Scr$$"));
        string[] offered = Offered("using ScratchDet.$$");
        Assert.Contains("Runs", offered);
        Assert.DoesNotContain("Seeds", offered);
        Assert.Contains("Seeds", Offered("using static ScratchDet.$$"));
        Assert.Contains("Text", Offered("System.$$"));
        Assert.Contains("Console", Offered("global::System.Con$$"));
    }

    [Fact]
    public void Arguments_are_offered_by_name_where_they_are_not_given()
    {
        string[] offered = Offered("store.Runs($$)", Kit, "var store = RunStore.Open(\"runs\");");
        Assert.Equal("study:", offered[0]);
        Assert.Equal(["clock:"], Offered("RunStore.Open(\"runs\", cl$$)", Kit).Where(text => text.EndsWith(':')));
        Assert.DoesNotContain("folder:", Offered("RunStore.Open(\"runs\", $$)", Kit));
        Assert.Contains("SpecFingerprint:", Offered("new RunIdentity(Study: \"a\", $$)", Kit));
        Assert.DoesNotContain("Study:", Offered("new RunIdentity(Study: \"a\", $$)", Kit));
        Assert.Contains("step:", Offered("Func<int, int> f = null; LossOf($$", "double LossOf(int step) => step;"));
    }

    [Fact]
    public void Within_braces_there_are_the_properties_that_are_not_set_yet()
    {
        const string Cell = "record Options { public int Width { get; init; } public string Name { get; set; } public int Twice => 2 * Width; }";
        Assert.Equal(["Name", "Width"], Offered("new Options { $$ }", Cell));
        Assert.Equal(["Name"], Offered("new Options { Width = 1, $$ }", Cell));
        Assert.Equal(["Name"], Offered("new Options\n{\n    Width = 1,\n    Na$$\n};\nvar y = 1;", Cell));
        Assert.Equal(["Name", "Width"], Offered("Options o = new() { $$ }", Cell));
        Assert.Equal(["Name", "Width"], Offered("var p = options with { $$ };", Cell, "var options = new Options();"));
        Assert.Contains("number", Offered("new List<int> { n$$ }", "int number = 1;"));
    }

    [Theory]
    [InlineData("Scale s = $$")]
    [InlineData("if (scale == $$)")]
    [InlineData("scale = Sca$$")]
    [InlineData("scale = Mi$$")]
    [InlineData("Of($$)")]
    [InlineData("Of(scale: $$)")]
    [InlineData("if (scale is $$) { }")]
    [InlineData("switch (scale) { case $$: break; }")]
    [InlineData("var t = scale switch { $$ => 1 };")]
    public void Where_an_enumeration_is_wanted_its_values_come_first(string text) =>
        Assert.Equal("Scale.Minutes", Offered(text, Kit, "Scale scale = Scale.Paper; int Of(Scale scale) => 1;").First(one => one is not "scale:" && !one.EndsWith("Paper") && !one.EndsWith("Seconds")));

    [Theory]
    [InlineData("\"a $$b\"")]
    [InlineData("\"abc$$")]
    [InlineData("$\"a $$ {1}\"")]
    [InlineData("'$$a'")]
    [InlineData("// note $$")]
    [InlineData("/* note $$ */")]
    [InlineData("/* note $$")]
    [InlineData("\"\"\"\n a $$\n\"\"\"")]
    [InlineData("#if false\nCon$$\n#endif")]
    [InlineData("12$$")]
    [InlineData("1.5$$")]
    [InlineData("0x1F$$")]
    [InlineData("missing.$$")]
    [InlineData("Console.WriteLine.$$")]
    public void Nothing_is_offered_where_no_name_can_be(string text) => Assert.Empty(Offered(text));

    [Fact]
    public void Right_behind_a_text_and_within_a_hole_of_one_names_are_offered()
    {
        Assert.Contains("Length", Offered("\"abc\".$$"));
        Assert.Contains("Length", Offered("var s = $\"{name.$$}\";", "string name = \"a\";"));
        Assert.Contains("name", Offered("var s = $\"{na$$\";", "string name = \"a\";"));
    }

    [Theory]
    [InlineData("words.$$\nvar x = 1;")]
    [InlineData("words.$$\nwords.Clear();")]
    [InlineData("foreach (var w in words.$$")]
    [InlineData("if (words.$$ > 1) {")]
    [InlineData("words?.$$")]
    [InlineData("var x = words.Co$$unt + (;")]
    [InlineData("}} words.$$")]
    [InlineData("int F() { return words.$$ }")]
    [InlineData("Console.WriteLine(words.$$\n  , 3);")]
    public void Unfinished_code_is_no_hindrance(string text) => Assert.Contains("Count", Offered(text, "var words = new List<string>();"));

    [Fact]
    public void In_the_middle_of_a_word_all_of_it_is_replaced()
    {
        CompletionList list = Complete(After(), "Console.Wri$$teLin(1)");
        Assert.Equal((8, 16), (list.Start, list.End));
        Assert.Equal(["Write", "WriteLine"], list.Items.Select(item => item.Text));
        Assert.Equal((8, 8), (Complete(After(), "Console.$$").Start, Complete(After(), "Console.$$").End));
    }

    [Fact]
    public void Case_does_not_matter_but_decides_the_order()
    {
        Assert.Contains("WriteLine", Offered("Console.writel$$"));
        Assert.Equal("loss", Offered("lo$$", "int Loss = 1, loss = 2;")[0]);
        Assert.Equal("Loss", Offered("Lo$$", "int Loss = 1, loss = 2;")[0]);
        Assert.Equal("@class", Offered("cla$$", "int @class = 1;")[0]);
    }

    [Fact]
    public void Hidden_members_and_operators_are_left_out()
    {
        const string Cell = """
            class Shy { [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)] public int Hidden => 1; public int Seen => 2;
              private int own; public static Shy operator +(Shy a, Shy b) => a; }
            var shy = new Shy();
            """;
        Assert.Equal(["Seen"], Offered("shy.$$", Cell).Except(["Equals", "GetHashCode", "GetType", "ToString"]));
        Assert.DoesNotContain(Offered("1.5m.$$"), text => text.StartsWith("op_", StringComparison.Ordinal) || text.StartsWith("get_", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_languages_and_commands_between_do_not_disturb()
    {
        Assert.Contains("Count", Offered("#!time\n#r \"nuget: X, 1\"\nvar words = new List<string>();\n#!html\n<b>'\n#!csharp\nwords.$$"));
        Assert.Contains("Count", Offered("var text = \"\"\"\n#!html\n\"\"\";\nvar words = new List<string>();\nwords.$$"));
        Assert.Empty(Offered("#!html\n<b>\nCon$$"));
        Assert.Empty(Offered("#!sql\nSELECT $$"));
    }

    [Fact]
    public void After_the_first_one_completions_are_quick()
    {
        ScriptSnapshot snapshot = After(Kit, "var store = RunStore.Open(\"runs\");", "var words = new List<string>();");
        string[] texts = ["store.$$", "words.Where(w => w.$$)", "Con$$", "new $$", "store.Runs($$"];
        foreach (string text in texts) Complete(snapshot, text);
        List<double> milliseconds = [];
        for (int round = 0; round < 4; round++)
        {
            foreach (string text in texts)
            {
                var clock = Stopwatch.StartNew();
                Assert.NotEmpty(Complete(snapshot, text).Items);
                milliseconds.Add(clock.Elapsed.TotalMilliseconds);
            }
        }
        milliseconds.Sort();
        // 15 to 30 on a free machine; the bound leaves room for a busy one.
        Assert.InRange(milliseconds[milliseconds.Count / 2], 0, 300);
    }
}
