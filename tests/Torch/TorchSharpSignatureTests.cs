using System.Globalization;
using System.IO.Compression;
using System.Reflection;

namespace ScratchDet.Tests.Torch;

/// <summary>
/// Holds every public and protected member of the engine's TorchSharp namespaces to the list of all signatures of
/// TorchSharp 0.107, parameter names and defaults included: what compiles here compiles there.
/// </summary>
public class TorchSharpSignatureTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What this engine has and TorchSharp lacks, each with the reason.</summary>
    private static readonly Dictionary<string, string> Additions = [];

    [Fact]
    public void Every_public_member_has_the_signature_of_TorchSharp()
    {
        HashSet<string> known = ReadList();
        string[] own = [.. EngineTypes().SelectMany(Signatures)];
        string[] strange = [.. own.Where(line => !known.Contains(line) && !Additions.ContainsKey(line))];
        Assert.True(own.Length > 800, $"only {own.Length} members were found: the test looks in the wrong place");
        Assert.True(strange.Length == 0, $"{strange.Length} of {own.Length} members are not TorchSharp's:\n{string.Join('\n', strange)}");
    }

    [Fact]
    public void Every_addition_is_still_needed()
    {
        HashSet<string> known = ReadList();
        HashSet<string> own = [.. EngineTypes().SelectMany(Signatures)];
        Assert.DoesNotContain(Additions.Keys, line => known.Contains(line) || !own.Contains(line));
    }

    private static HashSet<string> ReadList()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "torchsharp-0.107-api.txt.gz"));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static IEnumerable<Type> EngineTypes() => typeof(TorchSharp.torch).Assembly.GetTypes().Where(type =>
        type.Namespace is { } space && (space == "TorchSharp" || space.StartsWith("TorchSharp.", StringComparison.Ordinal)) && IsVisible(type));

    private static bool IsVisible(Type type) => type.IsNested
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
        : type.IsPublic;

    private static IEnumerable<string> Signatures(Type type)
    {
        string prefix = $"{type.Namespace}:{FullName(type)} :: ";
        yield return prefix + Heading(type);
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            if (Render(member) is { } text) yield return prefix + text;
        }
    }

    private static string Heading(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : "class";
        return $"TYPE {kind} : {(type.BaseType is null ? "" : Name(type.BaseType))}";
    }

    private static string? Render(MemberInfo member) => member switch
    {
        MethodInfo method when Access(method) is { } access && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{access}{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        ConstructorInfo { IsStatic: false } constructor when Access(constructor) is { } access => $"{access}.ctor({Parameters(constructor)})",
        FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly =>
            $"field {Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => RenderProperty(property),
        _ => null,
    };

    private static string? RenderProperty(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(true).Where(accessor => Access(accessor) is not null)];
        if (accessors.Length == 0) return null;
        ParameterInfo[] indices = property.GetIndexParameters();
        string index = indices.Length == 0 ? "" : $"[{string.Join(',', indices.Select(parameter => Name(parameter.ParameterType)))}]";
        string get = property.GetMethod?.IsPublic == true ? "get;" : "";
        string set = property.SetMethod?.IsPublic == true ? "set;" : "";
        return $"{Static(accessors[0].IsStatic)}{Name(property.PropertyType)} {property.Name}{index} {{{get}{set}}}";
    }

    private static string? Access(MethodBase method) => method.IsPublic ? "" : method.IsFamily || method.IsFamilyOrAssembly ? "protected " : null;

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(',', method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "=" + Default(parameter.RawDefaultValue) : "")}"));

    private static string Default(object? value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Name(Type type)
    {
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        if (!type.IsEnum && Keyword(Type.GetTypeCode(type)) is { } keyword) return keyword;
        if (type == typeof(void)) return "void";
        string path = FullName(type);
        if (!type.IsGenericType) return path;
        string last = type.Name.Split('`')[0];
        string start = path[..^type.Name.Length];
        return $"{start}{last}<{string.Join(',', type.GetGenericArguments().Select(Name))}>";
    }

    /// <summary>The name with the types around it, arity marks included.</summary>
    private static string FullName(Type type) => type.DeclaringType is null ? type.Name : $"{FullName(type.DeclaringType)}.{type.Name}";

    private static string? Keyword(TypeCode code) => code switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Byte => "byte",
        TypeCode.Int32 => "int",
        TypeCode.Int64 => "long",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        TypeCode.String => "string",
        _ => null,
    };
}
