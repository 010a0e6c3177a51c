using System.CommandLine;
using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics`: scores of detections that any program wrote.</summary>
internal static class MetricsCommand
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "metrics",
        "Score detections of any program against annotations",
        "./scratchdet metrics voc --devkit VOCdevkit --split VOC2007:test --detections results --metric 07")
    {
        Voc(terminal),
    };

    private static ExampleCommand Voc(Terminal terminal)
    {
        var devkit = new Option<string>("--devkit") { Description = "VOC folder, or a devkit of several years", HelpName = "DIR", Required = true };
        var split = new Option<string>("--split") { Description = "Image set: test, VOC2007:test", HelpName = "SPLIT", Required = true };
        var detections = new Option<string>("--detections") { Description = "Folder with comp4_det_SPLIT_CLASS.txt: image score xmin ymin xmax ymax, pixels from 1", HelpName = "DIR", Required = true };
        var metric = new Option<string>("--metric") { Description = "07: the mean over 11 recall levels (VOC2007); area: under the curve (VOC2010 on)", Required = true };
        metric.AcceptOnlyFromAmong("07", "area");
        var iou = new Option<double>("--iou") { Description = "IoU from which a detection counts", HelpName = "X", DefaultValueFactory = _ => 0.5 };
        iou.Validators.Add(result =>
        {
            if (!(result.GetValue(iou) is > 0 and <= 1)) result.AddError("--iou is above 0 and at most 1");
        });
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("voc", "PASCAL VOC average precision", "./scratchdet metrics voc --devkit VOCdevkit --split VOC2007:test --detections results --metric area --json")
        {
            devkit, split, detections, metric, iou, json,
        };
        command.Does((parsed, _) =>
        {
            VocResult result = Score(parsed.GetRequiredValue(devkit), parsed.GetRequiredValue(split), parsed.GetRequiredValue(detections), parsed.GetValue(iou));
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
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static VocResult Score(string devkit, string split, string folder, double iouThreshold)
    {
        if (!Directory.Exists(folder)) throw new BadInputException(folder, null, "the folder does not exist", "give the folder of the detection files");
        DetectionDataset data = ReadAnnotations(devkit, split);
        var evaluator = new VocEvaluator(data.ClassNames, iouThreshold);
        var objectCounts = new int[data.ClassNames.Count];
        foreach (Sample sample in data.Samples)
        {
            evaluator.AddObjects(sample.Id, sample.Objects);
            foreach (ObjectAnnotation annotation in sample.Objects) objectCounts[annotation.ClassIndex]++;
        }
        HashSet<string> images = [.. data.Samples.Select(sample => sample.Id)];
        string splitName = VocDetectionFiles.SplitName(split);
        for (int c = 0; c < objectCounts.Length; c++)
        {
            string name = data.ClassNames[c];
            // A class that the split does not have scores nothing either way, so its file may be missing.
            if (objectCounts[c] == 0 && !File.Exists(Path.Combine(folder, VocDetectionFiles.FileName(splitName, name)))) continue;
            foreach ((string image, Detection detection) in VocDetectionFiles.Read(folder, splitName, [name], images))
                evaluator.AddDetection(image, detection with { ClassIndex = c });
        }
        return evaluator.Compute();
    }

    /// <summary>With the twenty PASCAL classes where the annotations have no others, else with the classes that they have.</summary>
    private static DetectionDataset ReadAnnotations(string devkit, string split)
    {
        DetectionDataset data;
        try
        {
            data = VocDataset.Read(devkit, split);
        }
        catch (ArgumentException fault)
        {
            throw new UsageException($"--split: {fault.Message}");
        }
        int[] places = [.. data.ClassNames.Select(name => VocDataset.PascalClassNames.ToList().IndexOf(name))];
        if (places.Contains(-1)) return data;
        return new DetectionDataset(VocDataset.PascalClassNames,
            [.. data.Samples.Select(sample => sample with { Objects = [.. sample.Objects.Select(item => item with { ClassIndex = places[item.ClassIndex] })] })]);
    }

    private static string Percent(double? value) => value is { } share ? FormattableString.Invariant($"{100 * share:0.00}") : "-";
}
