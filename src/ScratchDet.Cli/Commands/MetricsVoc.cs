using System.CommandLine;
using System.Globalization;
using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics voc`: the devkit's average precision of the devkit's detection files.</summary>
internal static class MetricsVoc
{
    public static Command Create(Terminal terminal)
    {
        var devkit = new Option<string>("--devkit") { Description = "VOC folder, or a devkit of several years; Annotations and ImageSets/Main are read", HelpName = "DIR", Required = true };
        var split = new Option<string>("--split") { Description = "Image set: VOC2007:test, VOC2007:test+VOC2012:test, or test (of every year that has it)", HelpName = "SPLIT", Required = true };
        var detections = new Option<string>("--detections") { Description = "Folder with comp4_det_SPLIT_CLASS.txt: image score xmin ymin xmax ymax, pixels from 1", HelpName = "DIR", Required = true };
        var metric = new Option<string>("--metric") { Description = "07: the mean over 11 recall levels (VOC2007); area: under the curve (VOC2010 on)", Required = true };
        metric.AcceptOnlyFromAmong("07", "area");
        var iou = new Option<double>("--iou") { Description = "IoU from which a detection counts", HelpName = "X", DefaultValueFactory = _ => 0.5 };
        var quirks = new Option<string?>("--quirks") { Description = "py-faster-rcnn: as its voc_eval and descendants, where an IoU of exactly the threshold is no match and recall levels are i * 0.1", HelpName = "PROGRAM" };
        quirks.AcceptOnlyFromAmong("py-faster-rcnn");
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("voc", "PASCAL VOC average precision", "./scratchdet metrics voc --devkit VOCdevkit --split VOC2007:test --detections results --metric area --json")
        {
            devkit, split, detections, metric, iou, quirks, json,
        };
        command.Does((parsed, stop) =>
        {
            string imageSet = parsed.GetRequiredValue(split);
            if (!VocDataset.IsSplit(imageSet)) throw new UsageException($"--split '{imageSet}' names no image set; `--split test` does");
            double iouThreshold = parsed.GetValue(iou);
            if (!(iouThreshold is > 0 and <= 1)) throw new UsageException("--iou is above 0 and at most 1");
            VocRules rules = parsed.GetValue(quirks) is null ? VocRules.Devkit : VocRules.PyFasterRcnn;
            VocResult result = Score(terminal, parsed.GetRequiredValue(devkit), imageSet, parsed.GetRequiredValue(detections), iouThreshold, rules, stop);
            bool isArea = parsed.GetValue(metric) == "area";
            double? map = isArea ? result.MapArea : result.Map07;
            double? Of(VocClassResult one) => isArea ? one.ApArea : one.Ap07;
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new
                {
                    map,
                    per_class = result.Classes.ToDictionary(one => one.ClassName, Of),
                    objects = result.Classes.ToDictionary(one => one.ClassName, one => one.ObjectCount),
                });
            }
            else
            {
                terminal.Output.Write(new TextTable(["class", "objects", "AP %"], [
                    .. result.Classes.Select(one => (IReadOnlyList<string>)[one.ClassName, one.ObjectCount.ToString(CultureInfo.InvariantCulture), Percent(Of(one))]),
                    ["mean", "", Percent(map)]]).ToText());
                if (result.LeftOut is { } note) terminal.Output.WriteLine(note);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static VocResult Score(Terminal terminal, string devkit, string split, string folder, double iouThreshold, VocRules rules, CancellationToken stop)
    {
        if (!Directory.Exists(folder)) throw new BadInputException(folder, null, "the folder does not exist", "give the folder of the detection files");
        VocGroundTruth truth = VocGroundTruth.Read(devkit, split);
        var evaluator = new VocEvaluator(truth.ClassNames, iouThreshold, rules);
        var indexByName = truth.ClassNames.Select((name, index) => (name, index)).ToDictionary(one => one.name, one => one.index, StringComparer.Ordinal);
        var objectCounts = new int[truth.ClassNames.Count];
        foreach (VocImageObjects image in truth.Images)
        {
            evaluator.AddImage(image.ImageId);
            foreach (VocObject item in image.Objects)
            {
                int c = indexByName[item.ClassName];
                objectCounts[c]++;
                evaluator.AddObject(image.ImageId, c, VocCorners.From(item), item.Difficult);
            }
        }
        HashSet<string> images = [.. truth.Images.Select(image => image.ImageId)];
        string splitName = VocDetectionFiles.SplitName(split);
        for (int c = 0; c < objectCounts.Length; c++)
        {
            stop.ThrowIfCancellationRequested();
            string name = truth.ClassNames[c];
            // A class that the split does not have scores nothing either way, so its file may be missing.
            if (objectCounts[c] == 0 && !File.Exists(Path.Combine(folder, VocDetectionFiles.FileName(splitName, name)))) continue;
            foreach (VocDetection detection in VocDetectionFiles.Read(folder, splitName, [name], images))
                evaluator.AddDetection(detection.ImageId, c, detection.Score, detection.Box);
        }
        foreach (string name in VocDetectionFiles.OtherClasses(folder, splitName, truth.ClassNames))
            terminal.Note($"{Path.Combine(folder, VocDetectionFiles.FileName(splitName, name))} is not scored: no annotation of the image set has the class '{name}'");
        return evaluator.Compute();
    }

    private static string Percent(double? value) => value is { } share ? FormattableString.Invariant($"{100 * share:0.00}") : "-";
}
