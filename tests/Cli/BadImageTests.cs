using System.Buffers.Binary;
using ScratchDet.Runs;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>Images that cannot be used, at every command that reads images.</summary>
[Collection("threads")]
public sealed class BadImageTests(TrainedFixture trained) : IClassFixture<TrainedFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("0 bytes", "the file is empty")]
    [InlineData("markers alone", "it has no picture")]
    [InlineData("half of it", "cut off or damaged JPEG")]
    [InlineData("without its last byte", "cut off or damaged JPEG")]
    [InlineData("a text", "not a JPEG or PNG image")]
    [InlineData("a PNG with a changed byte", "damaged PNG: the check sum of the chunk at byte 33 is wrong")]
    [InlineData("50000 x 50000", "50000 x 50000 pixels are more than the limit")]
    public async Task A_bad_image_is_one_line_and_exit_code_3(string kind, string what)
    {
        TrainedFixture.Require();
        string boards = trained.CopyBoards(folder);
        foreach (string split in (string[])["train", "test"])
        {
            string image = TrainedFixture.ImageOf(boards, split);
            byte[] damaged = Damage(File.ReadAllBytes(image), kind);
            File.WriteAllBytes(image, damaged);
            string store = folder.At($"runs-{split}"), output = folder.At("seen");

            (await CommandLine.RunAsync(TrainedFixture.Train(boards, store))).AssertBadInput(TrainedFixture.ImageOf(boards, "train"), what);
            Assert.Empty(RunStore.Open(store).Runs());
            if (split == "test") (await CommandLine.RunAsync(TrainedFixture.Eval(trained.Run.CheckpointFile, boards))).AssertBadInput(image, what);
            (await CommandLine.RunAsync("predict", trained.Run.CheckpointFile, TrainedFixture.ImageOf(trained.Boards, "test"), image, "--out", output, "--threads", "1")).AssertBadInput(image, what);
            Assert.False(Directory.Exists(output));

            CommandLine check = await CommandLine.RunAsync("data", "check", boards);
            Assert.Equal(3, check.Code);
            Assert.Single(check.ErrorLines);
            Assert.Contains(check.Output.Split('\n'), line => line.StartsWith(image, StringComparison.Ordinal) && line.Contains(what));
            Assert.Equal(damaged, File.ReadAllBytes(image));
        }
    }

    [Fact]
    public async Task An_image_that_turns_out_bad_while_training_leaves_a_run_that_goes_on_once_it_is_put_right()
    {
        TrainedFixture.Require();
        string boards = trained.CopyBoards(folder);
        string image = TrainedFixture.ImageOf(boards, "test"); // read at step 2, by the first evaluation
        byte[] whole = File.ReadAllBytes(image);
        byte[] damaged = [.. whole];
        int table = damaged.AsSpan().IndexOf<byte>([0xFF, 0xC4]); // only a decoder looks into the Huffman table
        damaged.AsSpan(table + 5, 16).Fill(0xFF);
        File.WriteAllBytes(image, damaged);
        string[] command = TrainedFixture.Train(boards, folder.At("runs"));

        CommandLine bad = await CommandLine.RunAsync(command);
        Assert.Equal((3, ""), (bad.Code, bad.Output));
        Assert.StartsWith($"{image}: damaged JPEG: Bogus Huffman table", bad.ErrorLines[^1]); // lines of progress may stand before it
        RunFolder run = Assert.Single(RunStore.Open(folder.At("runs")).Runs());
        Assert.Equal((RunState.Interrupted, 2), (run.Outcome().State, run.Steps().Count));

        File.WriteAllBytes(image, whole);
        CommandLine again = await CommandLine.RunAsync(command);
        Assert.True(again.Code == 0, again.Error);
        Assert.Equal(new RunOutcome(RunState.Done, 4), run.Outcome());
    }

    [Fact]
    public async Task An_absent_image_is_named_with_the_list_or_as_it_was_given()
    {
        TrainedFixture.Require();
        string boards = trained.CopyBoards(folder);
        string list = Path.Combine(boards, "ImageSets", "Main", "test.txt");
        File.AppendAllText(list, "ghost\n");

        (await CommandLine.RunAsync(TrainedFixture.Train(boards, folder.At("runs")))).AssertBadInput(list, "ghost: no image of that name");
        (await CommandLine.RunAsync(TrainedFixture.Eval(trained.Run.CheckpointFile, boards))).AssertBadInput(list, "ghost: no image of that name");
        (await CommandLine.RunAsync(TrainedFixture.Predict(trained.Run.CheckpointFile, folder.At("ghost.jpg"), folder.At("seen")))).AssertBadInput(folder.At("ghost.jpg"), "does not exist");
    }

    [Fact]
    public async Task A_missing_folder_or_image_set_is_named()
    {
        TrainedFixture.Require();
        string absent = folder.At("absent");
        (await CommandLine.RunAsync(TrainedFixture.Train(absent, folder.At("runs")))).AssertBadInput(absent, "the folder does not exist");
        (await CommandLine.RunAsync(TrainedFixture.Eval(trained.Run.CheckpointFile, absent))).AssertBadInput(absent, "the folder does not exist");
        (await CommandLine.RunAsync([.. TrainedFixture.Eval(trained.Run.CheckpointFile, trained.Boards), "--split", "minival"]))
            .AssertBadInput(Path.Combine(trained.Boards, "ImageSets", "Main", "minival.txt"), "choose among test, train, trainval, val");
        Assert.False(Directory.Exists(folder.At("runs")));
    }

    private static byte[] Damage(byte[] jpeg, string kind)
    {
        switch (kind)
        {
            case "0 bytes": return [];
            case "markers alone": return [0xFF, 0xD8, 0xFF, 0xD9];
            case "half of it": return jpeg[..(jpeg.Length / 2)];
            case "without its last byte": return jpeg[..^1];
            case "a PNG with a changed byte":
                byte[] png = TemporaryFolder.Png(96, 96);
                png[45] ^= 1;
                return png;
            case "a text": return "this is a text, not an image"u8.ToArray();
            default:
                int frame = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
                BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 50_000);
                BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 50_000);
                return jpeg;
        }
    }
}
