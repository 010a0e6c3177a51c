using ScratchDet.Kernel.Polyglot;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Polyglot;

public sealed class ValueKernelTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-value-");
    private readonly ValueKernel kernel;

    public ValueKernelTests() => kernel = new ValueKernel(folder.FullName);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_text_is_kept_and_not_shown()
    {
        Assert.Empty((await RecordingOutput.Run(kernel, "a\nb", "--name text")).Shown);
        Assert.Equal("a\nb", kernel.GetValue("text"));
    }

    [Fact]
    public async Task An_option_may_be_written_with_an_equals_sign()
    {
        await RecordingOutput.Run(kernel, "a", "--name=\"my text\"");
        Assert.Equal("a", kernel.GetValue("my text"));
    }

    [Fact]
    public async Task With_a_mime_type_it_is_shown_too()
    {
        RecordingOutput output = await RecordingOutput.Run(kernel, "<i>x</i>", "--name x --mime-type text/html");
        Assert.Equal("<i>x</i>", Assert.Single(output.Shown).Find("text/html")!.GetValue<string>());
        output = await RecordingOutput.Run(kernel, "{\"a\": [1]}", "--name x --mime-type application/json");
        Assert.Equal(1, Assert.Single(output.Shown).Find("application/json")!["a"]![0]!.GetValue<int>());
    }

    [Fact]
    public async Task A_file_beside_the_notebook_can_be_kept()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "my file.csv"), "a,b\n1,ö\n");
        await RecordingOutput.Run(kernel, "\n", "--name csv --from-file \"my file.csv\"");
        Assert.Equal("a,b\n1,ö\n", kernel.GetValue("csv"));
    }

    [Fact]
    public void A_shared_value_is_kept_as_text_or_json()
    {
        kernel.SetValue("a", "x");
        kernel.SetValue("b", new[] { 1, 2 });
        Assert.Equal("x", kernel.GetValue("a"));
        Assert.Equal("[1,2]", kernel.GetValue("b"));
    }

    [Theory]
    [InlineData("", "x", "#!value needs a name: #!value --name x")]
    [InlineData("--name", "x", "#!value: --name needs a value")]
    [InlineData("--name --mime-type a/b", "x", "#!value: --name needs a value")]
    [InlineData("--name a --name b", "x", "#!value: --name is given twice")]
    [InlineData("--name \"a", "x", "#!value: a quote is not closed in: --name \"a")]
    [InlineData("--nmae a", "x", "#!value: '--nmae' is not one of its options; they are --name, --mime-type, --from-file")]
    [InlineData("--name a --mime-type html", "x", "#!value --mime-type html: not a MIME type, such as text/html")]
    [InlineData("--name a --mime-type application/json", "{", "#!value --mime-type application/json: the text is not JSON:*")]
    [InlineData("--name a --from-file missing.txt", "", "#!value --from-file missing.txt: Could not find file*")]
    [InlineData("--name a --from-file bytes.bin", "", "#!value --from-file bytes.bin: not a text file in UTF-8")]
    [InlineData("--name a --from-file bytes.bin", "text", "#!value --from-file takes the file's text, but the cell has text of its own*")]
    public async Task What_is_wrong_is_said(string options, string code, string expected)
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, "bytes.bin"), [0xC3, 0x28, 0xFF]);
        string problem = await RecordingOutput.Problem(kernel, code, options);
        if (expected.EndsWith('*')) Assert.StartsWith(expected[..^1], problem);
        else Assert.Equal(expected, problem);
    }

    [Fact]
    public async Task An_unknown_name_lists_the_known_ones()
    {
        Assert.Equal("there is no value 'x'; no #!value cell has run", Assert.Throws<SubKernelException>(() => kernel.GetValue("x")).Message);
        await RecordingOutput.Run(kernel, "1", "--name one");
        Assert.Equal("there is no value 'x'; there are one", Assert.Throws<SubKernelException>(() => kernel.GetValue("x")).Message);
    }
}
