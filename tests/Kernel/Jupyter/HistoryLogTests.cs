using ScratchDet.Kernel.Jupyter;

namespace ScratchDet.Tests.Kernel.Jupyter;

public class HistoryLogTests
{
    private readonly HistoryLog history = new();

    public HistoryLogTests()
    {
        string[] inputs = ["1+1", "var a = 2;", "a*[3]", "1+1", "print(a)"];
        for (int index = 0; index < inputs.Length; index++) history.Add(index + 1, inputs[index]);
        history.SetResult(1, "2");
    }

    [Theory]
    [InlineData(0, 2, 4, new[] { 2, 3 })]
    [InlineData(1, 1, null, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(0, -2, null, new[] { 4, 5 })]
    [InlineData(0, 1, -3, new[] { 1, 2 })]
    [InlineData(0, 9, 20, new int[0])]
    [InlineData(2, 1, null, new int[0])]
    public void A_range_is_from_the_first_line_to_before_the_stop(int session, int start, int? stop, int[] lines) =>
        Assert.Equal(lines, history.Range(session, start, stop).Select(entry => entry.Line));

    [Theory]
    [InlineData(2, new[] { 4, 5 })]
    [InlineData(null, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(99, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(0, new int[0])]
    [InlineData(-1, new int[0])]
    public void A_tail_is_the_last_lines(int? count, int[] lines) =>
        Assert.Equal(lines, history.Tail(count).Select(entry => entry.Line));

    [Theory]
    [InlineData("1*", null, false, new[] { 1, 4 })]
    [InlineData("1*", null, true, new[] { 4 })]
    [InlineData("1*", 1, false, new[] { 4 })]
    [InlineData("1+?", null, false, new[] { 1, 4 })]
    [InlineData("a", null, false, new int[0])]
    [InlineData("*[aq]*", null, false, new[] { 2, 3, 5 })]
    [InlineData("[!1v]*", null, false, new[] { 3, 5 })]
    [InlineData("[o-q]rint(a)", null, false, new[] { 5 })]
    [InlineData("a[*][[]3]", null, false, new[] { 3 })]
    [InlineData("*[", null, false, new int[0])]
    [InlineData("[z-a]*", null, false, new[] { 3 })]
    public void A_search_takes_patterns_like_file_names(string pattern, int? count, bool unique, int[] lines) =>
        Assert.Equal(lines, history.Search(pattern, count, unique).Select(entry => entry.Line));

    [Fact]
    public void The_result_stands_beside_its_input() =>
        Assert.Equal(["2", null, null, null, null], history.Tail(null).Select(entry => entry.Result));

    [Fact]
    public void A_long_life_keeps_the_latest()
    {
        for (int line = 6; line <= 12_000; line++) history.Add(line, "x");
        Assert.InRange(history.Tail(null).Count, 9_000, 10_000);
        Assert.Equal(12_000, history.Tail(1)[0].Line);
    }
}
