using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models;

/// <summary>Weights from files, with every fault turned into one line that names the file and the tensor.</summary>
public static class WeightFile
{
    private const int MostExplained = 10;

    /// <summary>A file of any format that <see cref="TensorArchive"/> reads.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged, of another format, or asks for code to run.</exception>
    public static TensorArchive Open(string path, TensorArchiveOptions? options = null) => Translated(path, () => TensorArchive.Read(path, options));

    /// <summary>A safetensors file, as this kit writes them.</summary>
    /// <exception cref="BadInputException">The file is missing or damaged.</exception>
    public static SafetensorsFile OpenSafetensors(string path) => Translated(path, () => SafetensorsFile.Read(path));

    /// <summary>One tensor; the caller disposes it.</summary>
    /// <exception cref="BadInputException">There is none of that name, or its bytes cannot be read.</exception>
    public static Tensor Load(string path, TensorArchive file, string name) => Translated(path, () => file.Load(name));

    /// <summary>Copies tensors of the file into the targets by name; nothing is changed unless all fit.</summary>
    /// <param name="targets">Parameters and buffers by name.</param>
    /// <param name="prefix">Of the names in the file; tensors without it are not looked at.</param>
    /// <exception cref="BadInputException">Tensors are missing, unexpected or of another shape; all are listed.</exception>
    public static void LoadInto(string path, TensorArchive file, IReadOnlyDictionary<string, Tensor> targets, string prefix = "")
    {
        var found = file.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name[prefix.Length..], entry => entry, StringComparer.Ordinal);
        List<(string Name, string What)> differences = [];
        bool onlyShapes = true;
        foreach ((string name, Tensor target) in targets)
        {
            if (!found.TryGetValue(name, out TensorEntry? entry))
            {
                differences.Add((prefix + name, "the file lacks this tensor"));
                onlyShapes = false;
            }
            else if (!entry.Shape.SequenceEqual(target.shape))
            {
                differences.Add((prefix + name, $"the shape is {Shape(entry.Shape)}, the model has {Shape(target.shape)}"));
            }
        }
        foreach (string name in found.Keys.Where(name => !targets.ContainsKey(name)))
        {
            differences.Add((prefix + name, "the model has no such tensor"));
            onlyShapes = false;
        }
        if (differences.Count > 0)
        {
            throw Differ(path, differences, onlyShapes ? "" : ": the file holds weights of another model",
                $"give the weights that belong to this model{(onlyShapes ? " and number of classes" : "")}");
        }
        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            using Tensor source = Load(path, file, prefix + name);
            target.copy_(source);
        }
    }

    /// <summary>One line about everything that does not fit: the first as the place, ten with what is wrong, all others by name.</summary>
    internal static BadInputException Differ(string path, IReadOnlyList<(string Name, string What)> differences, string therefore, string whatToDo)
    {
        (string first, string what) = differences[0];
        string others = string.Join("; ", differences.Skip(1).Take(MostExplained - 1).Select(difference => $"{difference.Name}: {difference.What}"));
        if (differences.Count > MostExplained) others += $"; and also {string.Join(", ", differences.Skip(MostExplained).Select(difference => difference.Name))}";
        return new BadInputException(path, first, what + therefore + (others.Length > 0 ? $" (and {others})" : ""), whatToDo);
    }

    internal static string Shape(IEnumerable<long> sizes) => $"[{string.Join(", ", sizes)}]";

    internal static T Translated<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TensorArchiveException fault)
        {
            throw new BadInputException(path, fault.Place, fault.What, fault.WhatToDo, fault);
        }
    }
}
