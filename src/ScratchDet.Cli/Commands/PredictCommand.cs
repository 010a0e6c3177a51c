using System.CommandLine;
using System.Text.Json;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>`predict`: pictures with boxes, and a COCO result file.</summary>
internal static class PredictCommand
{
    private const int SmallestSideShown = 480;

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("CHECKPOINT") { Description = "A checkpoint file, a run folder or a part of a run's path" };
        var images = new Argument<string[]>("IMAGE") { Description = "JPEG or PNG files", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "Folder for the pictures and detections.json", Required = true, HelpName = "DIR" };
        var score = new Option<double>("--score") { Description = "Draw detections from this score on; the result file has them all", DefaultValueFactory = _ => 0.5, HelpName = "S" };
        var options = new RunOptions();
        var command = new ExampleCommand("predict", "Draw what a trained model sees on pictures, and write a COCO result file",
            "./scratchdet predict runs/first-light/base board.jpg --out seen --score 0.5")
        {
            model, images, output, score, options.Runs, options.DeviceName, options.Threads,
        };
        command.Does((parsed, stop) =>
        {
            double threshold = parsed.GetValue(score);
            if (threshold is not (>= 0 and <= 1)) throw new UsageException($"--score {threshold}: give a number from 0 to 1");
            string[] paths = parsed.GetValue(images)!;
            foreach (string path in paths) ImageFiles.ReadHeader(path); // a bad one is said before anything is written
            Device device = options.Apply(parsed);
            using TrainedModel trained = TrainedModel.Load(EvalCommand.CheckpointOf(parsed.GetValue(model)!, parsed.GetValue(options.Runs)!));
            var predictor = new Predictor(trained, new Execution(device, trained.Experiment.Train.Precision));
            string folder = parsed.GetValue(output)!;
            List<object> results = [];
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < paths.Length; i++)
            {
                stop.ThrowIfCancellationRequested();
                PlanarImage image = ImageFiles.Decode(paths[i]);
                List<Detection> detections = predictor.Detect(image);
                string name = Path.GetFileNameWithoutExtension(paths[i]);
                if (!names.Add(name)) name = $"{name}-{i + 1}";
                int magnification = Math.Max(1, SmallestSideShown / Math.Min(image.Width, image.Height));
                var overlay = new DetectionOverlay(trained.ClassNames) { ScoreThreshold = (float)threshold, Magnification = magnification };
                PlanarImage drawn = overlay.Draw(image, [], [.. detections.Select(one => new OverlayDetection(one.Box, one.ClassIndex, one.Score))]);
                ImageFiles.Write(Path.Combine(folder, name + ".png"), drawn);
                results.AddRange(detections.Select(one => Entry(i + 1, paths[i], one, trained.ClassNames)));
                terminal.Note($"{paths[i]}: {detections.Count(one => one.Score >= threshold)} detections from score {FormattableString.Invariant($"{threshold:0.##}")} on");
            }
            AtomicFile.WriteText(Path.Combine(folder, "detections.json"), JsonSerializer.Serialize(results, Terminal.Json));
            terminal.Output.WriteLine($"{paths.Length} pictures and detections.json in {folder}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>One entry of a COCO result file, with the names beside the ids: there is no ground truth to look them up in.</summary>
    private static object Entry(int imageId, string path, Detection found, IReadOnlyList<string> classNames)
    {
        CocoBox box = CocoConversion.BoxOf(found.Box);
        return new
        {
            image_id = imageId,
            file_name = path,
            category_id = found.ClassIndex + 1,
            category = classNames[found.ClassIndex],
            bbox = new[] { box.X, box.Y, box.Width, box.Height },
            score = (double)found.Score,
        };
    }
}
