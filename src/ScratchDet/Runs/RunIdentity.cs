using System.Globalization;
using System.Text.Json;
using ScratchDet.Experiments;

namespace ScratchDet.Runs;

/// <summary>
/// What makes a run the same run: study, variant, scale, seed, and the fingerprint of every value of its
/// specification. A changed specification is another run with a folder of its own; it never goes on with an old one.
/// </summary>
public sealed record RunIdentity(string Study, string Variant, Scale Scale, ulong Seed, string SpecFingerprint)
{
    public static RunIdentity Of(string study, string variant, Scale scale, ulong seed, object spec) =>
        new(study, variant, scale, seed, VariantName.Fingerprint(spec));

    /// <summary><c>batchnorm-placement/minutes/Head=Batch-1a2b3c4d/seed-1</c>, with forward slashes.</summary>
    public string RelativePath => string.Create(CultureInfo.InvariantCulture,
        $"{VariantName.Slug(Study)}/{Scale.ToString().ToLowerInvariant()}/{VariantName.Slug(Variant)}-{SpecFingerprint[..8]}/seed-{Seed}");

    public override string ToString() => RelativePath;
}

/// <summary><c>spec.json</c>: the identity and the whole specification.</summary>
internal sealed record SpecFile(string Study, string Variant, Scale Scale, ulong Seed, string SpecFingerprint, JsonElement Spec)
{
    public static SpecFile Of(RunIdentity identity, object spec) =>
        new(identity.Study, identity.Variant, identity.Scale, identity.Seed, identity.SpecFingerprint, SpecJson.ToElement(spec));

    public RunIdentity ToIdentity() => new(Study, Variant, Scale, Seed, SpecFingerprint);

    /// <summary>The values by dotted path, read without knowing the specification's type.</summary>
    public IReadOnlyList<SpecValue> Values()
    {
        var values = new List<SpecValue>();
        Collect(Spec, "", values);
        return values;
    }

    private static void Collect(JsonElement element, string path, List<SpecValue> values)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (member.NameEquals(SpecJson.KindMember) && member.Value.ValueKind == JsonValueKind.String)
                values.Add(new SpecValue(path, member.Value.GetString()!));
            else if (member.Value.ValueKind == JsonValueKind.Object)
                Collect(member.Value, memberPath, values);
            else
                values.Add(new SpecValue(memberPath, Text(member.Value)));
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(Text))}]",
        _ => JsonSerializer.Serialize(value), // compact, however the file was indented
    };
}
