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
    private const string EvaluationDueKey = "evaluation_due";
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

    /// <summary>
    /// The best mAP that a run had when the checkpoint was written (minus infinity before the first evaluation), and
    /// whether the evaluation after its step was cut off.
    /// </summary>
    /// <exception cref="BadInputException">The file is damaged or no checkpoint.</exception>
    public static (double BestMap, bool EvaluationDue) ProgressOf(string path)
    {
        using SafetensorsFile file = Open(path);
        double bestMap = double.NegativeInfinity;
        if (file.Metadata.TryGetValue(BestMapKey, out string? text) && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bestMap))
            throw new BadInputException(path, $"metadata: {BestMapKey}", $"'{text}' is no number", "delete the run folder to train it again");
        return (bestMap, file.Metadata.ContainsKey(EvaluationDueKey));
    }

    public static IReadOnlyDictionary<string, string> WithProgress(IReadOnlyDictionary<string, string> metadata, double bestMap, bool evaluationDue)
    {
        Dictionary<string, string> complete = new(metadata);
        if (double.IsFinite(bestMap)) complete[BestMapKey] = bestMap.ToString("R", CultureInfo.InvariantCulture);
        if (evaluationDue) complete[EvaluationDueKey] = "true";
        return complete;
    }

    /// <summary>Loads weights; the model must be the one the file was written for.</summary>
    /// <exception cref="BadInputException">A tensor is missing, unexpected or of another shape.</exception>
    public static void LoadModel(string path, SafetensorsFile file, Detector detector) =>
        WeightFile.LoadInto(path, file, detector.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), ModelPrefix);

    /// <summary>Loads model, momentum and average, and gives the number of steps done.</summary>
    /// <exception cref="BadInputException">As <see cref="LoadModel"/>.</exception>
    public static long Resume(string path, Detector detector, SGD optimizer, ExponentialMovingAverage? average)
    {
        using SafetensorsFile file = Open(path);
        LoadModel(path, file, detector);
        using DisposeScope scope = NewDisposeScope();
        var memory = new OptimizerMemory(optimizer);
        var names = file.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            if (names.Contains(MomentumPrefix + name)) memory.SetMomentum(parameter, file.Load(MomentumPrefix + name));
        }
        if (average is not null)
        {
            average.Load(names.Where(name => name.StartsWith(EmaPrefix, StringComparison.Ordinal))
                .ToDictionary(name => name[EmaPrefix.Length..], file.Load, StringComparer.Ordinal));
        }
        return long.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
    }
}
