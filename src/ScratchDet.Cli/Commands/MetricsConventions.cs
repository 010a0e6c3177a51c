using System.CommandLine;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics conventions`: one set of detections under every convention of mAP, with the reason for each difference.</summary>
internal static class MetricsConventions
{
    public static Command Create(Terminal terminal)
    {
        var truth = new Option<string>("--gt") { Description = "Ground truth, COCO JSON with boxes", HelpName = "F", Required = true };
        var results = new Option<string>("--dt") { Description = "Detections, COCO result JSON", HelpName = "F", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("conventions", "The same detections under VOC 2007, VOC area, COCO and their variants, and why the numbers differ",
            "./scratchdet metrics conventions --gt instances_val.json --dt results.json")
        {
            truth, results, json,
        };
        command.Does((parsed, stop) =>
        {
            CocoGroundTruth objects = CocoGroundTruthReader.Read(parsed.GetRequiredValue(truth), CocoParts.Boxes, cancellation: stop);
            CocoResults detections = CocoResultsReader.Read(parsed.GetRequiredValue(results), objects, CocoParts.Boxes, cancellation: stop);
            IReadOnlyList<MetricConvention> rows = MetricConventions.Compare(objects, detections);
            if (parsed.GetValue(json)) terminal.WriteJson(new { conventions = rows });
            else terminal.Output.Write(new ConventionsView(rows).ToText());
            return ExitCode.Done;
        });
        return command;
    }
}
