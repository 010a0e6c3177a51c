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
    private const string StepKey = "step";
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
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in metadata) complete[key] = value;
        AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, tensors, complete));
    }

    /// <summary>Opens a file and checks that it is a checkpoint of this kit.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged or something else.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafetensorsFile file = WeightFile.OpenSafetensors(path);
        if (file.Metadata.TryGetValue("format", out string? format) && format == Format && file.Metadata.ContainsKey(StepKey)) return file;
        file.Dispose();
        throw new BadInputException(path, "metadata", "this is no checkpoint of a run", "give checkpoint.safetensors or best.safetensors of a run folder");
    }

    public static IReadOnlyDictionary<string, string> WithProgress(IReadOnlyDictionary<string, string> metadata, double bestMap, bool evaluationDue)
    {
        Dictionary<string, string> complete = new(metadata);
        if (double.IsFinite(bestMap)) complete[BestMapKey] = bestMap.ToString("R", CultureInfo.InvariantCulture);
        if (evaluationDue) complete[EvaluationDueKey] = "true";
        return complete;
    }

    /// <summary>Checks that the checkpoint was written with these entries: it belongs to this run and no other.</summary>
    /// <exception cref="BadInputException">It was not, or the file is damaged.</exception>
    public static void RequireMetadata(string path, IReadOnlyDictionary<string, string> metadata)
    {
        using SafetensorsFile file = Open(path);
        foreach ((string key, string value) in metadata)
        {
            if (file.Metadata.GetValueOrDefault(key) != value)
                throw new BadInputException(path, $"metadata: {key}", "the checkpoint belongs to another run", "give the checkpoint of this run");
        }
    }

    /// <summary>Loads weights; the model must be the one the file was written for.</summary>
    /// <exception cref="BadInputException">A tensor is missing, unexpected or of another shape.</exception>
    public static void LoadModel(string path, SafetensorsFile file, Detector detector) =>
        WeightFile.LoadInto(path, file, detector.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), ModelPrefix);

    /// <summary>Puts the moving average over the parameters; a file without one changes nothing.</summary>
    /// <exception cref="BadInputException">As <see cref="LoadModel"/>.</exception>
    public static void LoadAverage(string path, SafetensorsFile file, Detector detector)
    {
        if (!file.Entries.Any(entry => entry.Name.StartsWith(EmaPrefix, StringComparison.Ordinal))) return;
        WeightFile.LoadInto(path, file, detector.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter, StringComparer.Ordinal), EmaPrefix);
    }

    /// <summary>Loads model, momentum and average; nothing is changed unless the model's tensors fit.</summary>
    /// <returns>
    /// Steps done, the best mAP at that time (minus infinity before the first evaluation), and whether the evaluation
    /// after that step was cut off.
    /// </returns>
    /// <exception cref="BadInputException">As <see cref="LoadModel"/>; or the optimizer's memory or the average is not whole.</exception>
    public static (long Step, double BestMap, bool EvaluationDue) Resume(string path, Detector detector, SGD optimizer, ExponentialMovingAverage? average)
    {
        using SafetensorsFile file = Open(path);
        long step = StepOf(path, file);
        double bestMap = BestMapOf(path, file);
        LoadModel(path, file, detector);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> momenta = Load(path, file, MomentumPrefix, step > 0 && optimizer.Momentum != 0 ? [.. detector.named_parameters().Where(named => named.parameter.requires_grad)] : []);
        Dictionary<string, Tensor> averages = Load(path, file, EmaPrefix, average is not null ? [.. detector.named_parameters()] : []);
        var memory = new OptimizerMemory(optimizer);
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            if (momenta.TryGetValue(name, out Tensor? momentum)) memory.SetMomentum(parameter, momentum);
        }
        average?.Load(averages);
        return (step, bestMap, file.Metadata.ContainsKey(EvaluationDueKey));
    }

    /// <summary>One tensor for each of the parameters.</summary>
    private static Dictionary<string, Tensor> Load(string path, SafetensorsFile file, string prefix, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        var entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in parameters)
        {
            // Going on without it would train, and end with other weights than the uninterrupted run.
            if (!entries.TryGetValue(prefix + name, out SafetensorsEntry? entry) || !entry.Shape.SequenceEqual(parameter.shape))
                throw new BadInputException(path, prefix + name, "the tensor is missing or of another shape, so training cannot go on from here", "give the checkpoint.safetensors of this run");
            tensors.Add(name, WeightFile.Load(path, file, prefix + name));
        }
        return tensors;
    }

    private static long StepOf(string path, SafetensorsFile file) =>
        long.TryParse(file.Metadata[StepKey], NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? step
            : throw new BadInputException(path, $"metadata: {StepKey}", "not a number of steps", "give a checkpoint that this kit wrote");

    private static double BestMapOf(string path, SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(BestMapKey, out string? text)) return double.NegativeInfinity;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double map) && map is >= 0 and <= 1
            ? map
            : throw new BadInputException(path, $"metadata: {BestMapKey}", "not a mean average precision", "give a checkpoint that this kit wrote");
    }
}
