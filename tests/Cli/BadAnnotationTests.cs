using ScratchDet.Runs;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>Annotations that cannot be used, at every command that reads them.</summary>
[Collection("threads")]
public sealed class BadAnnotationTests(TrainedFixture trained) : IClassFixture<TrainedFixture>, IDisposable
{
    private const string BillionLaughs =
        """
        <!DOCTYPE annotation [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
        <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
        <annotation><filename>&f;</filename></annotation>
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("<!DOCTYPE annotation SYSTEM \"other.dtd\"><annotation/>", "the XML has a DTD")]
    [InlineData("<!DOCTYPE annotation [<!ENTITY secret SYSTEM \"file:///etc/passwd\">]><annotation><filename>&secret;</filename></annotation>", "the XML has a DTD")]
    [InlineData(BillionLaughs, "the XML has a DTD")]
    [InlineData("<annotation><object>", "not well-formed XML")]
    [InlineData("", "not well-formed XML")]
    [InlineData("1 1 500 20", "outside the image")]
    [InlineData("20 20 20 30", "zero area")]
    [InlineData("30 10 10 20", "swapped corners")]
    [InlineData("NaN 10 20 20", "not finite")]
    [InlineData("left 10 20 20", "not a number")]
    public async Task A_bad_annotation_is_one_line_and_exit_code_3(string xmlOrCorners, string what)
    {
        TrainedFixture.Require();
        string boards = trained.CopyBoards(folder);
        string[] corners = xmlOrCorners.Split(' ');
        string xml = corners.Length == 4 ? $"<annotation>{TemporaryFolder.ObjectXml("open", corners[0], corners[1], corners[2], corners[3])}</annotation>" : xmlOrCorners;
        string file = TrainedFixture.AnnotationOf(boards, "test");
        File.WriteAllText(file, xml);

        (await CommandLine.RunAsync(TrainedFixture.Train(boards, folder.At("runs")))).AssertBadInput(file, what);
        Assert.Empty(RunStore.Open(folder.At("runs")).Runs());
        (await CommandLine.RunAsync(TrainedFixture.Eval(trained.Run.CheckpointFile, boards))).AssertBadInput(file, what);
        CommandLine check = await CommandLine.RunAsync("data", "check", boards);
        Assert.Equal(3, check.Code);
        Assert.Single(check.ErrorLines);
        Assert.Contains(check.Output.Split('\n'), line => line.StartsWith(file, StringComparison.Ordinal) && line.Contains(what));
    }

    [Fact]
    public async Task A_class_that_the_model_does_not_have_is_named_with_those_it_has()
    {
        TrainedFixture.Require();
        string boards = trained.CopyBoards(folder);
        string file = TrainedFixture.AnnotationOf(boards, "test");
        File.WriteAllText(file, $"<annotation>\n{TemporaryFolder.ObjectXml("unicorn", "1", "1", "20", "20")}</annotation>");

        CommandLine eval = await CommandLine.RunAsync(TrainedFixture.Eval(trained.Run.CheckpointFile, boards));

        eval.AssertBadInput(file, "line 2, object 1 (unicorn): the class 'unicorn' is unknown");
        Assert.Contains("copper, mousebite, open, pin-hole, short, spur", eval.Error);
    }
}
