using System.CommandLine;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics`: scores of detections that any program wrote.</summary>
internal static class MetricsCommand
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "metrics",
        "Score detections of any program against annotations",
        "./scratchdet metrics voc --devkit VOCdevkit --split VOC2007:test --detections results --metric 07")
    {
        MetricsConventions.Create(terminal),
        MetricsVoc.Create(terminal),
        MetricsCoco.Create(terminal),
        MetricsExplain.Create(terminal),
        MetricsCompare.Create(terminal),
    };
}
