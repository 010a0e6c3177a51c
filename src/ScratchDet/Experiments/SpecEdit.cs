using System.Reflection;

namespace ScratchDet.Experiments;

/// <summary>Changes one value of a specification by its dotted path: <c>--set Train.LearningRate=0.01</c>.</summary>
public static class SpecEdit
{
    /// <summary>Applies one <c>Path=Value</c>.</summary>
    /// <exception cref="SpecException">No equals sign, or as <see cref="Set"/>.</exception>
    public static TSpec SetAssignment<TSpec>(TSpec spec, string assignment)
        where TSpec : class
    {
        int equals = assignment.IndexOf('=');
        if (equals <= 0)
            throw new SpecException($"'{assignment}' is not of the form Path=Value, for example Train.LearningRate=0.01");
        return Set(spec, assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
    }

    /// <summary>
    /// A copy with the value at <paramref name="path"/> (letter case aside) read from <paramref name="text"/>. A list is
    /// written <c>1,2,3</c>; a value that may be missing, <c>none</c>; a whole group takes the name of one of its type's
    /// named instances (<c>Detector.Norm=Everywhere</c>).
    /// </summary>
    /// <exception cref="SpecException">Unknown path (with the nearest ones), wrong type, or out of range.</exception>
    public static TSpec Set<TSpec>(TSpec spec, string path, string text)
        where TSpec : class =>
        (TSpec)Set(spec, spec, path.Split('.'), 0, path, text);

    private static object Set(object root, object record, string[] names, int depth, string path, string text)
    {
        PropertyInfo property = SpecPaths.Properties(record.GetType())
            .FirstOrDefault(candidate => candidate.Name.Equals(names[depth], StringComparison.OrdinalIgnoreCase))
            ?? throw Unknown(root, path);
        string propertyPath = ExactPath(names, depth, root);
        object? value;
        if (depth == names.Length - 1)
        {
            value = Parse(property, property.GetValue(record), propertyPath, text);
            if (SpecRules.Problem(property, value, propertyPath) is { } problem)
                throw new SpecException(problem);
        }
        else
        {
            object? inner = property.GetValue(record);
            if (inner is null && SpecPaths.IsRecord(property.PropertyType))
                throw new SpecException($"{propertyPath} is none here, so {path} cannot be set");
            if (inner is null || !SpecPaths.IsRecord(inner.GetType()))
                throw Unknown(root, path);
            value = Set(root, inner, names, depth + 1, path, text);
        }
        object copy = SpecPaths.Clone(record);
        property.SetValue(copy, value);
        return copy;
    }

    private static object? Parse(PropertyInfo property, object? current, string path, string text)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        bool mayBeNone = type != property.PropertyType
            || (!type.IsValueType && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);
        if (mayBeNone && text.Equals(SpecText.None, StringComparison.OrdinalIgnoreCase))
            return null;
        if (SpecPaths.IsRecord(type))
            return NamedInstance(type, current, path, text);
        try
        {
            return SpecParser.Parse(type, text);
        }
        catch (FormatException wrong)
        {
            throw new SpecException($"{path} takes {wrong.Message}{(mayBeNone ? " or none" : "")}, not '{text}'");
        }
    }

    private static object NamedInstance(Type type, object? current, string path, string text)
    {
        const BindingFlags Shared = BindingFlags.Public | BindingFlags.Static;
        var instances = new List<(string Name, Func<object?> Value)>();
        instances.AddRange(type.GetProperties(Shared).Where(member => type.IsAssignableFrom(member.PropertyType))
            .Select(member => (member.Name, (Func<object?>)(() => member.GetValue(null)))));
        instances.AddRange(type.GetFields(Shared).Where(member => type.IsAssignableFrom(member.FieldType))
            .Select(member => (member.Name, (Func<object?>)(() => member.GetValue(null)))));
        foreach ((string name, Func<object?> value) in instances)
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase) && value() is { } instance)
                return instance;
        string names = instances.Count == 0 ? "" : $" takes one of {string.Join(", ", instances.Select(instance => instance.Name))};";
        string inner = current is null ? "" : $"; its values are {string.Join(", ", SpecPaths.LeafPaths(current).Select(leaf => $"{path}.{leaf}"))}";
        throw new SpecException(names.Length == 0
            ? $"{path} is a group of values and cannot be set to '{text}'{inner}"
            : $"{path}{names} not '{text}'{inner}");
    }

    private static string ExactPath(string[] names, int depth, object root)
    {
        object? record = root;
        var exact = new List<string>(depth + 1);
        for (int level = 0; level <= depth; level++)
        {
            PropertyInfo property = SpecPaths.Properties(record!.GetType())
                .First(candidate => candidate.Name.Equals(names[level], StringComparison.OrdinalIgnoreCase));
            exact.Add(property.Name);
            record = property.GetValue(record);
        }
        return string.Join('.', exact);
    }

    private static SpecException Unknown(object root, string path)
    {
        List<string> paths = SpecPaths.LeafPaths(root);
        string wanted = path.ToLowerInvariant();
        string wantedLeaf = wanted[(wanted.LastIndexOf('.') + 1)..];
        IEnumerable<string> nearest = paths
            .Select((candidate, order) => (candidate, order, distance: Distance(candidate.ToLowerInvariant(), wanted, wantedLeaf)))
            .OrderBy(entry => entry.distance).ThenBy(entry => EditDistance(entry.candidate.ToLowerInvariant(), wanted)).ThenBy(entry => entry.order)
            .Take(3).Select(entry => entry.candidate);
        return new SpecException($"unknown path '{path}'; the nearest are {string.Join(", ", nearest)}");
    }

    // The whole path as typed, or its last name against the candidate's last name: whichever is nearer.
    private static int Distance(string candidate, string wanted, string wantedLeaf)
    {
        string leaf = candidate[(candidate.LastIndexOf('.') + 1)..];
        return Math.Min(EditDistance(candidate, wanted), EditDistance(leaf, wantedLeaf));
    }

    /// <summary>Levenshtein's distance: insertions, deletions and replacements of one letter.</summary>
    internal static int EditDistance(string from, string to)
    {
        var previous = new int[to.Length + 1];
        var current = new int[to.Length + 1];
        for (int column = 0; column <= to.Length; column++)
            previous[column] = column;
        for (int row = 1; row <= from.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= to.Length; column++)
            {
                int replaced = previous[column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1);
                current[column] = Math.Min(replaced, Math.Min(previous[column], current[column - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[to.Length];
    }
}
