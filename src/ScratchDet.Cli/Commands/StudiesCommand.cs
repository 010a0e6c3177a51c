using System.CommandLine;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`studies`: the ablations; `studies show NAME`: the diff table of one.</summary>
internal static class StudiesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("studies", "List the studies: one question each", "./scratchdet studies", "./scratchdet studies show batchnorm-placement") { json, Show(terminal) };
        command.Does((parsed, _) =>
        {
            if (parsed.GetValue(json))
                terminal.WriteJson(new { studies = AllStudies.List.Select(study => new { name = study.Name, question = study.Question, source = study.Source }) });
            else
                terminal.Output.Write(new TextTable(["study", "question", "source"], [.. AllStudies.List.Select(study => (IReadOnlyList<string>)[study.Name, study.Question, study.Source])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Show(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the study" };
        var scale = new Option<string>("--scale") { Description = "seconds, minutes or paper", DefaultValueFactory = _ => "minutes", HelpName = "SCALE" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("show", "Show what each variant of a study changes", "./scratchdet studies show batchnorm-placement --scale paper") { name, scale, json };
        command.Does((parsed, _) =>
        {
            Study study = AllStudies.Find(parsed.GetValue(name)!);
            Ablation<Experiment> ablation = study.At(RunOptions.ParseScale(parsed.GetValue(scale)!));
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new
                {
                    name = study.Name,
                    question = study.Question,
                    source = study.Source,
                    factors = ablation.Factors,
                    @base = SpecPaths.Flatten(ablation.Base).ToDictionary(value => value.Path, value => value.Text),
                    variants = ablation.Variants.Select(variant => new
                    {
                        name = variant.Name,
                        changes = variant.Changes.Select(change => new { path = change.Path, from = change.From, to = change.To }),
                    }),
                });
                return ExitCode.Done;
            }
            terminal.Output.WriteLine(study.Question);
            terminal.Output.WriteLine($"{study.Source}; factors: {string.Join(", ", ablation.Factors)}");
            terminal.Output.WriteLine();
            terminal.Output.Write(new TextTable(["variant", "changes", "from", "to"],
                [.. ablation.DiffTable().Select(row => (IReadOnlyList<string>)[row.Variant, row.Path, row.From, row.To])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }
}
