using System.Reflection;

namespace ScratchDet.Experiments;

/// <summary>One changed value: <c>Detector.Norm.Head: None -> Batch</c>.</summary>
public readonly record struct SpecChange(string Path, string From, string To)
{
    public override string ToString() => $"{Path}: {From} -> {To}";
}

/// <summary>What two specifications of the same type differ in, by dotted path.</summary>
public static class SpecDiff
{
    /// <summary>
    /// The changes that lead from <paramref name="baseSpec"/> to <paramref name="other"/>, in declaration order; empty
    /// when they are equal. Where a property changes its kind of record, the kind is one change, followed by the values
    /// of the new kind that are neither the old ones nor the new kind's defaults.
    /// </summary>
    public static IReadOnlyList<SpecChange> Between<TSpec>(TSpec baseSpec, TSpec other)
        where TSpec : class
    {
        if (baseSpec.GetType() != other.GetType())
            throw new SpecException($"a {other.GetType().Name} cannot be compared with a {baseSpec.GetType().Name}");
        var changes = new List<SpecChange>();
        Compare(baseSpec, other, "", changes);
        return changes;
    }

    private static void Compare(object from, object to, string path, List<SpecChange> changes)
    {
        foreach (PropertyInfo property in SpecPaths.Properties(to.GetType()))
        {
            string propertyPath = SpecPaths.Join(path, property.Name);
            object? before = property.GetValue(from);
            object? after = property.GetValue(to);
            bool recordBefore = before is not null && SpecPaths.IsRecord(before.GetType());
            bool recordAfter = after is not null && SpecPaths.IsRecord(after.GetType());
            if (recordBefore && recordAfter && before!.GetType() == after!.GetType())
                Compare(before, after, propertyPath, changes);
            else if (recordBefore || recordAfter)
                CompareKinds(before, after, propertyPath, changes);
            else if (SpecText.Format(before) is var old && SpecText.Format(after) is var now && old != now)
                changes.Add(new SpecChange(propertyPath, old, now));
        }
    }

    private static void CompareKinds(object? from, object? to, string path, List<SpecChange> changes)
    {
        changes.Add(new SpecChange(path, Kind(from), Kind(to)));
        if (to is null) return;
        Dictionary<string, string> before = from is null ? [] : Values(from, path);
        Dictionary<string, string> defaults = to.GetType().GetConstructor(Type.EmptyTypes)?.Invoke(null) is { } made ? Values(made, path) : [];
        var after = new List<SpecValue>();
        SpecPaths.Collect(to, path, after);
        foreach (SpecValue value in after)
        {
            string? old = before.TryGetValue(value.Path, out string? shared) ? shared : defaults.GetValueOrDefault(value.Path);
            if (old != value.Text)
                changes.Add(new SpecChange(value.Path, old ?? SpecText.None, value.Text));
        }
    }

    private static string Kind(object? value) => value is null ? SpecText.None : value.GetType().Name;

    private static Dictionary<string, string> Values(object record, string path)
    {
        var values = new List<SpecValue>();
        SpecPaths.Collect(record, path, values);
        return values.ToDictionary(value => value.Path, value => value.Text);
    }
}
