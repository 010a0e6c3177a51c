using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ScratchDet.Experiments;

/// <summary>One value of a specification: its dotted path (<c>Train.LearningRate</c>) and its text, culture-invariant.</summary>
public readonly record struct SpecValue(string Path, string Text);

/// <summary>
/// Reads the values of a specification: an immutable record whose settable or init-only public properties are numbers,
/// flags, enums, texts, lists, or further records. Computed (get-only) properties are derived from the others and are
/// left out. Two values are equal when their texts are.
/// </summary>
public static class SpecPaths
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> PropertiesByType = new();
    private static readonly ConcurrentDictionary<Type, bool> IsRecordByType = new();

    /// <summary>
    /// All leaves in declaration order. A property declared as a base record shows the kind that it holds as a leaf of
    /// its own (<c>Detector.Backbone = Vgg16</c>) before the leaves of that kind; a record that is null is the leaf
    /// <c>none</c>.
    /// </summary>
    public static IReadOnlyList<SpecValue> Flatten(object record)
    {
        var values = new List<SpecValue>();
        Collect(record, "", values);
        return values;
    }

    /// <summary>Every path that <see cref="SpecEdit.Set"/> accepts for this record: the leaves, in declaration order.</summary>
    internal static List<string> LeafPaths(object record)
    {
        var paths = new List<string>();
        foreach (SpecValue value in Flatten(record))
            if (paths.Count == 0 || paths[^1] != value.Path)
                paths.Add(value.Path);
        return paths;
    }

    internal static void Collect(object record, string path, List<SpecValue> values)
    {
        foreach (PropertyInfo property in Properties(record.GetType()))
        {
            string propertyPath = Join(path, property.Name);
            object? value = property.GetValue(record);
            if (value is null || !IsRecord(value.GetType()))
            {
                values.Add(new SpecValue(propertyPath, SpecText.Format(value)));
                continue;
            }
            if (HasKinds(property, value))
                values.Add(new SpecValue(propertyPath, value.GetType().Name));
            Collect(value, propertyPath, values);
        }
    }

    /// <summary>True when the property may hold several kinds of record, so that the kind itself is a value.</summary>
    internal static bool HasKinds(PropertyInfo property, object value) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) != value.GetType();

    internal static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Public readable properties with a public setter or init, those of base records first, in text order.</summary>
    internal static PropertyInfo[] Properties(Type type) => PropertiesByType.GetOrAdd(type, static key =>
    {
        var properties = new List<PropertyInfo>();
        for (Type? level = key; level is not null && level != typeof(object); level = level.BaseType)
        {
            const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            PropertyInfo[] own = [.. level.GetProperties(Own)
                .Where(property => property.GetMethod is { IsPublic: true } && property.SetMethod is { IsPublic: true })
                .Where(property => property.GetIndexParameters().Length == 0)
                .OrderBy(property => property.MetadataToken)];
            properties.RemoveAll(derived => own.Any(property => property.Name == derived.Name));
            properties.InsertRange(0, own);
        }
        return [.. properties];
    });

    /// <summary>Record classes and record structs; these are recursed into, all else is a leaf.</summary>
    internal static bool IsRecord(Type type) => IsRecordByType.GetOrAdd(type, static key =>
        key.IsClass
            ? key.GetMethod("<Clone>$") is not null
            : key is { IsValueType: true, IsPrimitive: false, IsEnum: false }
              && key.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    /// <summary>A shallow copy, made as `with` makes it.</summary>
    internal static object Clone(object record) => record.GetType().IsValueType
        ? RuntimeHelpers.GetObjectValue(record)
        : record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
}
