using System.CommandLine;
using System.Globalization;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>`weights`: what a weight file holds; from one convention of names to another.</summary>
internal static class WeightsCommand
{
    private const string TorchvisionPreset = "ssd300-vgg16@torchvision";
    private const string OurPreset = "ssd300-vgg16";

    public static Command Create(Terminal terminal) => new ExampleCommand(
        "weights",
        "Look into weight files (safetensors), rename their tensors",
        "./scratchdet weights show weights.safetensors",
        "./scratchdet weights convert torchvision.safetensors --names ours --out ours.safetensors")
    {
        Show(terminal), Convert(terminal),
    };

    private static ExampleCommand Show(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A safetensors file" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("show", "List the tensors of a file with type, shape, sum and sum of squares", "./scratchdet weights show weights.safetensors --json") { file, json };
        command.Does((parsed, stop) =>
        {
            string path = parsed.GetRequiredValue(file);
            using SafetensorsFile weights = Open(path);
            List<TensorFacts> tensors = [];
            foreach (SafetensorsEntry entry in weights.Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                stop.ThrowIfCancellationRequested();
                tensors.Add(TensorFacts.Of(path, weights, entry));
            }
            if (parsed.GetValue(json))
                terminal.WriteJson(new { format = "safetensors", tensors, metadata = weights.Metadata });
            else
                Write(terminal.Output, path, tensors, weights.Metadata);
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Convert(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "Weights of an SSD300 with VGG-16, in our names or in torchvision's" };
        var names = new Option<string>("--names") { Description = "The names that the new file gets", Required = true };
        names.AcceptOnlyFromAmong("ours", "torchvision");
        var output = new Option<string>("--out") { Description = "safetensors file to write", HelpName = "FILE", Required = true };
        var command = new ExampleCommand(
            "convert",
            "Write the weights of an SSD300 with VGG-16 in our names or in torchvision's, in float32",
            "./scratchdet weights convert torchvision.safetensors --names ours --out ours.safetensors")
        {
            file, names, output,
        };
        command.Does((parsed, _) =>
        {
            string path = parsed.GetRequiredValue(file), target = parsed.GetRequiredValue(output);
            IReadOnlyDictionary<string, string> metadata;
            bool isTheirs;
            using (SafetensorsFile weights = Open(path))
            {
                metadata = weights.Metadata;
                isTheirs = weights.Entries.Any(entry => TorchvisionNames.ToOurs(entry.Name) is not null);
            }
            using Detector detector = ModelWeights.Load(ModelsCommand.Find(isTheirs ? TorchvisionPreset : OurPreset), path);
            IReadOnlyDictionary<string, Tensor> state = ModelWeights.StateOf(detector, parsed.GetRequiredValue(names) == "ours" ? WeightNames.Ours : WeightNames.Torchvision);
            AtomicFile.Write(target, stream => SafetensorsFile.Write(stream, state.Select(entry => (entry.Key, entry.Value)), metadata));
            terminal.Output.WriteLine($"{target}: {state.Count} tensors");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Opens a safetensors file; says so where the file is one of PyTorch's.</summary>
    private static SafetensorsFile Open(string path)
    {
        if (LooksLikePyTorch(path))
            throw new BadInputException(path, null, "not a safetensors file but one that PyTorch saved", "save the state_dict by the safetensors package's save_file");
        try
        {
            return WeightFile.Open(path);
        }
        catch (BadInputException fault) when (fault.Place == "header")
        {
            throw new BadInputException(path, fault.Place, $"not a safetensors file: {fault.What}", fault.WhatToDo, fault);
        }
    }

    /// <summary>A zip archive, or a pickle (0x80, then the protocol) as before PyTorch 1.6.</summary>
    private static bool LooksLikePyTorch(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using FileStream stream = File.OpenRead(path);
            Span<byte> first = stackalloc byte[4];
            int count = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            return count == first.Length && (first.SequenceEqual("PK\u0003\u0004"u8) || (first[0] == 0x80 && first[1] is >= 2 and <= 5 && stream.Length > 8 && !first[2..].SequenceEqual(new byte[2])));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, "it cannot be read", "check the path and its permissions", fault);
        }
    }

    private static void Write(TextWriter output, string path, IReadOnlyList<TensorFacts> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        output.WriteLine($"{path}: safetensors, {tensors.Count} tensors");
        foreach ((string key, string value) in metadata) output.WriteLine($"  {key}: {value}");
        output.Write(new TextTable(["tensor", "type", "shape", "sum", "sum of squares"], [.. tensors.Select(tensor => (IReadOnlyList<string>)
            [tensor.Name, tensor.Dtype, string.Join(" x ", tensor.Shape), tensor.Sum.ToString("G6", CultureInfo.InvariantCulture), tensor.SumSq.ToString("G6", CultureInfo.InvariantCulture)])]).ToText());
    }

    /// <summary>One tensor; sums are taken in double.</summary>
    private sealed record TensorFacts(string Name, string Dtype, IReadOnlyList<long> Shape, double Sum, double SumSq)
    {
        public static TensorFacts Of(string path, SafetensorsFile file, SafetensorsEntry entry)
        {
            using Tensor stored = WeightFile.Load(path, file, entry.Name);
            using Tensor values = stored.to(ScalarType.Float64);
            using Tensor squares = values * values;
            using Tensor sum = values.sum(), sumOfSquares = squares.sum();
            return new TensorFacts(entry.Name, NameOf(entry.Type), entry.Shape, sum.item<double>(), sumOfSquares.item<double>());
        }

        private static string NameOf(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
    }
}
