using ScratchDet.Kernel.Language;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Language;

public class CSharpSyntaxStatusTests
{
    [Theory]
    [InlineData("", CodeStatus.Complete)]
    [InlineData("1 + 1", CodeStatus.Complete)]
    [InlineData("var x = 1;", CodeStatus.Complete)]
    [InlineData("Console.WriteLine(\"a\");", CodeStatus.Complete)]
    [InlineData("if (x) { f(); }", CodeStatus.Complete)]
    [InlineData("unknown.Name(3)", CodeStatus.Complete)]
    [InlineData("int F(int x)\n{\n    return x;\n}", CodeStatus.Complete)]
    [InlineData("await Task.Delay(1)", CodeStatus.Complete)]
    [InlineData("#!time", CodeStatus.Complete)]
    [InlineData("#r \"nuget: X, 1\"", CodeStatus.Complete)]
    [InlineData("#!html\n<b>(", CodeStatus.Complete)]
    [InlineData("#!sql\nSELECT", CodeStatus.Complete)]
    [InlineData("if (x) {", CodeStatus.Incomplete)]
    [InlineData("var x = ", CodeStatus.Incomplete)]
    [InlineData("f(1,", CodeStatus.Incomplete)]
    [InlineData("var s = @\"a", CodeStatus.Incomplete)]
    [InlineData("var s = \"\"\"\na", CodeStatus.Incomplete)]
    [InlineData("/* a", CodeStatus.Incomplete)]
    [InlineData("class A", CodeStatus.Incomplete)]
    [InlineData("#!time\nforeach (var x in y)", CodeStatus.Incomplete)]
    [InlineData("#!html\n<b>\n#!csharp\nf(", CodeStatus.Incomplete)]
    [InlineData("}", CodeStatus.Invalid)]
    [InlineData("var x = 1 + ) 2;", CodeStatus.Invalid)]
    [InlineData("f(1;", CodeStatus.Invalid)]
    [InlineData("var s = \"a;\nvar t = 1;", CodeStatus.Invalid)]
    [InlineData("f(\n#!html\n<b>", CodeStatus.Invalid)]
    public void A_text_is_complete_wants_more_or_is_wrong(string code, CodeStatus expected) => Assert.Equal(expected, CSharpSyntaxStatus.Of(code));
}
