using ScratchDet.Runs;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Cli;

/// <summary>One small run that nobody disturbed, and what is needed to make the same run elsewhere.</summary>
public sealed class KillFixture : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-kill-").FullName;
    private int stores;

    /// <summary>The undisturbed run; the moving average makes its checkpoint large, so that writing it takes a while.</summary>
    internal RunFolder Whole { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!TorchVisionLibraries.HasImageOperators) return;
        string store = Path.Combine(root, "whole");
        CommandLine result = await CliProcess.RunAsync(Command(store));
        Assert.True(result.Code == 0, result.Error);
        Whole = RunIn(store);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A new run store.</summary>
    /// <param name="withData">Whether the boards are there already.</param>
    internal string NewStore(bool withData)
    {
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");
        string store = Path.Combine(root, $"store-{++stores}");
        Directory.CreateDirectory(store);
        if (withData) Copy(Path.Combine(root, "whole", "data"), Path.Combine(store, "data"));
        return store;
    }

    internal static string[] Command(string store) =>
    [
        "train", "batchnorm-placement", "--scale", "seconds", "--variant", "Norm.Backbone=Batch Head=Batch", "--threads", "1", "--runs", store,
        "--set", "Train.Steps=12", "Train.BatchSize=2", "Train.CheckpointEverySteps=2", "Train.EvaluateEverySteps=3", "Train.EmaDecay=0.9", "Data.SyntheticImages=20",
    ];

    /// <summary>The place that the run has in a store, there or not yet.</summary>
    internal string FolderIn(string store) => Path.Combine(store, Whole.Identity.RelativePath);

    internal static RunFolder RunIn(string store) => Assert.Single(RunStore.Open(store).Runs());

    /// <summary>The same weights bit for bit, the same log but for times, and nothing left behind.</summary>
    internal void AssertSameRun(string store)
    {
        RunFolder run = RunIn(store);
        Assert.Equal(FilesOf(Whole.Folder), FilesOf(run.Folder));
        foreach (string name in (string[])["checkpoint.safetensors", "best.safetensors", "spec.json", "status.json"])
        {
            bool same = File.ReadAllBytes(Path.Combine(Whole.Folder, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(run.Folder, name)));
            Assert.True(same, $"{name} differs from that of the undisturbed run");
        }
        Assert.Equal(
            Whole.Steps().Select(step => (step.Step, step.Loss, step.GradientNormL2, step.LearningRate)),
            run.Steps().Select(step => (step.Step, step.Loss, step.GradientNormL2, step.LearningRate)));
        Assert.Equal(
            Whole.Evaluations().Select(score => (score.Step, score.MapArea, score.Map07, score.ValidationLoss)),
            run.Evaluations().Select(score => (score.Step, score.MapArea, score.Map07, score.ValidationLoss)));
        Assert.Equal(FilesOf(Path.Combine(root, "whole", "data")), FilesOf(Path.Combine(store, "data")));
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
