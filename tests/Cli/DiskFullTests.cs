using System.Diagnostics;
using ScratchDet.Runs;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>A disk that fills up while a command writes to it: a small file system in memory, which root may mount.</summary>
[Collection("threads")]
public sealed class DiskFullTests : IClassFixture<TrainedFixture>, IAsyncLifetime
{
    private const int DiskKibibytes = 32 * 1024;

    private readonly TrainedFixture trained;
    private readonly TemporaryFolder folder = new();
    private bool isMounted;

    public DiskFullTests(TrainedFixture trained) => this.trained = trained;

    private string Disk => folder.At("disk");

    private string Filler => Path.Combine(Disk, "filler");

    public async ValueTask InitializeAsync()
    {
        TrainedFixture.Require();
        Directory.CreateDirectory(Disk);
        (int code, string error) = await DoAsync("mount", "-t", "tmpfs", "-o", $"size={DiskKibibytes}k", "tmpfs", Disk);
        isMounted = code == 0;
        Assert.SkipUnless(isMounted, $"a small file system cannot be mounted here ({error.Trim()})");
    }

    public async ValueTask DisposeAsync()
    {
        if (isMounted) await DoAsync("umount", Disk);
        folder.Dispose();
    }

    /// <summary>From no byte at all to room for one checkpoint but not for the next.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(20, 0)]
    [InlineData(20, 0.5)]
    [InlineData(20, 1)]
    [InlineData(20, 1.7)]
    public async Task A_run_on_a_full_disk_is_one_line_stays_readable_and_goes_on_when_there_is_space(int freeKibibytes, double freeCheckpoints)
    {
        // At step 2 the best checkpoint is written, half as large, and then this one; at step 4 a new one beside it.
        freeKibibytes += (int)(freeCheckpoints * trained.Checkpoint.Length / 1024);
        bool resumes = freeCheckpoints > 1.5;
        string store = Path.Combine(Disk, "runs");
        string[] command = TrainedFixture.Train(trained.Boards, store);
        Fill(freeKibibytes);

        CommandLine full = await CommandLine.RunAsync(command);

        AssertFull(full);
        Assert.Empty(Leftovers());
        foreach (RunFolder run in RunStore.Open(store).Runs())
        {
            Assert.Equal(RunState.Interrupted, run.Outcome().State);
            Assert.InRange(run.Steps().Count, 0, 4);
            Assert.Equal(0, (await CommandLine.RunAsync("runs", "show", run.Folder)).Code);
        }
        File.Delete(Filler);
        CommandLine again = await CommandLine.RunAsync(command);
        Assert.True(again.Code == 0, again.Error);
        RunFolder done = Assert.Single(RunStore.Open(store).Runs());
        Assert.Equal(trained.Run.Outcome(), done.Outcome());
        Assert.Equal(trained.Checkpoint, File.ReadAllBytes(done.CheckpointFile));
        Assert.Equal(resumes ? [2] : [], done.Environment().Continued.Select(one => one.FromStep));
        Assert.Equal(trained.Run.Steps().Select(step => step.Loss), done.Steps().Select(step => step.Loss));
    }

    [Fact]
    public async Task Pictures_on_a_full_disk_are_one_line_and_what_was_there_stays()
    {
        string output = Path.Combine(Disk, "seen");
        string[] command = TrainedFixture.Predict(trained.Run.CheckpointFile, TrainedFixture.ImageOf(trained.Boards, "test"), output);
        Assert.Equal(0, (await CommandLine.RunAsync(command)).Code);
        byte[][] before = Contents(output);
        Fill(0);

        AssertFull(await CommandLine.RunAsync(command));

        Assert.Empty(Leftovers());
        Assert.Equal(before, Contents(output));
        File.Delete(Filler);
        Assert.Equal(0, (await CommandLine.RunAsync(command)).Code);
        Assert.Equal(before, Contents(output));
    }

    [Fact]
    public async Task The_demo_s_page_on_a_full_disk_is_one_line_and_the_runs_stay()
    {
        string output = Path.Combine(Disk, "demo");
        string[] command =
        [
            "demo", "--out", output, "--threads", "1", "--set", "Train.Steps=2", "Train.BatchSize=2", "Data.SyntheticImages=8", "Data.SyntheticSize=96",
            "Detector.ImageSize=96", "Detector.Backbone.Width=4",
        ];
        CommandLine whole = await CommandLine.RunAsync(command);
        Assert.True(whole.Code == 0, whole.Error);
        string page = Assert.Single(Directory.GetFiles(output, "*.html"));
        byte[] before = File.ReadAllBytes(page);
        Fill(0);

        AssertFull(await CommandLine.RunAsync(command));

        Assert.Empty(Leftovers());
        Assert.Equal(before, File.ReadAllBytes(page));
        Assert.All(RunStore.Open(Path.Combine(output, "runs")).Runs(), run => Assert.Equal(RunState.Done, run.Outcome().State));
        File.Delete(Filler);
        Assert.Equal(0, (await CommandLine.RunAsync(command)).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Data_that_is_made_on_a_full_disk_is_one_line_and_leaves_no_half_folder(int freeKibibytes)
    {
        string[] command = ["data", "make-boards", Path.Combine(Disk, "boards"), "--images", "40", "--size", "160"];
        Fill(freeKibibytes);

        AssertFull(await CommandLine.RunAsync(command));

        Assert.Equal([Filler], Directory.GetFileSystemEntries(Disk));
        File.Delete(Filler);
        Assert.Equal(0, (await CommandLine.RunAsync(command)).Code);
    }

    /// <summary>Exit code 1 and one line about the disk; lines of progress may stand before it.</summary>
    private static void AssertFull(CommandLine result)
    {
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.StartsWith("error: the disk is full: ", result.ErrorLines[^1]);
        Assert.EndsWith("; free some space and run the same command again", result.ErrorLines[^1]);
        Assert.Single(result.ErrorLines, line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Writes until so much is left.</summary>
    private void Fill(int freeKibibytes)
    {
        using var stream = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) stream.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full. tmpfs gives whole pages back.
            stream.SetLength(Math.Max(0, (stream.Length & ~4095L) - freeKibibytes * 1024L));
        }
    }

    private string[] Leftovers() => Directory.GetFiles(Disk, "*.tmp", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

    private static byte[][] Contents(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static async Task<(int Code, string Error)> DoAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
