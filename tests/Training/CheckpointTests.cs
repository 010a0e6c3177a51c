using System.Globalization;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Torch;
using ScratchDet.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class CheckpointTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_trained_model_has_the_average_that_its_run_was_scored_with()
    {
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { EmaDecay = 0.5 } };
        RunStore store = RunStore.Open(root);
        SmallRuns.Run(store, experiment);
        RunFolder run = SmallRuns.FolderOf(store, experiment);

        using TrainedModel trained = TrainedModel.Load(run.CheckpointFile);

        using SafetensorsFile file = Checkpoint.Open(run.CheckpointFile);
        using DisposeScope scope = NewDisposeScope();
        (string Name, Parameter Parameter)[] parameters = [.. trained.Detector.named_parameters()];
        Assert.All(parameters, one => Assert.True(one.Parameter.allclose(file.Load("ema." + one.Name), 0, 0), one.Name));
        Assert.Contains(parameters, one => !one.Parameter.allclose(file.Load("model." + one.Name), 0, 0));
    }

    [Fact]
    public void A_resumed_momentum_lies_in_memory_as_its_parameter_does()
    {
        using Detector detector = Small();
        detector.ToChannelsLast();
        string path = Written(detector, out SGD first);
        first.Dispose();
        using SGD optimizer = Optimizer(detector);

        Assert.Equal((3, 0.25, false), Checkpoint.Resume(path, detector, optimizer, null));

        var memory = new OptimizerMemory(optimizer);
        Assert.All(detector.parameters(), parameter => Assert.Equal(parameter.stride(), memory.MomentumOf(parameter)!.stride()));
        Assert.All(detector.parameters(), parameter => Assert.Equal(1, memory.MomentumOf(parameter)!.mean().item<float>(), 5));
    }

    [Theory]
    [InlineData("model.", "", "lacks this tensor")]
    [InlineData("model.", "[2]", "the shape is [2]")]
    [InlineData("momentum.", "", "missing or of another shape")]
    [InlineData("momentum.", "[2]", "missing or of another shape")]
    [InlineData("ema.", "", "missing or of another shape")]
    [InlineData("ema.", "[2]", "missing or of another shape")]
    [InlineData("step", "three", "not a number of steps")]
    [InlineData("best_map_area", "good", "not a mean average precision")]
    public void A_damaged_checkpoint_is_bad_input_that_names_the_tensor_or_the_value(string part, string change, string what)
    {
        using Detector detector = Small();
        using var average = new ExponentialMovingAverage(detector, 0.5);
        string path = Written(detector, out SGD first, average);
        first.Dispose();
        Rewrite(path, part, change);
        using SGD optimizer = Optimizer(detector);

        BadInputException bad = Assert.Throws<BadInputException>(() => Checkpoint.Resume(path, detector, optimizer, average));

        Assert.Equal(path, bad.File);
        Assert.Contains(what, bad.What);
        Assert.Contains(part, bad.Place);
    }

    private static Detector Small()
    {
        using var generator = new Generator(1);
        return SmallRuns.Base.Detector.Build(3, generator);
    }

    private static SGD Optimizer(Detector detector) => optim.SGD(detector.parameters(), 0.01, 0.9);

    /// <summary>A checkpoint of step 3 whose momenta are all ones.</summary>
    private string Written(Detector detector, out SGD optimizer, ExponentialMovingAverage? average = null)
    {
        optimizer = Optimizer(detector);
        var memory = new OptimizerMemory(optimizer);
        foreach (Parameter parameter in detector.parameters())
        {
            using Tensor momentum = ones(parameter.shape);
            memory.SetMomentum(parameter, momentum);
        }
        string path = Path.Combine(root, "checkpoint.safetensors");
        Checkpoint.Save(path, detector, optimizer, average, 3, Checkpoint.WithProgress(new Dictionary<string, string>(), 0.25, evaluationDue: false));
        return path;
    }

    /// <summary>Takes out the first tensor of a prefix, gives it another shape, or changes a value of the metadata.</summary>
    private static void Rewrite(string path, string part, string change)
    {
        using DisposeScope scope = NewDisposeScope();
        var metadata = new Dictionary<string, string>();
        List<(string, Tensor)> tensors = [];
        using (SafetensorsFile file = Checkpoint.Open(path))
        {
            foreach ((string key, string value) in file.Metadata) metadata[key] = value;
            bool changed = false;
            foreach (SafetensorsEntry entry in file.Entries)
            {
                bool isChanged = !changed && entry.Name.StartsWith(part, StringComparison.Ordinal);
                changed |= isChanged;
                if (!isChanged) tensors.Add((entry.Name, file.Load(entry.Name)));
                else if (change.Length > 0) tensors.Add((entry.Name, zeros(long.Parse(change.Trim('[', ']'), CultureInfo.InvariantCulture))));
            }
            if (!changed) metadata[part] = change;
        }
        using FileStream stream = File.Create(path);
        SafetensorsFile.Write(stream, tensors, metadata);
    }
}
