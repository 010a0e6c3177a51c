using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Torch;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>A trained detector, read from a checkpoint: it knows its experiment and its classes.</summary>
public sealed class TrainedModel : IDisposable
{
    private TrainedModel(Detector detector, Experiment experiment, IReadOnlyList<string> classNames, string description) =>
        (Detector, Experiment, ClassNames, Description) = (detector, experiment, classNames, description);

    public Detector Detector { get; }

    public Experiment Experiment { get; }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Study, variant, scale, seed and step.</summary>
    public string Description { get; }

    /// <summary>The weights that the run was scored with: their moving average where it kept one.</summary>
    /// <exception cref="BadInputException">The file is no checkpoint, damaged, or its tensors do not fit its own specification.</exception>
    public static TrainedModel Load(string path)
    {
        using SafetensorsFile file = Checkpoint.Open(path);
        if (!file.Metadata.TryGetValue("spec", out string? spec) || !file.Metadata.TryGetValue("classes", out string? classes))
            throw new BadInputException(path, "metadata", "the specification or the class names are missing", "give a checkpoint that this kit wrote");
        Experiment experiment = SpecJson.Read<Experiment>(spec, path);
        string[] classNames;
        try
        {
            classNames = JsonSerializer.Deserialize<string[]>(classes) ?? [];
        }
        catch (JsonException wrong)
        {
            throw new BadInputException(path, "metadata: classes", "no list of class names", "give a checkpoint that this kit wrote", wrong);
        }
        if (classNames.Length == 0) throw new BadInputException(path, "metadata: classes", "there are no classes", "give a checkpoint that this kit wrote");
        Detector detector = Build(path, file, experiment, classNames.Length);
        try
        {
            Checkpoint.LoadModel(path, file, detector);
            Checkpoint.LoadAverage(path, file, detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
        detector.eval();
        string description = string.Join(", ", new[] { "study", "variant", "scale", "seed", "step" }.Where(file.Metadata.ContainsKey).Select(key => $"{key} {file.Metadata[key]}"));
        return new TrainedModel(detector, experiment, classNames, description);
    }

    /// <summary>Detections on annotated images, in batches on the device, with their VOC score and the loss.</summary>
    /// <param name="data">With the classes that the model was trained for, in its order; see <see cref="ClassNames"/>.</param>
    /// <param name="workers">Loader threads.</param>
    /// <exception cref="ArgumentException">The classes are not the model's.</exception>
    /// <exception cref="BadInputException">An image cannot be read.</exception>
    public DetectorEvaluation Evaluate(DetectionDataset data, Device device, int workers, Action<EvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (!data.ClassNames.SequenceEqual(ClassNames))
            throw new ArgumentException($"the model knows {string.Join(", ", ClassNames)}, the data {string.Join(", ", data.ClassNames)}", nameof(data));
        var execution = new Execution(device, Experiment.Train.Precision);
        execution.Prepare(Detector);
        using Loader<DetectionBatch> loader = Experiment.OpenTestLoader(data, ImageFiles.Decode, Detector.DefaultBoxes, workers);
        return Experiment.BuildEvaluator(data, loader).Run(Detector, images => execution.Infer(Detector, images), progress, cancellation);
    }

    public void Dispose() => Detector.Dispose();

    private static Detector Build(string path, SafetensorsFile file, Experiment experiment, int foregroundClasses)
    {
        try
        {
            int classCount = ModelWeights.ClassCountOf(path, file, Checkpoint.ModelPrefix + ModelWeights.FirstClassWeight, experiment.Detector.Boxes);
            if (classCount != foregroundClasses + 1)
                throw new BadInputException(path, "metadata: classes", $"{foregroundClasses} class names, the weights are for {classCount - 1}", "give a checkpoint that this kit wrote");
            double stored = file.Entries.Sum(entry => entry.Shape.Aggregate(1.0, (product, size) => product * size));
            if (experiment.Detector.LargestLayerWeights > stored)
                throw new BadInputException(path, "metadata: spec", "it describes a larger model than the file holds", "give a checkpoint that this kit wrote");
            return new Detector(experiment.Detector, classCount);
        }
        catch (Exception wrong) when (wrong is ArgumentException or ExternalException)
        {
            // ExternalException: libtorch refuses, for example sizes beyond all memory.
            throw new BadInputException(path, "metadata: spec", wrong.Message, "give a checkpoint that this kit wrote", wrong);
        }
    }

    internal static IReadOnlyDictionary<string, string> Metadata(RunIdentity identity, Experiment experiment, IReadOnlyList<string> classNames) =>
        new Dictionary<string, string>
        {
            ["spec"] = SpecJson.Write(experiment),
            ["classes"] = JsonSerializer.Serialize(classNames),
            ["study"] = identity.Study,
            ["variant"] = identity.Variant,
            ["scale"] = identity.Scale.ToString(),
            ["seed"] = identity.Seed.ToString(CultureInfo.InvariantCulture),
        };
}
