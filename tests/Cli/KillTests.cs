using System.Diagnostics;
using System.Globalization;
using System.Text;
using ScratchDet.Runs;

namespace ScratchDet.Tests.Cli;

/// <summary>A training process that is killed, at any moment, and started again by the same command.</summary>
public sealed class KillTests(KillFixture runs) : IClassFixture<KillFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("the data is being made")]
    [InlineData("the run's folder is there")]
    [InlineData("the specification is there")]
    [InlineData("2 steps are logged")]
    [InlineData("the first checkpoint is there")]
    [InlineData("7 steps are logged")]
    [InlineData("12 steps are logged")]
    public async Task A_killed_run_ends_with_the_bits_of_an_undisturbed_one(string moment)
    {
        bool makesData = moment == "the data is being made";
        string store = await KillAtAsync(!makesData, (store, folder) => moment switch
        {
            "the data is being made" => Directory.Exists(Path.Combine(store, "data")),
            "the run's folder is there" => Directory.Exists(folder),
            "the specification is there" => File.Exists(Path.Combine(folder, "spec.json")),
            "the first checkpoint is there" => File.Exists(Path.Combine(folder, "checkpoint.safetensors")),
            _ => LoggedSteps(folder) >= int.Parse(moment.Split(' ')[0], CultureInfo.InvariantCulture),
        });
        await FinishAsync(store);
    }

    /// <summary>A kill counts when it leaves the half-written file behind.</summary>
    [Theory]
    [InlineData("the first checkpoint")]
    [InlineData("a later checkpoint")]
    [InlineData("the best checkpoint")]
    public async Task A_run_killed_in_the_middle_of_writing_a_checkpoint_ends_with_the_same_bits(string what)
    {
        string store = await KillAtAsync(withData: true, (_, folder) => Directory.Exists(folder) && what switch
        {
            "the best checkpoint" => Directory.EnumerateFiles(folder, ".best.safetensors.*.tmp").Any(),
            _ => Directory.EnumerateFiles(folder, ".checkpoint.safetensors.*.tmp").Any()
                && File.Exists(Path.Combine(folder, "checkpoint.safetensors")) == (what == "a later checkpoint"),
        });
        RunFolder run = KillFixture.RunIn(store);
        Assert.Equal(RunState.Interrupted, run.Outcome().State);
        Assert.NotEmpty(run.Steps());
        await FinishAsync(store);
    }

    [Fact]
    public async Task A_run_that_is_killed_again_and_again_ends_with_the_same_bits()
    {
        string store = runs.NewStore(withData: true);
        var random = new Random(3);
        for (int kill = 0; kill < 3; kill++)
        {
            int steps = LoggedSteps(runs.FolderIn(store));
            var pause = TimeSpan.FromMilliseconds(random.Next(0, 60));
            long begin = 0;
            CommandLine killed = await SignalAsync(store, CliProcess.Sigkill, () =>
            {
                // A while after the log has grown: wherever that is.
                if (begin == 0 && LoggedSteps(runs.FolderIn(store)) > steps) begin = Stopwatch.GetTimestamp();
                return begin != 0 && Stopwatch.GetElapsedTime(begin) >= pause;
            });
            Assert.Equal(128 + CliProcess.Sigkill, killed.Code);
        }
        await FinishAsync(store);
        Assert.NotEmpty(KillFixture.RunIn(store).Environment().Continued);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_saves_its_work_says_so_and_ends_with_the_same_bits()
    {
        string store = runs.NewStore(withData: true);
        CommandLine stopped = await SignalAsync(store, CliProcess.Sigterm, () => LoggedSteps(runs.FolderIn(store)) >= 2);
        Assert.Equal((130, ""), (stopped.Code, stopped.Output));
        Assert.Equal("interrupted", stopped.ErrorLines[^1]);
        RunOutcome outcome = KillFixture.RunIn(store).Outcome();
        Assert.Equal(RunState.Interrupted, outcome.State);
        Assert.InRange(outcome.Step, 2, 11);
        await FinishAsync(store);
        Assert.Equal(outcome.Step, Assert.Single(KillFixture.RunIn(store).Environment().Continued).FromStep);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_before_its_first_step_can_be_started_again()
    {
        string store = runs.NewStore(withData: true);
        CommandLine stopped = await SignalAsync(store, CliProcess.Sigterm, () => File.Exists(Path.Combine(runs.FolderIn(store), "spec.json")));
        Assert.Equal(130, stopped.Code);
        await FinishAsync(store);
    }

    [Fact]
    public async Task A_second_process_is_refused_in_one_line_and_does_not_disturb_the_first()
    {
        string store = runs.NewStore(withData: true);
        using CliProcess first = CliProcess.Start(KillFixture.Command(store));
        await WaitAsync(first, () => LoggedSteps(runs.FolderIn(store)) >= 2);
        Assert.True(first.TrySignal(CliProcess.Sigstop));
        CommandLine second = await CliProcess.RunAsync(KillFixture.Command(store));
        Assert.True(first.TrySignal(CliProcess.Sigcont));
        Assert.Equal(1, second.Code);
        Assert.Contains("is being written by another process", Assert.Single(second.ErrorLines));
        Assert.Equal(0, (await first.EndAsync()).Code);
        runs.AssertSameRun(store);
    }

    private async Task FinishAsync(string store)
    {
        CommandLine again = await CliProcess.RunAsync(KillFixture.Command(store));
        Assert.True(again.Code == 0, again.Error);
        runs.AssertSameRun(store);
    }

    /// <summary>Kills a new run at a moment, which must still be so afterwards; one that was missed is tried again.</summary>
    /// <returns>The run store.</returns>
    private async Task<string> KillAtAsync(bool withData, Func<string, string, bool> moment)
    {
        const int Attempts = 10;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string store = runs.NewStore(withData);
            bool IsMoment() => moment(store, runs.FolderIn(store));
            using CliProcess process = CliProcess.Start(KillFixture.Command(store));
            while (!process.HasExited && !IsMoment()) Thread.Sleep(1);
            if (process.TrySignal(CliProcess.Sigkill) && (await process.EndAsync()).Code == 128 + CliProcess.Sigkill && IsMoment()) return store;
            Directory.Delete(store, recursive: true);
        }
        throw new InvalidOperationException($"the moment was missed in {Attempts} runs");
    }

    private static async Task<CommandLine> SignalAsync(string store, int signal, Func<bool> moment)
    {
        using CliProcess process = CliProcess.Start(KillFixture.Command(store));
        await WaitAsync(process, moment);
        Assert.True(process.TrySignal(signal), "the process ended before the signal");
        return await process.EndAsync();
    }

    private static async Task WaitAsync(CliProcess process, Func<bool> moment)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!moment())
        {
            if (process.HasExited) Assert.Fail($"the process ended before its moment came: {(await process.EndAsync()).Error}");
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, "the moment never came");
            Thread.Sleep(1);
        }
    }

    private static int LoggedSteps(string folder)
    {
        string file = Path.Combine(folder, "steps.jsonl");
        if (!File.Exists(file)) return 0;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Count(letter => letter == '\n');
    }
}
