using System.CommandLine;
using System.Globalization;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>`weights`: what a weight file holds; from one convention of names to another.</summary>
internal static class WeightsCommand
{
    private const string TorchvisionPreset = "ssd300-vgg16@torchvision";
    private const string OurPreset = "ssd300-vgg16";

    public static Command Create(Terminal terminal) => new ExampleCommand(
        "weights",
        "Look into weight files (safetensors, or what torch.save wrote), convert them, rename their tensors; runs no code of theirs",
        "./scratchdet weights show resnet18.pth",
        "./scratchdet weights convert resnet18.pth --out resnet18.safetensors")
    {
        Show(terminal), Convert(terminal),
    };

    private static ExampleCommand Show(Terminal terminal)
    {
        Argument<string> file = FileArgument();
        Option<string?> mapping = MappingOption();
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("show", "List the tensors of a file with type, shape, sum and sum of squares", "./scratchdet weights show weights.pth --json") { file, mapping, json };
        command.Does((parsed, stop) =>
        {
            string path = parsed.GetRequiredValue(file);
            using TensorArchive weights = Open(path, parsed.GetValue(mapping));
            List<TensorFacts> tensors = [];
            foreach (TensorEntry entry in weights.Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                stop.ThrowIfCancellationRequested();
                tensors.Add(TensorFacts.Of(path, weights, entry));
            }
            if (parsed.GetValue(json))
                terminal.WriteJson(new { format = weights.Format, tensors, metadata = weights.Metadata, notes = weights.Notes });
            else
                Write(terminal.Output, path, weights, tensors);
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Convert(Terminal terminal)
    {
        Argument<string> file = FileArgument();
        Option<string?> mapping = MappingOption();
        var names = new Option<string?>("--names") { Description = "Rename the tensors of an SSD300 with VGG-16, which then are in float32; without it names and types stay" };
        names.AcceptOnlyFromAmong("ours", "torchvision");
        var output = new Option<string>("--out") { Description = "safetensors file to write", HelpName = "FILE", Required = true };
        var command = new ExampleCommand(
            "convert",
            "Write the tensors of a file as safetensors",
            "./scratchdet weights convert checkpoint.pth --out weights.safetensors",
            "./scratchdet weights convert torchvision.pth --names ours --out ours.safetensors")
        {
            file, mapping, names, output,
        };
        command.Does((parsed, _) =>
        {
            string path = parsed.GetRequiredValue(file), target = parsed.GetRequiredValue(output);
            int count = parsed.GetValue(names) is { } convention
                ? Rename(path, parsed.GetValue(mapping), convention == "ours" ? WeightNames.Ours : WeightNames.Torchvision, target)
                : Copy(path, parsed.GetValue(mapping), target);
            terminal.Output.WriteLine($"{target}: {count} tensors");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> FileArgument() => new("FILE") { Description = "A safetensors file, or one that torch.save wrote (.pth, .pt)" };

    private static Option<string?> MappingOption() => new("--mapping")
    {
        Description = "Which part of a checkpoint, as \"model_ema\" or \"state.model\"; without it the one with most tensors",
        HelpName = "PATH",
    };

    private static int Copy(string path, string? mapping, string target)
    {
        using DisposeScope scope = NewDisposeScope();
        using TensorArchive weights = Open(path, mapping);
        (string, Tensor)[] tensors = [.. weights.Entries.Select(entry => (entry.Name, WeightFile.Load(path, weights, entry.Name)))];
        try
        {
            AtomicFile.Write(target, stream => SafetensorsFile.Write(stream, tensors, weights.Metadata));
        }
        catch (ArgumentException fault)
        {
            throw new BadInputException(path, null, fault.Message, "rename that tensor in Python and save the file again", fault);
        }
        return tensors.Length;
    }

    private static int Rename(string path, string? mapping, WeightNames convention, string target)
    {
        var options = new TensorArchiveOptions { Mapping = mapping };
        IReadOnlyDictionary<string, string> metadata;
        bool isTheirs;
        using (TensorArchive weights = Open(path, mapping))
        {
            metadata = weights.Metadata;
            isTheirs = weights.Entries.Any(entry => TorchvisionNames.ToOurs(entry.Name) is not null);
        }
        using Detector detector = ModelWeights.Load(ModelsCommand.Find(isTheirs ? TorchvisionPreset : OurPreset), path, options: options);
        IReadOnlyDictionary<string, Tensor> state = ModelWeights.StateOf(detector, convention);
        AtomicFile.Write(target, stream => SafetensorsFile.Write(stream, state.Select(entry => (entry.Key, entry.Value)), metadata));
        return state.Count;
    }

    /// <summary>Opens a file of any known format; says so where it is none.</summary>
    private static TensorArchive Open(string path, string? mapping)
    {
        try
        {
            return WeightFile.Open(path, new TensorArchiveOptions { Mapping = mapping });
        }
        catch (BadInputException fault) when (fault.Place == "header")
        {
            throw new BadInputException(path, fault.Place, $"neither a safetensors file nor one that torch.save wrote: {fault.What}", fault.WhatToDo, fault);
        }
    }

    private static void Write(TextWriter output, string path, TensorArchive weights, IReadOnlyList<TensorFacts> tensors)
    {
        output.WriteLine($"{path}: {weights.Format}, {tensors.Count} tensors");
        foreach (string note in weights.Notes) output.WriteLine($"  {note}");
        foreach ((string key, string value) in weights.Metadata) output.WriteLine($"  {Printable(key)}: {Printable(value)}");
        output.Write(new TextTable(["tensor", "type", "shape", "sum", "sum of squares"], [.. tensors.Select(tensor => (IReadOnlyList<string>)
            [tensor.Name, tensor.Dtype, string.Join(" x ", tensor.Shape), tensor.Sum.ToString("G6", CultureInfo.InvariantCulture), tensor.SumSq.ToString("G6", CultureInfo.InvariantCulture)])]).ToText());
    }

    /// <summary>What a file says of itself shall not steer the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? '?' : letter));

    /// <summary>One tensor; sums are taken in double.</summary>
    private sealed record TensorFacts(string Name, string Dtype, IReadOnlyList<long> Shape, double Sum, double SumSq)
    {
        private const long PartLength = 1 << 24; // a whole fc6 in double, and squared, would take 1.6 GB

        public static TensorFacts Of(string path, TensorArchive file, TensorEntry entry)
        {
            using Tensor stored = WeightFile.Load(path, file, entry.Name);
            using Tensor flat = stored.view(-1);
            (double sum, double sumOfSquares) = (0, 0);
            for (long start = 0, count = flat.numel(); start < count; start += PartLength)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor part = flat.narrow(0, start, Math.Min(PartLength, count - start)).to(ScalarType.Float64);
                sum += part.sum().item<double>();
                sumOfSquares += (part * part).sum().item<double>();
            }
            return new TensorFacts(entry.Name, NameOf(entry.Type), entry.Shape, sum, sumOfSquares);
        }

        private static string NameOf(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
    }
}
