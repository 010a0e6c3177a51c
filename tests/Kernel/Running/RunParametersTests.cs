using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Running;

namespace ScratchDet.Tests.Kernel.Running;

public sealed class RunParametersTests
{
    [Theory]
    [InlineData("int", "20", "20")]
    [InlineData("int", "-3", "-3")]
    [InlineData("long", "5000000000", "5000000000L")]
    [InlineData("double", "1", "1.0")]
    [InlineData("double", "1e-3", "0.001")]
    [InlineData("double", "1e300", "1E+300")]
    [InlineData("double", "NaN", "double.NaN")]
    [InlineData("float", "0.1", "0.1f")]
    [InlineData("decimal", "0.10", "0.10m")]
    [InlineData("bool", "True", "true")]
    [InlineData("string", "a \"b\" \\ \n", "\"a \\\"b\\\" \\\\ \\n\"")]
    [InlineData("string?", "null", "null")]
    [InlineData("int?", "4", "4")]
    [InlineData("char", "'", "'\\''")]
    [InlineData("Scale", "Seconds", "Scale.Seconds")]
    [InlineData("Scale", "seconds", "Scale.Seconds")]
    [InlineData("Scale", "Scale.Paper", "Scale.Paper")]
    public void A_value_becomes_a_literal_of_the_declared_type(string type, string value, string literal) =>
        Assert.Equal(literal, RunParameters.Literal("p", type, value));

    [Theory]
    [InlineData("int", "1.5")]
    [InlineData("int", "5000000000")]
    [InlineData("byte", "256")]
    [InlineData("double", "fast")]
    [InlineData("bool", "yes")]
    [InlineData("int", "null")]
    [InlineData("Scale", "Seconds; Environment.Exit(1)")]
    [InlineData("char", "ab")]
    public void A_value_of_another_type_is_refused(string type, string value) =>
        Assert.StartsWith($"--param p: '{value}' is not", Assert.Throws<ParameterException>(() => RunParameters.Literal("p", type, value)).Message);

    [Fact]
    public void Types_are_read_from_declarations_and_defaults()
    {
        IReadOnlyDictionary<string, string?> declared = RunParameters.Declared("""
            #!import setup.dib
            #r "x.dll"
            int steps = 100, more = 2;   // comment
            double? rate = null;
            var scale = Scale.Seconds;
            var momentum = -0.9;
            var half = 0.5f;
            var isOn = true;
            string name = "x";
            later = 3;
            const int Fixed = 1;
            var list = new[] { 1 };
            Console.WriteLine(steps);
            """);

        Assert.Equal(
            [("steps", "int"), ("more", "int"), ("rate", "double?"), ("scale", "Scale"), ("momentum", "double"), ("half", "float"), ("isOn", "bool"), ("name", "string"), ("later", "int"), ("Fixed", null), ("list", null)],
            declared.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public void The_values_come_in_after_the_defaults_and_replace_those_of_an_earlier_run()
    {
        NotebookDocument document = DibReader.Read("#!csharp\n\n0\n\n#!csharp\n\n//| tags: parameters\nint a = 1;\nvar b = \"x\";\n\n#!csharp\n\n2\n", "n.dib");

        NotebookDocument once = RunParameters.Inject(document, "n.dib", [new("b", "y"), new("a", "5")]);
        NotebookDocument twice = RunParameters.Inject(once, "n.dib", [new("a", "6")]);

        Assert.Equal(["0", "int a = 1;\nvar b = \"x\";", "// Parameters\nb = \"y\";\na = 5;", "2"], once.Cells.Select(cell => cell.Source));
        Assert.Equal(["0", "int a = 1;\nvar b = \"x\";", "// Parameters\na = 6;", "2"], twice.Cells.Select(cell => cell.Source));
        Assert.Same(once, RunParameters.Inject(once, "n.dib", []));
    }

    [Fact]
    public void A_default_that_cannot_be_set_is_named()
    {
        NotebookDocument document = DibReader.Read("#!csharp\n\n//| tags: parameters\nconst int a = 1;\n", "n.dib");

        Assert.Contains("--param a: its default in n.dib is not a number", Assert.Throws<ParameterException>(() => RunParameters.Inject(document, "n.dib", [new("a", "2")])).Message);
    }
}
