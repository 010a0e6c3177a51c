using System.CommandLine;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Cli.Commands;

/// <summary>`demo`: the main job. Batch-norm placement at small scale, shown as a table, curves and pictures.</summary>
internal static class DemoCommand
{
    private const int PicturesShown = 6;
    private const string PageName = "batchnorm-placement.html";

    public static Command Create(Terminal terminal)
    {
        var output = new Option<string>("--out") { Description = "Folder for the page, the runs and the made data", DefaultValueFactory = _ => "demo", HelpName = "DIR" };
        var full = new Option<bool>("--full") { Description = "All twelve cells of the study instead of the four telling ones" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds per cell", DefaultValueFactory = _ => 1, HelpName = "K" };
        var set = new Option<string[]>("--set") { Description = "Change a value of every variant, such as Train.Steps=100", HelpName = "Path=Value", AllowMultipleArgumentsPerToken = true };
        var options = new RunOptions();
        var command = new ExampleCommand("demo",
            "Train detectors from scratch with and without batch norm on synthetic circuit boards; about ten minutes on two cores. The same command goes on where it was stopped",
            "./scratchdet demo", "./scratchdet demo --full --seeds 3 --out evidence")
        {
            output, full, seeds, set, options.DeviceName, options.Threads,
        };
        command.Does((parsed, stop) =>
        {
            int seedCount = parsed.GetValue(seeds);
            if (seedCount is < 1 or > 1000) throw new UsageException($"--seeds {seedCount}: give a number from 1 to 1000");
            string folder = parsed.GetValue(output)!;
            Ablation<Experiment> ablation = TrainCommand.Change(BatchNormPlacement.Study.At(Scale.Minutes), parsed.GetValue(set) ?? []);
            double[] rates = [.. ablation.Variants.Select(variant => variant.Experiment.Train.LearningRate).Distinct().Order()];
            Variant<Experiment>[] variants = parsed.GetValue(full) ? [.. ablation.Variants] : Telling(ablation, rates);

            var device = options.Apply(parsed);
            var session = new StudySession(terminal, RunStore.Open(Path.Combine(folder, "runs")), BatchNormPlacement.Study, Scale.Minutes, null, device, ["demo", .. parsed.Tokens.Select(token => token.Value).Skip(1)]);
            IReadOnlyList<RunFolder> runs = session.Train(ablation, variants, seedCount, stop);

            PivotTable table = StudyPage.BatchNormTable(runs, rates);
            TextTable costs = StudySession.Summary(runs);
            IReadOnlyList<PageImage> pictures = Pictures(session, ablation, runs, device, out string caption, stop);
            string page = Path.Combine(folder, PageName);
            StudyPage.Make(ablation, runs, table, costs, pictures, caption).Save(page);

            terminal.Output.Write(table.ToTextTable().ToText());
            terminal.Output.WriteLine();
            terminal.Output.Write(costs.ToText());
            terminal.Output.WriteLine();
            foreach (string sentence in StudyPage.Findings(runs)) terminal.Output.WriteLine(sentence);
            terminal.Output.WriteLine($"page: {Path.GetFullPath(page)}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>No batch norm and batch norm everywhere, at the smallest and the largest rate; what may diverge first.</summary>
    private static Variant<Experiment>[] Telling(Ablation<Experiment> ablation, double[] rates)
    {
        Variant<Experiment> Cell(NormPlacement place, double rate) => ablation.Variants.First(
            variant => variant.Experiment.Detector.Norm == place && variant.Experiment.Train.LearningRate == rate);

        return [Cell(NormPlacement.Nowhere, rates[^1]), Cell(NormPlacement.Everywhere, rates[^1]), Cell(NormPlacement.Nowhere, rates[0]), Cell(NormPlacement.Everywhere, rates[0])];
    }

    private static IReadOnlyList<PageImage> Pictures(StudySession session, Ablation<Experiment> ablation, IReadOnlyList<RunFolder> runs, TorchSharp.torch.Device device, out string caption, CancellationToken stop)
    {
        RunFolder? best = runs.Where(run => run.Outcome().State == RunState.Done).MaxBy(run => run.Evaluations().LastOrDefault()?.MapArea ?? double.NegativeInfinity);
        caption = "";
        if (best is null) return [];
        ExperimentData data = session.OpenData(ablation.Base.Data, stop);
        using TrainedModel trained = TrainedModel.Load(best.CheckpointFile);
        var predictor = new Predictor(trained, new Execution(device, trained.Experiment.Train.Precision));
        var overlay = new DetectionOverlay(trained.ClassNames) { Magnification = 2 };
        caption = $"{best.Identity.Variant}, the first test boards; detections from score 0.5 on, annotated objects dashed";
        List<PageImage> pictures = [];
        foreach (Sample sample in data.Test.Samples.Take(PicturesShown))
        {
            PlanarImage image = ImageFiles.Decode(sample.ImagePath);
            List<Detection> detections = predictor.Detect(image);
            PlanarImage drawn = overlay.Draw(image, sample.Objects, [.. detections.Select(one => new OverlayDetection(one.Box, one.ClassIndex, one.Score))]);
            pictures.Add(new PageImage(ImageFiles.EncodePng(drawn), "image/png", $"test board {sample.Id}"));
        }
        return pictures;
    }
}
