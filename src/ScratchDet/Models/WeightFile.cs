using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models;

/// <summary>Weights from safetensors files, with every fault turned into one line that names the file and the tensor.</summary>
public static class WeightFile
{
    /// <exception cref="BadInputException">The file is missing or damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path)) throw new BadInputException(path, null, "no such file", "check the path");
        try
        {
            return SafetensorsFile.Read(path);
        }
        catch (SafetensorsException fault)
        {
            throw new BadInputException(path, fault.Place, fault.What, fault.WhatToDo, fault);
        }
    }

    /// <summary>One tensor; the caller disposes it.</summary>
    /// <exception cref="BadInputException">There is none of that name, or its bytes cannot be read.</exception>
    public static Tensor Load(string path, SafetensorsFile file, string name)
    {
        try
        {
            return file.Load(name);
        }
        catch (SafetensorsException fault)
        {
            throw new BadInputException(path, fault.Place, fault.What, fault.WhatToDo, fault);
        }
    }

    /// <summary>Copies tensors of the file into the targets by name; nothing is changed unless all fit.</summary>
    /// <param name="targets">Parameters and buffers by name.</param>
    /// <param name="prefix">Of the names in the file; tensors without it are not looked at.</param>
    /// <exception cref="BadInputException">A tensor is missing, unexpected or of another shape.</exception>
    public static void LoadInto(string path, SafetensorsFile file, IReadOnlyDictionary<string, Tensor> targets, string prefix = "")
    {
        var found = file.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name[prefix.Length..], entry => entry, StringComparer.Ordinal);
        foreach ((string name, Tensor target) in targets)
        {
            if (!found.TryGetValue(name, out SafetensorsEntry? entry))
                throw new BadInputException(path, prefix + name, "the file lacks this tensor: it holds weights of another model", "give the weights that belong to this model");
            if (!entry.Shape.SequenceEqual(target.shape))
            {
                throw new BadInputException(path, prefix + name, $"the shape is [{string.Join(", ", entry.Shape)}], the model has [{string.Join(", ", target.shape)}]",
                    "give the weights that belong to this model and number of classes");
            }
        }
        if (found.Keys.FirstOrDefault(name => !targets.ContainsKey(name)) is { } unexpected)
            throw new BadInputException(path, prefix + unexpected, "the model has no such tensor: the file holds weights of another model", "give the weights that belong to this model");
        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            using Tensor source = Load(path, file, prefix + name);
            target.copy_(source);
        }
    }
}
