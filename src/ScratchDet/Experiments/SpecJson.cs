using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ScratchDet.Experiments;

/// <summary>
/// A specification as JSON: the properties of <see cref="SpecPaths"/> in declaration order under their own names, enums
/// as texts, two spaces of indentation; where a property may hold several kinds of record, <c>"$type"</c> names the one.
/// </summary>
public static class SpecJson
{
    /// <summary>The member that names the kind of a record whose property is declared as a base record.</summary>
    public const string KindMember = "$type";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        IgnoreReadOnlyProperties = true,
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OrderProperties, NameKinds } },
    };

    public static string Write<TSpec>(TSpec spec)
        where TSpec : class => JsonSerializer.Serialize(spec, Options);

    internal static JsonElement ToElement(object spec) => JsonSerializer.SerializeToElement(spec, spec.GetType(), Options);

    /// <summary>Reads and checks the ranges; members that are absent keep their defaults.</summary>
    /// <param name="file">Named in the error.</param>
    /// <exception cref="BadInputException">Not JSON, an unknown member, a wrong type, or a value out of its range.</exception>
    public static TSpec Read<TSpec>(string json, string file)
        where TSpec : class
    {
        TSpec? spec;
        try
        {
            spec = JsonSerializer.Deserialize<TSpec>(json, Options);
        }
        catch (JsonException wrong)
        {
            throw Bad(file, wrong);
        }
        if (spec is null)
            throw new BadInputException(file, null, "holds null instead of a specification", "write it anew");
        if (SpecRules.Problems(spec) is [var problem, ..])
            throw new BadInputException(file, null, problem, "correct the value");
        return spec;
    }

    internal static TSpec FromElement<TSpec>(JsonElement element, string file)
        where TSpec : class => Read<TSpec>(element.GetRawText(), file);

    private static BadInputException Bad(string file, JsonException wrong)
    {
        string place = wrong.Path is { Length: > 2 } path ? path[2..] : $"line {wrong.LineNumber + 1}";
        string what = wrong.Message;
        int where = what.IndexOf(" Path: ", StringComparison.Ordinal);
        if (where > 0) what = what[..where];
        return new BadInputException(file, place, what.TrimEnd('.'), "correct it, or write the specification anew", wrong);
    }

    private static void OrderProperties(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || !SpecPaths.IsRecord(info.Type)) return;
        string[] order = [.. SpecPaths.Properties(info.Type).Select(property => property.Name)];
        foreach (JsonPropertyInfo property in info.Properties)
            property.Order = Array.IndexOf(order, property.Name);
    }

    // The kinds are the records of the same assembly that derive from the declared one. Only their data is read here:
    // what a kind builds, it builds itself.
    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || info.Type.IsSealed || !SpecPaths.IsRecord(info.Type) || info.PolymorphismOptions is not null) return;
        Type[] kinds = [.. info.Type.Assembly.GetTypes().Where(kind => !kind.IsAbstract && !kind.ContainsGenericParameters && info.Type.IsAssignableFrom(kind)).OrderBy(kind => kind.Name, StringComparer.Ordinal)];
        if (kinds.Length == 0 || (kinds.Length == 1 && kinds[0] == info.Type)) return;
        info.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = KindMember,
            UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
        };
        foreach (Type kind in kinds)
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, kind.Name));
    }
}
