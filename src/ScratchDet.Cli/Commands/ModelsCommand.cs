using System.CommandLine;
using System.Globalization;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>`models`: the detectors that have a name, their sizes and costs, their default boxes.</summary>
internal static class ModelsCommand
{
    /// <summary>VOC: 20 classes and background.</summary>
    private const int VocClassCount = 21;

    private const int MostClasses = 10_000;

    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("models", "List the detectors that have a name", "./scratchdet models", "./scratchdet models show ssd300-vgg16 --json")
        {
            json, Show(terminal), DefaultBoxes(terminal),
        };
        command.Does((parsed, _) =>
        {
            if (parsed.GetValue(json))
                terminal.WriteJson(new { models = ModelPresets.All.Select(preset => new { name = preset.Name, image_size = preset.Spec.ImageSize, source = preset.Source }) });
            else
                terminal.Output.Write(new TextTable(["model", "pixels", "source"], [.. ModelPresets.All.Select(preset => (IReadOnlyList<string>)[preset.Name, Number(preset.Spec.ImageSize), preset.Source])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    /// <exception cref="UsageException">There is none of this name.</exception>
    public static ModelPreset Find(string name) => ModelPresets.Find(name)
        ?? throw new UsageException($"there is no model '{name}'; there are: {string.Join(", ", ModelPresets.All.Select(preset => preset.Name))}");

    public static Argument<string> NameArgument() => new("MODEL") { Description = "A name that `models` lists" };

    public static Option<int?> ClassesOption(string otherwise)
    {
        var classes = new Option<int?>("--classes") { HelpName = "N", Description = $"Number of classes, background counted; {otherwise}" };
        classes.Validators.Add(result =>
        {
            if (result.GetValue(classes) is < 2 or > MostClasses) result.AddError($"--classes is from 2 to {MostClasses}, background counted");
        });
        return classes;
    }

    private static ExampleCommand Show(Terminal terminal)
    {
        Argument<string> name = NameArgument();
        Option<int?> classes = ClassesOption($"{VocClassCount} (VOC) when left out");
        var batch = new Option<int>("--batch-size") { Description = "Images a batch, for what batch norm's statistics are taken over", DefaultValueFactory = _ => 32, HelpName = "N" };
        batch.Validators.Add(result =>
        {
            if (result.GetValue(batch) < 1) result.AddError("--batch-size is at least 1");
        });
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("show", "Parameters, multiply-adds, detection maps, default boxes and weights of a model", "./scratchdet models show ssd300-vgg16 --classes 91")
        {
            name, classes, batch, json,
        };
        command.Does((parsed, _) =>
        {
            ModelPreset preset = Find(parsed.GetRequiredValue(name));
            using var detector = new Detector(preset.Spec, parsed.GetValue(classes) ?? VocClassCount);
            ModelProfile profile = ModelProfile.Of(detector, preset.Names);
            if (parsed.GetValue(json)) WriteJson(terminal, preset, profile);
            else WriteText(terminal.Output, preset, detector, profile, parsed.GetValue(batch));
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteJson(Terminal terminal, ModelPreset preset, ModelProfile profile) => terminal.WriteJson(new
    {
        name = preset.Name,
        parameters = profile.Parameters,
        multiply_adds = profile.MultiplyAdds,
        feature_maps = profile.FeatureMaps.Select(map => (long[])[map.Height, map.Width, map.Channels]),
        default_boxes = profile.DefaultBoxes,
        boxes_per_cell = profile.BoxesPerCell,
        state_dict = profile.StateDict.Select(entry => new { name = entry.Name, shape = entry.Shape }),
    });

    private static void WriteText(TextWriter output, ModelPreset preset, Detector detector, ModelProfile profile, int imagesPerBatch)
    {
        output.WriteLine($"{preset.Name}: {preset.Source}");
        output.WriteLine($"{Number(profile.Parameters)} parameters, {profile.MultiplyAdds.ToString("N0", CultureInfo.InvariantCulture)} multiply-adds an image of {detector.Spec.ImageSize} px, {detector.ClassCount} classes with background");
        output.WriteLine($"{Number(profile.DefaultBoxes)} default boxes");
        output.WriteLine();
        output.Write(new TextTable(["map", "cells", "channels", "boxes a cell"], [.. profile.FeatureMaps.Select((map, k) =>
            (IReadOnlyList<string>)[Number(k + 1), $"{map.Height} x {map.Width}", Number(map.Channels), Number(profile.BoxesPerCell[k])])]).ToText());
        output.WriteLine();
        output.Write(ModelSummary.NormTable(NormReport.Of(detector, imagesPerBatch)).ToText());
        output.WriteLine();
        output.Write(new TextTable(["tensor", "shape"], [.. profile.StateDict.Select(entry => (IReadOnlyList<string>)[entry.Name, string.Join(" x ", entry.Shape)])]).ToText());
    }

    private static ExampleCommand DefaultBoxes(Terminal terminal)
    {
        Argument<string> name = NameArgument();
        var file = new Option<string>("--out") { Description = "safetensors file to write: one tensor cxcywh, boxes x 4, normalised to the image", HelpName = "FILE", Required = true };
        var command = new ExampleCommand("default-boxes", "Write a model's default boxes", "./scratchdet models default-boxes ssd300-vgg16 --out boxes.safetensors") { name, file };
        command.Does((parsed, _) =>
        {
            using var detector = new Detector(Find(parsed.GetRequiredValue(name)).Spec, VocClassCount);
            float[] values = detector.DefaultBoxes.Cxcywh.ToArray();
            using Tensor cxcywh = TensorSpans.FromArray(values, detector.DefaultBoxes.Count, 4);
            string path = parsed.GetRequiredValue(file);
            AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, [("cxcywh", cxcywh)]));
            terminal.Output.WriteLine($"{path}: {detector.DefaultBoxes.Count} default boxes");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
