namespace ScratchDet.Experiments;

/// <summary>One arm of a study: a whole specification and what it changes from the study's base.</summary>
/// <param name="Name">Generated from <paramref name="Changes"/> (see <see cref="VariantName"/>), never typed.</param>
public sealed record Variant<TSpec>(string Name, TSpec Experiment, IReadOnlyList<SpecChange> Changes)
    where TSpec : class, IEquatable<TSpec>;

/// <summary>Makes variants from a base specification.</summary>
public static class Variation
{
    /// <summary>Applies a <c>with</c> expression and names the result by what changed.</summary>
    public static Variant<TSpec> Vary<TSpec>(this TSpec baseSpec, Func<TSpec, TSpec> change)
        where TSpec : class, IEquatable<TSpec>
    {
        TSpec changed = change(baseSpec);
        IReadOnlyList<SpecChange> changes = SpecDiff.Between(baseSpec, changed);
        return new Variant<TSpec>(VariantName.Of(baseSpec, changes), changed, changes);
    }
}

/// <summary>A row of a study's diff table.</summary>
public readonly record struct DiffRow(string Variant, string Path, string From, string To);

/// <summary>A study that asks one question: a base, and variants that differ from it in the declared factors only.</summary>
/// <param name="Name">In file names and on the command line: <c>batchnorm-placement</c>.</param>
/// <param name="Source">Paper and table.</param>
/// <param name="Factors">Dotted paths; a path covers everything below it.</param>
public sealed record Ablation<TSpec>(
    string Name,
    string Question,
    string Source,
    IReadOnlyList<string> Factors,
    TSpec Base,
    IReadOnlyList<Variant<TSpec>> Variants)
    where TSpec : class, IEquatable<TSpec>
{
    /// <summary>The variant of this name, letter case aside.</summary>
    /// <exception cref="SpecException">There is none; the message lists the names.</exception>
    public Variant<TSpec> this[string variantName] =>
        Variants.FirstOrDefault(variant => variant.Name == variantName)
        ?? Variants.FirstOrDefault(variant => variant.Name.Equals(variantName, StringComparison.OrdinalIgnoreCase))
        ?? throw new SpecException($"study {Name} has no variant '{variantName}'; it has: {string.Join(", ", Variants.Select(variant => $"'{variant.Name}'"))}");

    /// <summary>
    /// The same study over another base: the base and every variant's specification go through <paramref name="change"/>
    /// (a scale, a value set on the command line), and the variants are named anew.
    /// </summary>
    public Ablation<TSpec> Map(Func<TSpec, TSpec> change)
    {
        TSpec newBase = change(Base);
        return this with { Base = newBase, Variants = [.. Variants.Select(variant => newBase.Vary(_ => change(variant.Experiment)))] };
    }

    /// <summary>What each variant changes, one row a change; the base has one row with no path.</summary>
    public IReadOnlyList<DiffRow> DiffTable()
    {
        var rows = new List<DiffRow>();
        foreach (Variant<TSpec> variant in Variants)
        {
            if (variant.Changes.Count == 0)
                rows.Add(new DiffRow(variant.Name, "", "", ""));
            foreach (SpecChange change in variant.Changes)
                rows.Add(new DiffRow(variant.Name, change.Path, change.From, change.To));
        }
        return rows;
    }

    /// <summary>
    /// What breaks the study's promises, a line each; empty for a sound study. A variant must differ from the base in
    /// the declared factors only, carry the name and the changes that follow from its specification, and differ from
    /// the other variants; each factor must exist and be varied; every specification must be within its ranges.
    /// </summary>
    public IReadOnlyList<string> Violations()
    {
        var violations = new List<string>();
        var basePaths = SpecPaths.Flatten(Base).Select(value => value.Path).ToHashSet();
        foreach (string factor in Factors)
        {
            if (!basePaths.Any(path => Covers(factor, path)))
                violations.Add($"{Name}: factor {factor} is not a path of the base");
            else if (!Variants.Any(variant => variant.Changes.Any(change => Covers(factor, change.Path))))
                violations.Add($"{Name}: factor {factor} is never varied");
        }
        var names = new HashSet<string>();
        foreach (Variant<TSpec> variant in Variants)
        {
            string label = $"{Name}: variant '{variant.Name}'";
            if (!names.Add(variant.Name))
                violations.Add($"{label} occurs twice");
            IReadOnlyList<SpecChange> changes = SpecDiff.Between(Base, variant.Experiment);
            if (!changes.SequenceEqual(variant.Changes))
                violations.Add($"{label} lists changes that its specification does not have");
            if (VariantName.Of(Base, changes) is var generated && generated != variant.Name)
                violations.Add($"{label} should be named '{generated}'");
            foreach (SpecChange change in changes)
                if (!Factors.Any(factor => Covers(factor, change.Path)))
                    violations.Add($"{label} changes {change}, which is not a declared factor");
            foreach (string problem in SpecRules.Problems(variant.Experiment))
                violations.Add($"{label}: {problem}");
        }
        return violations;
    }

    private static bool Covers(string factor, string path) =>
        path == factor || path.StartsWith(factor + ".", StringComparison.Ordinal);
}
