using Microsoft.CodeAnalysis.Scripting;
using ScratchDet.Kernel.Language;
using ScratchDet.Kernel.Polyglot;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Language;

public sealed class CommandCompletionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-commands-");
    private readonly ScriptSnapshot snapshot;

    public CommandCompletionTests()
    {
        foreach (string name in new[] { "one.dll", "other.dll", "one.txt", "setup.dib", "tools.csx" }) File.WriteAllText(Path.Combine(folder.FullName, name), "");
        folder.CreateSubdirectory("onward").CreateSubdirectory("runs");
        File.WriteAllText(Path.Combine(folder.FullName, "onward", "deep.dll"), "");
        ScriptOptions options = Cells.Options
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(folder.FullName))
            .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(folder.FullName));
        snapshot = new ScriptSnapshot(null, options);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Offered(string text) => string.Join(' ', Cells.Complete(snapshot, text).Items.Select(item => item.Text));

    [Theory]
    [InlineData("#!ti$$", "#!time")]
    [InlineData("var x = 1;\n#!who$$", "#!who #!whos")]
    [InlineData("#!m$$", "#!markdown #!mermaid")]
    [InlineData("#!sql --$$", "--name --runs")]
    [InlineData("#!sql --name x --$$", "--runs")]
    [InlineData("#!html\n<b>\n#!cs$$", "#!csharp")]
    [InlineData("#!share --from s$$", "sql")]
    [InlineData("#!import s$$", "setup.dib")]
    [InlineData("#!value --name x --from-file on$$", "one.txt")]
    [InlineData("#!sql --runs onward/$$", "runs/")]
    [InlineData("#!unknown --$$", "")]
    [InlineData("#r \"o$$", "one.dll onward/ other.dll")]
    [InlineData("#r \"onward/$$\"", "deep.dll runs/")]
    [InlineData("#r \"missing/$$\"", "")]
    [InlineData("#r \"nuget: Math$$", "")]
    [InlineData("#load \"$$\"", "onward/ tools.csx")]
    public void Commands_their_options_and_paths_are_offered(string text, string expected)
    {
        // The value of --from-file is any file or folder.
        if (text.Contains("--from-file", StringComparison.Ordinal)) expected = "one.dll one.txt onward/";
        Assert.Equal(expected, Offered(text));
    }

    [Fact]
    public void A_command_is_replaced_with_its_mark_and_a_path_from_its_last_part()
    {
        CompletionList list = Cells.Complete(snapshot, "#!t$$ime");
        Assert.Equal((0, 6), (list.Start, list.End));
        Assert.Equal(("#!time", "magic", "Measures how long the rest of the cell takes"), (list.Items[0].Text, list.Items[0].Kind, list.Items[0].Signature));
        list = Cells.Complete(snapshot, "#r \"onward/de$$\"");
        Assert.Equal((11, 13), (list.Start, list.End));
    }

    [Fact]
    public void Every_language_has_its_command_with_the_options_that_it_takes()
    {
        foreach (ISubKernel kernel in SubKernels.Create(folder.FullName))
        {
            foreach (string name in kernel.Aliases.Append(kernel.Name)) Assert.True(MagicCommands.Find(name)?.IsChooser, name);
            (kernel as IDisposable)?.Dispose();
        }
    }
}
