using System.Globalization;
using ScratchDet.Models;
using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>
/// Everything a run needs to go on, in one safetensors file: <c>model.*</c> (parameters and buffers), <c>momentum.*</c>
/// (the optimizer's), <c>ema.*</c>. Orders of data and augmentation derive from the seed and the step, so no generator
/// state is needed. Reading executes nothing.
/// </summary>
public static class Checkpoint
{
    public const string ModelPrefix = "model.";
    private const string MomentumPrefix = "momentum.";
    private const string EmaPrefix = "ema.";
    private const string BestMapKey = "best_map_area";
    private const string Format = "scratchdet-checkpoint-1";

    /// <summary>Writes to a temporary name and moves: a crash leaves the old checkpoint or the new one, whole.</summary>
    /// <param name="metadata">Put beside the step: what built the model (spec, classes), best score so far.</param>
    public static void Save(string path, Detector detector, SGD? optimizer, ExponentialMovingAverage? average, long step,
        IReadOnlyDictionary<string, string> metadata)
    {
        using DisposeScope scope = NewDisposeScope();
        List<(string, Tensor)> tensors = [];
        foreach ((string name, Tensor tensor) in detector.state_dict()) tensors.Add((ModelPrefix + name, tensor));
        if (optimizer is not null)
        {
            var memory = new OptimizerMemory(optimizer);
            foreach ((string name, Parameter parameter) in detector.named_parameters())
            {
                if (memory.MomentumOf(parameter) is { } momentum) tensors.Add((MomentumPrefix + name, momentum));
            }
        }
        foreach ((string name, Tensor tensor) in average?.Tensors ?? []) tensors.Add((EmaPrefix + name, tensor));
        var complete = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in metadata) complete[key] = value;
        AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, tensors, complete));
    }

    /// <summary>Opens a file and checks that it is a checkpoint of this kit.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged or something else.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafetensorsFile file = WeightFile.Open(path);
        if (file.Metadata.TryGetValue("format", out string? format) && format == Format && file.Metadata.ContainsKey("step")) return file;
        file.Dispose();
        throw new BadInputException(path, "metadata", "this is no checkpoint of a run", "give checkpoint.safetensors or best.safetensors of a run folder");
    }

    /// <summary>The best mAP that a run had when the checkpoint was written; minus infinity before the first evaluation.</summary>
    /// <exception cref="BadInputException">No checkpoint, or the metadata holds no number there.</exception>
    public static double BestMapOf(string path)
    {
        using SafetensorsFile file = Open(path);
        if (!file.Metadata.TryGetValue(BestMapKey, out string? text)) return double.NegativeInfinity;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double map)
            ? map
            : throw new BadInputException(path, $"metadata: {BestMapKey}", $"'{text}' is no number", "delete the run's folder and train it again");
    }

    public static IReadOnlyDictionary<string, string> WithBestMap(IReadOnlyDictionary<string, string> metadata, double bestMap)
    {
        Dictionary<string, string> complete = new(metadata);
        if (double.IsFinite(bestMap)) complete[BestMapKey] = bestMap.ToString("R", CultureInfo.InvariantCulture);
        return complete;
    }

    /// <summary>Loads weights; the model must be the one the file was written for.</summary>
    /// <exception cref="BadInputException">A tensor is missing, unexpected or of another shape.</exception>
    public static void LoadModel(string path, SafetensorsFile file, Detector detector) =>
        WeightFile.LoadInto(path, file, detector.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), ModelPrefix);

    /// <summary>Puts the moving average over the parameters; a file without one changes nothing.</summary>
    /// <exception cref="BadInputException">As <see cref="LoadModel"/>.</exception>
    public static void LoadAverage(string path, SafetensorsFile file, Detector detector)
    {
        if (file.Entries.Any(entry => entry.Name.StartsWith(EmaPrefix, StringComparison.Ordinal)))
            WeightFile.LoadInto(path, file, ParametersOf(detector), EmaPrefix);
    }

    /// <summary>Loads model, momentum and average, and gives the number of steps done.</summary>
    /// <exception cref="BadInputException">As <see cref="LoadModel"/>, for the momentum and the average too.</exception>
    public static long Resume(string path, Detector detector, SGD optimizer, ExponentialMovingAverage? average)
    {
        using SafetensorsFile file = Open(path);
        string text = file.Metadata["step"];
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long step))
            throw new BadInputException(path, "metadata: step", $"'{text}' is no number of steps", "delete the run's folder and train it again");
        LoadModel(path, file, detector);
        if (average is not null)
            WeightFile.LoadInto(path, file, average.Tensors.ToDictionary(pair => pair.Name, pair => pair.Tensor, StringComparer.Ordinal), EmaPrefix);
        if (step > 0 && optimizer.Momentum > 0)
            WeightFile.LoadInto(path, file, new OptimizerMemory(optimizer).EmptyMomenta(detector), MomentumPrefix);
        return step;
    }

    private static Dictionary<string, Tensor> ParametersOf(Detector detector) =>
        detector.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter, StringComparer.Ordinal);
}
