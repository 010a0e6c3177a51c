using ScratchDet.Cli;

namespace ScratchDet.Tests.Cli;

public sealed class TestReportTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Skipped_tests_are_listed_with_their_reason_before_the_counts()
    {
        File.WriteAllText(file, """
            <assemblies><assembly total="4" passed="2" failed="1" skipped="1" errors="1"><collection>
              <test name="A" result="Pass" /><test name="B" result="Pass" /><test name="C" result="Fail" />
              <test name="D" result="Skip"><reason>no GPU</reason></test>
            </collection></assembly></assemblies>
            """);
        var output = new StringWriter();

        TestReport.Read(file).Write(output);

        Assert.Equal("skipped: D: no GPU\n2 passed, 2 failed, 1 skipped\n", output.ToString());
    }

    [Fact]
    public void A_run_without_tests_is_empty()
    {
        File.WriteAllText(file, """<assemblies><assembly total="0" passed="0" failed="0" skipped="0" errors="0" /></assemblies>""");

        Assert.True(TestReport.Read(file).IsEmpty);
    }
}
