using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models;

/// <summary>The weights of a preset in the names that belong to it.</summary>
public static class ModelWeights
{
    internal const string FirstClassWeight = "head.classes.maps.0.convolution.weight";

    /// <summary>The detector's own tensors by name.</summary>
    public static IReadOnlyDictionary<string, Tensor> StateOf(Detector detector, WeightNames names) =>
        names == WeightNames.Torchvision ? TorchvisionNames.StateOf(detector) : detector.state_dict();

    /// <summary>Builds the preset with the weights of a file. The caller disposes it.</summary>
    /// <param name="classCount">Background counted; null: as many as the file's first prediction convolution has.</param>
    /// <param name="options">How to read a checkpoint of PyTorch.</param>
    /// <exception cref="BadInputException">The file is missing, damaged, or holds weights of another model or number of classes.</exception>
    public static Detector Load(ModelPreset preset, string path, int? classCount = null, TensorArchiveOptions? options = null)
    {
        using TensorArchive file = WeightFile.Open(path, options);
        var detector = new Detector(preset.Spec, classCount ?? ClassCountOf(path, file, NameOf(FirstClassWeight, preset.Names), preset.Spec.Boxes));
        try
        {
            WeightFile.LoadInto(path, file, StateOf(detector, preset.Names));
            return detector;
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private static string NameOf(string ours, WeightNames names) => names == WeightNames.Torchvision ? TorchvisionNames.FromOurs(ours)! : ours;

    /// <summary>Background counted, by the first prediction convolution; nothing but the header is read.</summary>
    /// <param name="name">Of its weight in the file.</param>
    /// <exception cref="BadInputException">It is missing, or its outputs are no two or more classes for each box.</exception>
    internal static int ClassCountOf(string path, TensorArchive file, string name, BoxLayout layout)
    {
        TensorEntry entry = file.Entries.FirstOrDefault(entry => entry.Name == name)
            ?? throw new BadInputException(path, name, "the file lacks this tensor: it holds weights of another model", "give the weights that belong to this model");
        int boxes = layout.BoxesOnMap(0);
        long rows = entry.Shape is [var first, ..] ? first : 0;
        const long MostClasses = 10_000;
        if (rows % boxes != 0 || rows / boxes is < 2 or > MostClasses)
            throw new BadInputException(path, name, $"{rows} outputs are no two or more classes for each of {boxes} boxes", "give the weights that belong to this model");
        return (int)(rows / boxes);
    }
}
