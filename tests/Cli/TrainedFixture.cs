using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Runs;
using ScratchDet.Tests.Data;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Cli;

/// <summary>Eight small boards and a small detector that the command line trained on them for four steps.</summary>
public sealed class TrainedFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    internal string Boards => folder.At("boards");

    internal string Store => folder.At("runs");

    internal RunFolder Run { get; private set; } = null!;

    internal byte[] Checkpoint { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        if (!TorchVisionLibraries.HasImageOperators) return;
        BoardsDataset.Write(Boards, 8, 96, 1, ImageFiles.Write, cancellation: TestContext.Current.CancellationToken);
        CommandLine trained = await CommandLine.RunAsync(Train(Boards, Store));
        Assert.True(trained.Code == 0, trained.Error);
        Run = Assert.Single(RunStore.Open(Store).Runs());
        Checkpoint = File.ReadAllBytes(Run.CheckpointFile);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static void Require() =>
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");

    /// <param name="settings">Further Path=Value.</param>
    internal static string[] Train(string data, string store, params string[] settings) =>
    [
        "train", "batchnorm-placement", "--scale", "seconds", "--variant", "Norm.Backbone=Batch Head=Batch", "--threads", "1", "--data", data, "--runs", store,
        "--set", "Train.Steps=4", "Train.BatchSize=2", "Train.CheckpointEverySteps=2", "Train.EvaluateEverySteps=2", "Detector.ImageSize=96", "Detector.Backbone.Width=4", .. settings,
    ];

    internal static string[] Eval(string checkpoint, string data) => ["eval", checkpoint, "--data", data, "--threads", "1"];

    internal static string[] Predict(string checkpoint, string image, string output) => ["predict", checkpoint, image, "--out", output, "--threads", "1"];

    /// <summary>A copy of the boards that a test may damage; its image sets are lists of one name a line.</summary>
    internal string CopyBoards(TemporaryFolder into)
    {
        foreach (string file in Directory.GetFiles(Boards, "*", SearchOption.AllDirectories))
            into.Write($"boards/{Path.GetRelativePath(Boards, file)}", File.ReadAllBytes(file));
        return into.At("boards");
    }

    internal static string FirstOf(string boards, string split) => File.ReadLines(Path.Combine(boards, "ImageSets", "Main", split + ".txt")).First();

    internal static string ImageOf(string boards, string split) => Path.Combine(boards, "JPEGImages", FirstOf(boards, split) + ".jpg");

    internal static string AnnotationOf(string boards, string split) => Path.Combine(boards, "Annotations", FirstOf(boards, split) + ".xml");
}
