using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Cli;

/// <summary>Settings that cannot be meant: one line, exit code 2, and nothing was begun.</summary>
[Collection("threads")]
public sealed class BadSettingTests(TrainedFixture trained) : IClassFixture<TrainedFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Train.LearnRate=1", "unknown path 'Train.LearnRate'; the nearest are Train.LearningRate")]
    [InlineData("Train.Steps", "'Train.Steps' is not of the form Path=Value")]
    [InlineData("Train.Steps=many", "Train.Steps takes a whole number")]
    [InlineData("Train.Steps=1.5", "Train.Steps takes a whole number")]
    [InlineData("Train.Nesterov=maybe", "Train.Nesterov takes true or false")]
    [InlineData("Train.Precision=Float8", "Train.Precision takes one of Auto, Float32, BFloat16")]
    [InlineData("Train.DropsAt=0.5,x", "Train.DropsAt takes a list such as 1,2,3, each a number")]
    [InlineData("Train.Steps=0", "Train.Steps is 0; it must be at least 1")]
    [InlineData("Train.LearningRate=-1", "Train.LearningRate is -1; it must be at least")]
    [InlineData("Train.LearningRate=NaN", "Train.LearningRate")]
    [InlineData("Train.DropsAt=0.5,80", "an item of Train.DropsAt is 80; it must be at least 0 and at most 1")]
    [InlineData("Loss.NegativesPerPositive=-3", "Loss.NegativesPerPositive is -3; it must be at least 0")]
    [InlineData("Augment.Mirror.Probability=2", "Augment.Mirror.Probability is 2; it must be at least 0 and at most 1")]
    [InlineData("Augment.Normalization.DeviationRed=0", "Augment.Normalization.DeviationRed is 0; it must be at least 0.001")]
    [InlineData("Data.TestSplit=../test", "Data.TestSplit names no image set")]
    [InlineData("Detector.Backbone.FirstMapStride=64", "Detector: no stage reaches stride 64")]
    [InlineData("Detector.Boxes.Sizes=16,26", "Detector: 2 box sizes for")]
    [InlineData("Detector.Boxes.Sizes=44,26,16,80,140", "Detector: default boxes of map 1")]
    [InlineData("Detector.Boxes.BoxesPerCell=", "Detector: no numbers of boxes per cell")]
    [InlineData("Detector.Boxes.BoxesPerCell=5", "Detector: 5 boxes per cell")]
    [InlineData("Detector.Backbone.BlocksPerStage=", "Detector: no stage reaches stride 8")]
    public async Task A_wrong_setting_is_one_line_and_exit_code_2(string setting, string what)
    {
        TrainedFixture.Require();
        CommandLine result = await CommandLine.RunAsync(TrainedFixture.Train(trained.Boards, folder.At("runs"), setting));

        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.StartsWith($"wrong usage: {what}", Assert.Single(result.ErrorLines));
        Assert.False(Directory.Exists(folder.At("runs")));
    }

    [Theory]
    [InlineData("Data.SyntheticSize=2000", "Data.SyntheticSize is 2000; for Boards it must be 64 to")]
    [InlineData("Data.Source=VocFolder", "name a folder in VOC layout with --data DIR")]
    public async Task A_wrong_setting_of_made_data_is_one_line_and_exit_code_2(string setting, string what)
    {
        TrainedFixture.Require();
        CommandLine result = await CommandLine.RunAsync("train", "batchnorm-placement", "--scale", "seconds", "--threads", "1", "--runs", folder.At("runs"), "--set", setting);

        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains(what, Assert.Single(result.ErrorLines));
        Assert.False(Directory.Exists(folder.At("runs")));
    }

    [Theory]
    [InlineData("there is no study 'nothing'", "train", "nothing")]
    [InlineData("has no variant 'x'", "train", "batchnorm-placement", "--variant", "x")]
    [InlineData("--scale hours: give seconds, minutes or paper", "train", "batchnorm-placement", "--scale", "hours")]
    [InlineData("--seeds 0: give a number from 1 to 1000", "train", "batchnorm-placement", "--seeds", "0")]
    [InlineData("--threads 0: give a number from 1 to 1024", "train", "batchnorm-placement", "--threads", "0")]
    [InlineData("--device: ", "train", "batchnorm-placement", "--device", "tpu")]
    [InlineData("name a folder in VOC layout with --data DIR", "train", "first-light")]
    [InlineData("--split 'a/b' names no image set", "eval", "x.safetensors", "--data", "d", "--split", "a/b")]
    [InlineData("--score 2: give a number from 0 to 1", "predict", "x.safetensors", "i.jpg", "--out", "o", "--score", "2")]
    public async Task A_wrong_option_is_one_line_and_exit_code_2(string what, params string[] arguments)
    {
        CommandLine result = await CommandLine.RunAsync(arguments);

        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains(what, Assert.Single(result.ErrorLines));
    }
}
