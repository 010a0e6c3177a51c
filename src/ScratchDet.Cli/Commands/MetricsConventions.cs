using System.CommandLine;
using ScratchDet.Evaluation;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics conventions`: one set of detections under every convention of mAP, with the reason for each difference.</summary>
internal static class MetricsConventions
{
    public static Command Create(Terminal terminal)
    {
        Option<string> truth = MetricsFiles.TruthOption();
        var results = new Option<string>("--dt") { Description = "Detections, COCO result JSON", HelpName = "F", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("conventions", "The same detections under VOC 2007, VOC area, COCO and their variants, and why the numbers differ",
            "./scratchdet metrics conventions --gt instances_val.json --dt results.json")
        {
            truth, results, json,
        };
        command.Does((parsed, stop) =>
        {
            MetricsFiles files = MetricsFiles.Read(parsed.GetRequiredValue(truth), [parsed.GetRequiredValue(results)], OverlapKind.Boxes, stop);
            IReadOnlyList<MetricConvention> rows = MetricConventions.Compare(files.Truth, files.Runs[0], stop);
            if (parsed.GetValue(json)) terminal.WriteJson(new { conventions = rows });
            else terminal.Output.Write(new ConventionsView(rows).ToText());
            return ExitCode.Done;
        });
        return command;
    }
}
