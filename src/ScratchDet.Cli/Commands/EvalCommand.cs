using System.CommandLine;
using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Notebook;
using ScratchDet.Runs;

namespace ScratchDet.Cli.Commands;

/// <summary>`eval`: mAP of a trained model on annotated images.</summary>
internal static class EvalCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("RUN|CHECKPOINT") { Description = "A run folder, a part of a run's path, or a checkpoint file" };
        var data = new Option<string>("--data") { Description = "Folder in VOC layout", Required = true, HelpName = "DIR" };
        var split = new Option<string>("--split") { Description = "Image set to score on", DefaultValueFactory = _ => "test", HelpName = "SPLIT" };
        var detections = new Option<string?>("--detections") { Description = "Also write the detections here, for `metrics voc`: comp4_det_SPLIT_CLASS.txt", HelpName = "DIR" };
        var predictions = new Option<string?>("--predictions") { Description = "Also write the detections here as a COCO result file, for `metrics coco --dt`", HelpName = "F" };
        var annotations = new Option<string?>("--annotations") { Description = "Also write the annotated objects here in COCO's form, for `metrics coco --gt`; difficult ones are marked as ignored", HelpName = "F" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var options = new RunOptions();
        var command = new ExampleCommand("eval", "Score a trained model: VOC mAP at IoU 0.5, area and 11-point, and COCO AP", "./scratchdet eval runs/first-light/base --data DeepPCB --split test",
            "./scratchdet eval runs/first-light/base --data DeepPCB --annotations truth.json --predictions found.json")
        {
            model, data, split, detections, predictions, annotations, json, options.Runs, options.DeviceName, options.Threads,
        };
        command.Does((parsed, stop) =>
        {
            string imageSet = parsed.GetValue(split)!;
            if (!VocDataset.IsSplit(imageSet)) throw new UsageException($"--split '{imageSet}' names no image set; `--split test` does");
            var device = options.Apply(parsed);
            string checkpoint = CheckpointOf(parsed.GetValue(model)!, parsed.GetValue(options.Runs)!);
            using TrainedModel trained = TrainedModel.Load(checkpoint);
            DetectionDataset test = FolderDataset.Read(parsed.GetValue(data)!, imageSet, trained.ClassNames);
            DetectorEvaluation found;
            using (IProgressDisplay progress = terminal.Progress())
            {
                progress.Start("scoring", test.Samples.Count);
                found = trained.Evaluate(test, device, StudyRunner.DefaultWorkers, done => progress.Report(done.Images), stop);
            }
            if (parsed.GetValue(detections) is { } folder)
                VocDetectionFiles.Write(folder, VocDetectionFiles.SplitName(imageSet), test.ClassNames, found.Images.Select(image => (image.ImageId, image.Detections)));
            CocoGroundTruth truth = CocoConversion.GroundTruth(test);
            if (parsed.GetValue(annotations) is { } annotationFile) CocoGroundTruthWriter.Write(annotationFile, truth);
            if (parsed.GetValue(predictions) is { } predictionFile) CocoResultsWriter.Write(predictionFile, truth, CocoConversion.Results(test, found.Images));
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new
                {
                    checkpoint,
                    images = test.Samples.Count,
                    map_area = found.Voc.MapArea,
                    map_07 = found.Voc.Map07,
                    coco_stats = found.Coco.Stats,
                    loss = found.Loss,
                    per_class = found.Voc.Classes.ToDictionary(one => one.ClassName, one => new { ap_area = one.ApArea, ap_07 = one.Ap07, objects = one.ObjectCount }),
                });
                return ExitCode.Done;
            }
            terminal.Output.WriteLine($"{trained.Description}; {test.Samples.Count} images");
            terminal.Output.Write(new TextTable(["class", "objects", "AP@0.5 %", "11-point %"], [
                .. found.Voc.Classes.Select(one => (IReadOnlyList<string>)[one.ClassName, one.ObjectCount.ToString(System.Globalization.CultureInfo.InvariantCulture), Percent(one.ApArea), Percent(one.Ap07)]),
                ["mean", "", Percent(found.Voc.MapArea), Percent(found.Voc.Map07)]]).ToText());
            if (found.Voc.LeftOut is { } note) terminal.Output.WriteLine(note);
            terminal.Output.WriteLine();
            terminal.Output.Write(new CocoEvaluationView(found.Coco).SummaryTable().ToText());
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The last checkpoint of a run, or the file itself.</summary>
    internal static string CheckpointOf(string text, string runs)
    {
        if (File.Exists(text)) return text;
        if (text.EndsWith(".safetensors", StringComparison.Ordinal)) throw new BadInputException(text, null, "no such file", "check the path");
        RunFolder run = RunStore.Open(runs).Find(text);
        return File.Exists(run.CheckpointFile)
            ? run.CheckpointFile
            : throw new BadInputException(run.Folder, null, "the run has no checkpoint yet", "train it first");
    }

    private static string Percent(double? value) => value is { } share ? FormattableString.Invariant($"{100 * share:0.0}") : "-";
}
