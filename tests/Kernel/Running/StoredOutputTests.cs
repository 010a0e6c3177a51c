using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Kernel.Running;
using ScratchDet.Kernel.Session;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Running;

public sealed class StoredOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_long_text_keeps_its_ends_and_says_how_much_is_missing()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (pieces, limit) =>
        {
            var text = new BoundedText(limit.Get);
            foreach (NonNull<string> piece in pieces) text.Append(piece.Get);
            string whole = string.Concat(pieces.Select(piece => piece.Get));
            if (whole.Length <= limit.Get) return text.ToString() == whole;
            string kept = text.ToString();
            int half = limit.Get / 2;
            return text.Length == limit.Get && kept.Contains($"[... {whole.Length - limit.Get:N0} characters were left out here ...]")
                && kept.StartsWith(WholeLetters(whole[..(limit.Get - half)], atEnd: true), StringComparison.Ordinal)
                && kept.EndsWith(WholeLetters(whole[^half..], atEnd: false), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

        static string WholeLetters(string text, bool atEnd) => text.Length switch
        {
            0 => text,
            _ when atEnd && char.IsHighSurrogate(text[^1]) => text[..^1],
            _ when !atEnd && char.IsLowSurrogate(text[0]) => text[1..],
            _ => text,
        };
    }

    [Theory]
    [InlineData("see /w/repo/notebooks/a.txt.", "see a.txt.")]
    [InlineData("/w/repo/notebooks", ".")]
    [InlineData("in /w/repo/notebooks.", "in ..")]
    [InlineData("/w/repo/src/A.cs:line 3", "../src/A.cs:line 3")]
    [InlineData("'/w/repo' and /w/repo/", "'..' and ../")]
    [InlineData("/w/repo/notebooks/[cell]:line 1", "[cell]:line 1")]
    [InlineData("/w/repository/x /other/w/repo/x", "/w/repository/x /other/w/repo/x")]
    [InlineData("/home/ada/.nuget/x;/w/repo/notebooks/y", "~/.nuget/x;y")]
    [InlineData("nothing", "nothing")]
    public void Folders_of_this_machine_are_taken_out(string text, string clean)
    {
        // The folders of the examples, below one that exists.
        string root = folder.Path;
        Directory.CreateDirectory(folder.At("w", "repo", ".git"));
        var paths = new RelativePaths(folder.At("w", "repo", "notebooks"), folder.At("home", "ada"));

        Assert.Equal(clean.Replace("/w/", root + "/w/").Replace("/other" + root, "/other"), paths.Clean(text.Replace("/w/", root + "/w/").Replace("/home/", root + "/home/").Replace("/other" + root, "/other")));
    }

    [Fact]
    public void Text_between_two_displays_is_one_output_a_stream_in_a_fixed_order()
    {
        CellOutputs cell = new RunOutputs(new OutputLimits(), new RelativePaths(folder.Path, null)).ForCell();
        cell.Write(ConsoleStream.Error, "e1 ");
        cell.Write(ConsoleStream.Output, "o1 ");
        cell.Write(ConsoleStream.Error, "e2");
        cell.Write(ConsoleStream.Output, "o2");
        cell.Display("d", Data("shown"));
        cell.Write(ConsoleStream.Output, "o3");

        Assert.Equal(["stdout: o1 o2", "stderr: e1 e2", "shown", "stdout: o3"], Texts(cell));
    }

    [Fact]
    public void An_update_changes_the_display_wherever_it_stands_and_clearing_forgets()
    {
        var run = new RunOutputs(new OutputLimits(), new RelativePaths(folder.Path, null));
        CellOutputs first = run.ForCell(), second = run.ForCell();
        first.Display("a", Data("1"));
        second.Display("a", Data("2"));
        second.Write(ConsoleStream.Output, "x");
        run.Update("a", Data("3"));
        run.Update("unknown", Data("4"));
        Assert.Equal(["3"], Texts(first));
        Assert.Equal(["3", "stdout: x"], Texts(second));

        second.Clear(wait: true);
        Assert.Equal(["3", "stdout: x"], Texts(second));
        second.Write(ConsoleStream.Output, "y");
        Assert.Equal(["stdout: y"], Texts(second));
        first.Clear(wait: false);
        Assert.Empty(Texts(first));
    }

    [Fact]
    public void Displays_beyond_the_limits_are_counted_and_left_out()
    {
        CellOutputs cell = new RunOutputs(new OutputLimits(DisplaysPerCell: 3, DisplayBytesPerCell: 1_000), new RelativePaths(folder.Path, null)).ForCell();
        cell.Display("big", Data(new string('x', 2_000)));
        for (int index = 0; index < 5; index++) cell.Display($"{index}", Data($"{index}"));

        Assert.Equal(["0", "1", "2", "stderr: [3 more outputs of this cell were left out]\n"], Texts(cell));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cell_that_clears_and_draws_again_and_again_keeps_its_last_state(bool wait)
    {
        var run = new RunOutputs(new OutputLimits(DisplaysPerCell: 3, DisplayBytesPerCell: 200), new RelativePaths(folder.Path, null));
        CellOutputs cell = run.ForCell();
        for (int index = 0; index < 50; index++)
        {
            cell.Clear(wait);
            cell.Display("same", Data($"{index}"));
            cell.Display($"{index}", Data("second"));
        }
        run.Update("same", Data("updated"));
        run.Update("0", Data("cleared long ago"));

        Assert.Equal(["updated", "second"], Texts(cell));
    }

    [Fact]
    public void Paths_are_taken_out_of_figures_and_left_in_pictures()
    {
        CellOutputs cell = new RunOutputs(new OutputLimits(), new RelativePaths(folder.Path, null)).ForCell();
        cell.Result(new JsonObject
        {
            ["text/html"] = $"<a href=\"{folder.Path}/x\">\r\n</a>",
            ["application/vnd.plotly.v1+json"] = new JsonObject { ["data"] = new JsonArray(folder.Path, 1, new JsonObject { ["text"] = $"{folder.Path}/y" }) },
            ["image/png"] = folder.Path,
        });

        JsonNode output = Assert.Single(cell.ToJson(5))!;
        Assert.Equal(5, (int)output["execution_count"]!);
        Assert.Equal("<a href=\"x\">\n</a>", (string?)output["data"]!["text/html"]);
        Assert.Equal("""{"data":[".",1,{"text":"y"}]}""", output["data"]!["application/vnd.plotly.v1+json"]!.ToJsonString());
        Assert.Equal(folder.Path, (string?)output["data"]!["image/png"]);
    }

    [Fact]
    public async Task Raw_text_is_told_apart_by_cell_wherever_the_mark_is_cut()
    {
        const string mark = "\u0002end\u0003\n";
        string text = $"one{mark}two \u0002en{mark}{mark}rest\u0002e";
        for (int size = 1; size < 8; size++)
        {
            var raw = new RawOutput(new SlowStream(Encoding.UTF8.GetBytes(text), size), mark, limit: 100);
            await raw.Ended;
            // All marks have been seen, so each taking gives the last cell that ended; what is behind it is the rest.
            Assert.Equal("", await raw.TakeCellAsync(TimeSpan.Zero));
            Assert.Equal("rest\u0002e", await raw.TakeRestAsync(TimeSpan.Zero));
        }
        var first = new RawOutput(new SlowStream(Encoding.UTF8.GetBytes($"two \u0002en{mark}"), 3), mark, limit: 100);
        Assert.Equal("two \u0002en", await first.TakeCellAsync(TimeSpan.FromSeconds(10)));
    }

    private static JsonObject Data(string text) => new() { ["text/plain"] = text };

    private static string[] Texts(CellOutputs cell) =>
        [.. cell.ToJson(1).Select(output => output!["data"] is { } data ? (string)data["text/plain"]! : $"{output["name"]}: {output["text"]}")];

    /// <summary>Gives few bytes a read.</summary>
    private sealed class SlowStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(size, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
