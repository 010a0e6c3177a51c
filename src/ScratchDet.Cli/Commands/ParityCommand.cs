using System.CommandLine;
using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Evaluation;
using ScratchDet.Models;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>`parity`: one pass of a model over given weights and inputs, for holding it against another framework.</summary>
internal static class ParityCommand
{
    private const string ImagesName = "images";

    public static Command Create(Terminal terminal)
    {
        Argument<string> name = ModelsCommand.NameArgument();
        var weights = new Option<string>("--weights") { Description = "safetensors file with the state_dict, in the names of the model's convention", HelpName = "FILE", Required = true };
        var inputs = new Option<string>("--inputs") { Description = "safetensors file with `images` (N, 3, S, S), resized and normalised", HelpName = "FILE", Required = true };
        var targets = new Option<string?>("--targets") { Description = "JSON list, for each image {\"boxes\": [[x1, y1, x2, y2], ...] in its pixels, \"labels\": [1, ...]}; without it detections alone", HelpName = "FILE" };
        Option<int?> classes = ModelsCommand.ClassesOption("as many as the weights have when left out");
        var file = new Option<string>("--out") { Description = "safetensors file to write: raw bbox_regression (N, A, 4) and cls_logits (N, A, classes)", HelpName = "FILE", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object: losses, gradient norms, matches, hard negatives, detections" };
        var command = new ExampleCommand(
            "parity",
            "Run a model once on given weights and inputs, in float32 and with the running statistics of norms, for comparison with another framework",
            "./scratchdet parity ssd300-vgg16@torchvision --weights weights.safetensors --inputs inputs.safetensors --targets targets.json --out head.safetensors --json")
        {
            name, weights, inputs, targets, classes, file, json,
        };
        command.Does((parsed, _) =>
        {
            ModelPreset preset = ModelsCommand.Find(parsed.GetRequiredValue(name));
            using Detector detector = ModelWeights.Load(preset, parsed.GetRequiredValue(weights), parsed.GetValue(classes));
            using Tensor images = ReadImages(parsed.GetRequiredValue(inputs), preset.Spec.ImageSize);
            IReadOnlyList<ParityTarget>? objects = parsed.GetValue(targets) is { } path ? ParityTargets.Read(path, (int)images.shape[0], detector.ClassCount) : null;
            using ParityResult result = new ParityPass(preset, detector).Run(images, objects);
            string output = parsed.GetRequiredValue(file);
            AtomicFile.Write(output, stream => SafetensorsFile.Write(stream, [("bbox_regression", result.Raw.BoxRegression), ("cls_logits", result.Raw.ClassLogits)]));
            if (parsed.GetValue(json)) WriteJson(terminal, result);
            else WriteText(terminal.Output, output, result);
            return ExitCode.Done;
        });
        return command;
    }

    private static Tensor ReadImages(string path, int imageSize)
    {
        using TensorArchive file = WeightFile.Open(path);
        using Tensor stored = WeightFile.Load(path, file, ImagesName);
        long[] shape = stored.shape;
        if (shape is not [> 0, 3, var height, var width] || height != imageSize || width != imageSize)
            throw new BadInputException(path, $"tensor {ImagesName}", $"the shape is [{string.Join(", ", shape)}]", $"give (N, 3, {imageSize}, {imageSize})");
        Tensor images = stored.to(ScalarType.Float32, copy: true);
        using Tensor finite = images.isfinite();
        using Tensor all = finite.all();
        if (all.item<bool>()) return images;
        images.Dispose();
        throw new BadInputException(path, $"tensor {ImagesName}", "a value is not finite", "give normalised images");
    }

    private static void WriteJson(Terminal terminal, ParityResult result)
    {
        var detections = result.Detections.Select(image => new
        {
            boxes = image.Select(detection => (float[])[detection.Box.XMin, detection.Box.YMin, detection.Box.XMax, detection.Box.YMax]),
            scores = image.Select(detection => detection.Score),
            labels = image.Select(detection => detection.ClassIndex + 1),
        });
        if (result.Training is not { } training)
        {
            terminal.WriteJson(new { detections });
            return;
        }
        terminal.WriteJson(new
        {
            losses = new { bbox_regression = training.BoxRegressionLoss, classification = training.ClassificationLoss },
            gradient_norms = training.GradientNorms,
            matched = training.Matched.Select(image => new { anchors = image.Anchors, objects = image.Objects }),
            hard_negatives = training.HardNegatives,
            detections,
        });
    }

    private static void WriteText(TextWriter output, string file, ParityResult result)
    {
        if (result.Training is { } training)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"losses: box regression {training.BoxRegressionLoss:0.000000}, classification {training.ClassificationLoss:0.000000}"));
            output.WriteLine($"matched default boxes by image: {string.Join(", ", training.Matched.Select(image => image.Anchors.Count))}");
        }
        output.WriteLine($"detections by image: {string.Join(", ", result.Detections.Select((IReadOnlyList<Detection> image) => image.Count))}");
        output.WriteLine($"raw outputs: {file}; --json prints the rest");
    }
}
