using System.Buffers.Binary;
using System.Text;
using ScratchDet.Runs;
using ScratchDet.Tests.Data;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Cli;

/// <summary>Checkpoints that cannot be used, at every command that reads one.</summary>
[Collection("threads")]
public sealed class BadCheckpointTests(TrainedFixture trained) : IClassFixture<TrainedFixture>, IDisposable
{
    private const int LengthBytes = 8;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_checkpoint_cut_off_anywhere_is_one_line_and_exit_code_3()
    {
        TrainedFixture.Require();
        byte[] whole = trained.Checkpoint;
        int dataStart = LengthBytes + (int)BinaryPrimitives.ReadUInt64LittleEndian(whole);
        Assert.InRange(dataStart, 1000, whole.Length / 2);
        var random = new Random(1);
        int[] lengths =
        [
            .. Enumerable.Range(0, 60),
            .. Enumerable.Range(0, 60).Select(_ => random.Next(60, dataStart)),
            .. Enumerable.Range(dataStart - 5, 20),
            .. Enumerable.Range(0, 60).Select(_ => random.Next(dataStart, whole.Length)),
            whole.Length - 1,
        ];
        foreach (int length in lengths)
        {
            string file = folder.Write("cut.safetensors", whole[..length]);
            (await CommandLine.RunAsync(TrainedFixture.Eval(file, trained.Boards))).AssertBadInput(file, ";");
            if (length % 20 != 0) continue;
            string output = folder.At("seen");
            (await CommandLine.RunAsync(TrainedFixture.Predict(file, TrainedFixture.ImageOf(trained.Boards, "test"), output))).AssertBadInput(file, ";");
            Assert.False(Directory.Exists(output));
            (await CommandLine.RunAsync("weights", "show", file)).AssertBadInput(file, ";");
        }
    }

    [Theory]
    [InlineData("cut in the header", "header: ")]
    [InlineData("cut in the data", "the file ends before its data do")]
    [InlineData("empty", "0 bytes are too few")]
    [InlineData("a text", "a length of")]
    [InlineData("huge header", "header: a length of")]
    [InlineData("huge shape", "bytes of data for")]
    [InlineData("absurd shape", "is absurd")]
    [InlineData("without momentum", "momentum.")]
    [InlineData("of another run", "the checkpoint belongs to another run")]
    [InlineData("of a later step", "7 steps are done, 4 are to be")]
    [InlineData("of no step", "metadata: step: not a number of steps")]
    public async Task A_run_with_a_bad_checkpoint_names_it_leaves_it_alone_and_goes_on_once_it_is_put_back(string kind, string what)
    {
        TrainedFixture.Require();
        string store = folder.At("runs");
        string[] command = TrainedFixture.Train(trained.Boards, store);
        RunFolder run = CopyRun(store);
        byte[] bad = Damage(kind);
        File.WriteAllBytes(run.CheckpointFile, bad);
        string[] files = FilesOf(run.Folder);

        CommandLine refused = await CommandLine.RunAsync(command);

        refused.AssertBadInput(run.CheckpointFile, what);
        Assert.Contains("; put the whole file back, or delete it to train this run again from its first step", refused.Error);
        Assert.Equal(bad, File.ReadAllBytes(run.CheckpointFile));
        Assert.Equal(files, FilesOf(run.Folder));
        Assert.Equal(RunState.Interrupted, run.Outcome().State);

        File.WriteAllBytes(run.CheckpointFile, trained.Checkpoint);
        Assert.Equal(0, (await CommandLine.RunAsync(command)).Code);
        Assert.Equal(trained.Run.Outcome(), run.Outcome());
    }

    [Fact]
    public async Task A_run_whose_checkpoint_was_deleted_is_trained_again_to_the_same_bits()
    {
        TrainedFixture.Require();
        RunFolder run = CopyRun(folder.At("runs"));
        File.Delete(run.CheckpointFile);
        CommandLine again = await CommandLine.RunAsync(TrainedFixture.Train(trained.Boards, folder.At("runs")));
        Assert.True(again.Code == 0, again.Error);
        Assert.Equal(trained.Checkpoint, File.ReadAllBytes(run.CheckpointFile));
        Assert.Equal(File.ReadAllBytes(trained.Run.BestCheckpointFile), File.ReadAllBytes(run.BestCheckpointFile));
        Assert.Equal(4, run.Steps().Count);
    }

    [Theory]
    [InlineData("weights of another size", "the shape is [")]
    [InlineData("weights alone", "this is no checkpoint of a run")]
    [InlineData("a tensor more", "model.surplus")]
    [InlineData("another number of classes", "metadata: classes: 2 class names, the weights are for 6")]
    [InlineData("a model larger than the file", "metadata: spec: it describes a larger model than the file holds")]
    [InlineData("a value out of range", "Detector.ImageSize is 99999999; it must be at least 32")]
    [InlineData("a specification that is none", "ImageSide")]
    public async Task A_checkpoint_whose_parts_do_not_belong_together_is_one_line_and_exit_code_3(string kind, string what)
    {
        TrainedFixture.Require();
        string file = folder.At("other.safetensors");
        Rewrite(file, metadata =>
        {
            if (kind == "weights alone") metadata.Clear();
            if (kind == "another number of classes") metadata["classes"] = """["open","short"]""";
            if (kind == "a model larger than the file") metadata["spec"] = metadata["spec"].Replace("\"Width\": 4,", "\"Width\": 1024,");
            if (kind == "a value out of range") metadata["spec"] = metadata["spec"].Replace("\"ImageSize\": 96,", "\"ImageSize\": 99999999,");
            if (kind == "a specification that is none") metadata["spec"] = metadata["spec"].Replace("\"ImageSize\":", "\"ImageSide\":");
        }, tensors =>
        {
            if (kind == "a tensor more") tensors["model.surplus"] = zeros(1);
            if (kind == "weights of another size") tensors["model.backbone.stem.0.convolution.weight"] = zeros(8, 3, 7, 7);
        });
        (await CommandLine.RunAsync(TrainedFixture.Eval(file, trained.Boards))).AssertBadInput(file, what);
        (await CommandLine.RunAsync(TrainedFixture.Predict(file, TrainedFixture.ImageOf(trained.Boards, "test"), folder.At("seen")))).AssertBadInput(file, what);
        Assert.False(Directory.Exists(folder.At("seen")));
    }

    [Fact]
    public async Task An_absent_checkpoint_is_bad_input_and_an_absent_run_wrong_usage()
    {
        TrainedFixture.Require();
        string file = folder.At("absent.safetensors");
        (await CommandLine.RunAsync(TrainedFixture.Eval(file, trained.Boards))).AssertBadInput(file, "no such file");
        CommandLine run = await CommandLine.RunAsync([.. TrainedFixture.Eval("absent", trained.Boards), "--runs", folder.Path]);
        Assert.Equal(2, run.Code);
        Assert.Contains("no run 'absent'", Assert.Single(run.ErrorLines));
    }

    /// <summary>The trained run in another store, as if it had been killed just before its end.</summary>
    private RunFolder CopyRun(string store)
    {
        foreach (string file in Directory.GetFiles(trained.Run.Folder))
            folder.Write($"runs/{trained.Run.Identity.RelativePath}/{Path.GetFileName(file)}", File.ReadAllBytes(file));
        RunFolder run = Assert.Single(RunStore.Open(store).Runs());
        File.Delete(Path.Combine(run.Folder, "status.json"));
        return run;
    }

    private static string[] FilesOf(string folder) => [.. Directory.GetFiles(folder).Select(file => $"{file} {new FileInfo(file).Length}").Order(StringComparer.Ordinal)];

    private byte[] Damage(string kind)
    {
        byte[] whole = trained.Checkpoint;
        switch (kind)
        {
            case "cut in the header": return whole[..500];
            case "cut in the data": return whole[..^1000];
            case "empty": return [];
            case "a text": return Encoding.UTF8.GetBytes("these are no weights at all");
            case "huge header":
                byte[] huge = [.. whole];
                BinaryPrimitives.WriteUInt64LittleEndian(huge, ulong.MaxValue / 2);
                return huge;
            case "huge shape": return Replace(whole, "\"shape\":[4,3,7,7]", "\"shape\":[9,9,9,9]");
            case "absurd shape": return ReplaceHeader(whole, "\"shape\":[4,3,7,7]", "\"shape\":[4000000000000,3000000000,7,7]");
            case "without momentum": return File.ReadAllBytes(trained.Run.BestCheckpointFile);
        }
        string file = folder.At("rewritten.safetensors");
        Rewrite(file, metadata =>
        {
            if (kind == "of another run") metadata["seed"] = "5";
            if (kind == "of a later step") metadata["step"] = "7";
            if (kind == "of no step") metadata["step"] = "four";
        }, _ => { });
        return File.ReadAllBytes(file);
    }

    /// <summary>Writes the trained checkpoint again, changed.</summary>
    private void Rewrite(string file, Action<Dictionary<string, string>> changeMetadata, Action<Dictionary<string, Tensor>> changeTensors)
    {
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsFile source = SafetensorsFile.Read(trained.Run.CheckpointFile);
        var metadata = new Dictionary<string, string>(source.Metadata);
        var tensors = new Dictionary<string, Tensor>(source.LoadAll());
        changeMetadata(metadata);
        changeTensors(tensors);
        using FileStream stream = File.Create(file);
        SafetensorsFile.Write(stream, tensors.Select(tensor => (tensor.Key, tensor.Value)), metadata);
    }

    private static byte[] Replace(byte[] file, string from, string to)
    {
        int place = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        Assert.True(place > 0 && from.Length == to.Length);
        byte[] changed = [.. file];
        Encoding.UTF8.GetBytes(to).CopyTo(changed, place);
        return changed;
    }

    private static byte[] ReplaceHeader(byte[] file, string from, string to)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        string header = Encoding.UTF8.GetString(file, LengthBytes, length);
        Assert.Contains(from, header);
        byte[] changed = Encoding.UTF8.GetBytes(header.Replace(from, to));
        var prefix = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)changed.Length);
        return [.. prefix, .. changed, .. file.AsSpan(LengthBytes + length)];
    }
}
