using System.CommandLine;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Notebook;
using ScratchDet.Runs;

namespace ScratchDet.Cli.Commands;

/// <summary>`train`: runs the variants of a study that are not done yet; continues what was cut off.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var study = new Argument<string>("STUDY") { Description = "Name of a study; `studies` lists them" };
        var variant = new Option<string[]>("--variant") { Description = "Only this variant; may be given several times", HelpName = "NAME", AllowMultipleArgumentsPerToken = false };
        var scale = new Option<string>("--scale") { Description = "seconds, minutes or paper", DefaultValueFactory = _ => "minutes", HelpName = "SCALE" };
        var data = new Option<string?>("--data") { Description = "Folder in VOC or COCO layout to train and score on", HelpName = "DIR" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, from 0", DefaultValueFactory = _ => 1, HelpName = "K" };
        var set = new Option<string[]>("--set") { Description = "Change a value of every variant, such as Train.Steps=500", HelpName = "Path=Value", AllowMultipleArgumentsPerToken = true };
        var weights = new Option<string[]>("--weights") { Description = "Weight file that the pre-trained variants start from (.safetensors or PyTorch's .pth) instead of the stand-in; one for each kind of backbone", HelpName = "FILE", AllowMultipleArgumentsPerToken = false };
        var bgr = new Option<bool>("--weights-bgr") { Description = "The weight files expect BGR, as a plain conversion from Caffe does" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be trained: iterations, images, passes, rates; train nothing" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var options = new RunOptions();
        var command = new ExampleCommand(
            "train",
            "Train the variants of a study that are not done yet; a run that was cut off goes on where it stopped",
            "./scratchdet train first-light --data DeepPCB",
            "./scratchdet train batchnorm-placement --scale minutes --seeds 3",
            "./scratchdet train batchnorm-placement --variant \"Norm.Backbone=Batch LearningRate=0.04\" --set Train.Steps=800")
        {
            study, variant, scale, data, seeds, set, weights, bgr, dryRun, json, options.Runs, options.DeviceName, options.Threads,
        };
        command.Does((parsed, stop) =>
        {
            Study chosen = AllStudies.Find(parsed.GetValue(study)!);
            Scale wanted = RunOptions.ParseScale(parsed.GetValue(scale)!);
            int seedCount = parsed.GetValue(seeds);
            if (seedCount is < 1 or > 1000) throw new UsageException($"--seeds {seedCount}: give a number from 1 to 1000");
            string? folder = parsed.GetValue(data);
            bool dry = parsed.GetValue(dryRun);
            if (folder is null && chosen.NeedsFolder(wanted) && !dry)
                throw new UsageException($"{chosen.Name} at this scale trains on your images: name a folder in VOC layout with --data DIR");
            Ablation<Experiment> ablation = chosen.At(wanted);
            ablation = ablation.Set(parsed.GetValue(set) ?? []);
            string[] names = parsed.GetValue(variant) ?? [];
            Variant<Experiment>[] variants = names.Length == 0 ? [.. ablation.Variants] : [.. names.Select(name => ablation[name])];

            if (dry)
            {
                WritePlan(terminal, variants, folder, seedCount, parsed.GetValue(json));
                return ExitCode.Done;
            }

            var device = options.Apply(parsed);
            var session = new StudySession(terminal, RunStore.Open(parsed.GetValue(options.Runs)!), chosen, wanted, folder, device, ["train", .. CommandLineOf(parsed)], parsed.GetValue(weights), parsed.GetValue(bgr));
            IReadOnlyList<RunFolder> runs = session.Train(ablation, variants, seedCount, stop);
            if (parsed.GetValue(json)) terminal.WriteJson(new { study = chosen.Name, scale = wanted.ToString(), runs = runs.Select(RunJsonOf) });
            else terminal.Output.Write(StudyViews.Summary(runs, withCosts: true).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static void WritePlan(Terminal terminal, IReadOnlyList<Variant<Experiment>> variants, string? folder, int seeds, bool asJson)
    {
        int? Images(Experiment experiment) => folder is not null
            ? FolderDataset.Read(folder, experiment.Data.TrainSplit).Samples.Count
            : experiment.Data.Source == DataSource.VocFolder ? KnownSets.Images(experiment.Data.TrainSplit) : experiment.Data.SyntheticImages * 7 / 10;
        Dictionary<string, int?> counted = variants.Select(variant => variant.Experiment).DistinctBy(one => one.Data.TrainSplit).ToDictionary(one => one.Data.TrainSplit, Images);
        TextTable plan = ScheduleTable.Of(variants, experiment => counted[experiment.Data.TrainSplit]);
        if (asJson) terminal.WriteJson(new { seeds, columns = plan.Columns, variants = plan.Rows });
        else terminal.Output.Write($"{plan.ToText()}\n{variants.Count} variants, {seeds} {(seeds == 1 ? "seed" : "seeds")} each; nothing was trained\n");
    }

    internal static object RunJsonOf(RunFolder run)
    {
        RunOutcome outcome = run.Outcome();
        EvaluationRecord? last = run.Evaluations().LastOrDefault();
        return new
        {
            folder = run.Folder,
            variant = run.Identity.Variant,
            seed = run.Identity.Seed,
            state = outcome.State.ToString().ToLowerInvariant(),
            step = outcome.Step,
            layer = outcome.Layer,
            last_finite_gradient_norm_l2 = outcome.LastFiniteGradientNormL2,
            map_area = outcome.State == RunState.Diverged ? null : last?.MapArea,
            map_07 = outcome.State == RunState.Diverged ? null : last?.Map07,
            seconds = last?.Seconds,
        };
    }

    private static IEnumerable<string> CommandLineOf(ParseResult parsed) => parsed.Tokens.Select(token => token.Value).Skip(1);
}
