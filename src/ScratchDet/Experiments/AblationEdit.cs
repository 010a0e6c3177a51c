namespace ScratchDet.Experiments;

/// <summary>Changes a whole study by text, as `--set` and notebooks do.</summary>
public static class AblationEdit
{
    /// <summary>Applies assignments such as <c>Train.Steps=500</c> to the base and to every variant.</summary>
    /// <exception cref="SpecException">An unknown path, a wrong type, a value out of range, a variant whose parts do not fit together, or a value that the study itself varies.</exception>
    public static Ablation<Experiment> Set(this Ablation<Experiment> ablation, params IReadOnlyList<string> assignments)
    {
        Ablation<Experiment> changed = ablation;
        foreach (string assignment in assignments)
            changed = changed.Map(experiment => SpecEdit.SetAssignment(experiment, assignment));
        Experiment.Validate([.. changed.Variants.Select(variant => variant.Experiment)]);
        if (changed.Variants.Select(variant => variant.Name).Distinct().Count() < ablation.Variants.Count)
            throw new SpecException($"{string.Join(", ", assignments)} changes what {ablation.Name} varies ({string.Join(", ", ablation.Factors)}), so that variants become equal; choose variants instead");
        return changed;
    }
}
