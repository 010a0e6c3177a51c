using System.Text;
using ScratchDet.Runs;

namespace ScratchDet.Tests.Runs;

public sealed class JsonLinesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-lines-");

    private string File1 => Path.Combine(folder.FullName, "steps.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    private byte[] WriteFour()
    {
        using (var writer = new JsonLinesWriter<StepRecord>(File1, RunJson.Lines.StepRecord, TimeProvider.System))
        {
            for (int step = 1; step <= 4; step++)
                writer.Append(SampleRuns.Step(step) with { LossTerms = new Dictionary<string, double> { ["µ\nterm"] = step } });
        }
        return File.ReadAllBytes(File1);
    }

    [Fact]
    public void A_file_cut_at_any_byte_holds_the_lines_that_are_whole()
    {
        byte[] whole = WriteFour();
        Assert.Equal(4, whole.Count(letter => letter == '\n'));
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(File1, whole[..length]);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            List<StepRecord> read = JsonLines.Read(File1, RunJson.Lines.StepRecord);
            Assert.Equal(Enumerable.Range(1, lines).Select(step => (long)step), read.Select(record => record.Step));
        }
    }

    [Fact]
    public void A_file_cut_at_any_byte_continues_with_whole_lines()
    {
        byte[] whole = WriteFour();
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(File1, whole[..length]);
            long last = JsonLines.CutAfter(File1, long.MaxValue, RunJson.Lines.StepRecord).LastOrDefault()?.Step ?? 0;
            using (var writer = new JsonLinesWriter<StepRecord>(File1, RunJson.Lines.StepRecord, TimeProvider.System))
            {
                for (long step = last + 1; step <= 4; step++)
                    writer.Append(SampleRuns.Step(step) with { LossTerms = new Dictionary<string, double> { ["µ\nterm"] = step } });
            }
            Assert.Equal(whole, File.ReadAllBytes(File1));
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(9, 4)]
    public void Records_after_a_step_are_cut_off(long lastStep, int left)
    {
        WriteFour();
        StepRecord? last = JsonLines.CutAfter(File1, lastStep, RunJson.Lines.StepRecord).LastOrDefault();
        Assert.Equal(left, last?.Step ?? 0);
        Assert.Equal(left, JsonLines.Read(File1, RunJson.Lines.StepRecord).Count);
    }

    [Fact]
    public void A_missing_file_has_no_records()
    {
        Assert.Empty(JsonLines.Read(File1, RunJson.Lines.StepRecord));
        Assert.Empty(JsonLines.CutAfter(File1, 5, RunJson.Lines.StepRecord));
        Assert.False(File.Exists(File1));
    }

    [Fact]
    public void Records_reach_the_system_after_a_second_and_on_demand()
    {
        var clock = new HandClock();
        using var writer = new JsonLinesWriter<StepRecord>(File1, RunJson.Lines.StepRecord, clock);
        writer.Append(SampleRuns.Step(1));
        Assert.Empty(JsonLines.Read(File1, RunJson.Lines.StepRecord));
        clock.Now += TimeSpan.FromSeconds(1);
        writer.Append(SampleRuns.Step(2));
        Assert.Equal(2, JsonLines.Read(File1, RunJson.Lines.StepRecord).Count);
        writer.Append(SampleRuns.Step(3));
        Assert.Equal(2, JsonLines.Read(File1, RunJson.Lines.StepRecord).Count);
        writer.Flush(toDisk: true);
        Assert.Equal(3, JsonLines.Read(File1, RunJson.Lines.StepRecord).Count);
    }

    [Fact]
    public void A_line_is_utf8_without_escapes_for_plain_letters()
    {
        byte[] whole = WriteFour();
        Assert.Contains("\"µ\\nterm\":1", Encoding.UTF8.GetString(whole));
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
